"""Data inside a page: JSON that cannot end its script, CSV that no spreadsheet runs."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from albench.report.html.numbers import round_significant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

Field = str | float | int | None
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'\u2028\u2029"}
# Shorter JSON hardly shrinks, and stays readable in the source of the page.
_LONG = 2000
_LONG_CSV = 50_000
_MANY = 16
_PARTS = 1000
# Beyond this JavaScript has no exact whole numbers.
_EXACT = 2**53
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvDownload(NamedTuple):
    """A ``data:`` address that downloads a table, and how the name of the file ends."""

    link: str
    suffix: str


def format_json(value: Any, *, in_steps: bool = False) -> str:
    """Return JSON in which no ``<`` stands, with floats in 5 significant digits, in 4 below 1.

    ``in_steps`` writes long lists of numbers as steps, for what the script of the page reads.

    Raises
    ------
    TypeError
        For what has no JSON form.
    """
    text = json.dumps(
        _round_values(value, in_steps=in_steps), separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.translate(_ESCAPES)


def compress_text(text: str) -> str:
    """Return text as gzip in base64, the same for the same text."""
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def render_data_script(value: Any) -> str:
    """Return a script element that holds JSON and runs nothing; long JSON is packed."""
    text = format_json(value)
    if len(text) <= _LONG:
        return f'<script type="application/json">{text}</script>'
    return f'<script type="application/gzip">{compress_text(format_json(value, in_steps=True))}</script>'


def render_data_within(value: Any) -> str:
    """Return a script element that holds JSON and runs nothing, inside a part that is packed as a whole."""
    return f'<script type="application/json">{format_json(value, in_steps=True)}</script>'


def _round_values(value: Any, *, in_steps: bool) -> Any:
    if isinstance(value, float):
        return round_significant(value)
    if isinstance(value, dict):
        return {key: _round_values(item, in_steps=in_steps) for key, item in value.items()}
    if isinstance(value, list | tuple):
        steps = encode_steps(value) if in_steps else None
        return steps or [_round_values(item, in_steps=in_steps) for item in value]
    return value


def encode_steps(values: Sequence[Any]) -> dict[str, Any] | None:
    """Return a long list of numbers as whole steps from one to the next, half the size of their digits.

    The unit, a power of ten, divides their range into more parts than a figure has pixels;
    whole numbers stay as they are. None for what is short, constant or no list of numbers; gaps stay.

    Returns
    -------
    dict or None
        ``steps``, of which each sum divided by ``unit`` is a value.
    """
    import numpy as np

    if len(values) < _MANY or not all(map(_is_numeric, set(map(type, values)))):
        return None
    array = np.array(values, dtype=np.float64)
    is_number = np.isfinite(array)
    numbers = array[is_number]
    if numbers.size < _MANY or numbers.min() == numbers.max():
        return None
    whole = bool((numbers == np.floor(numbers)).all())
    unit = 1 if whole else 10 ** max(0, math.ceil(math.log10(_PARTS / float(np.ptp(numbers)))))
    parts = np.rint(numbers * unit)
    if np.abs(parts).max() > _EXACT:
        return None
    steps = iter(np.diff(parts.astype(np.int64), prepend=0).tolist())
    return {"steps": [next(steps) if there else None for there in is_number.tolist()], "unit": unit}


def _is_numeric(kind: type) -> bool:
    return kind is type(None) or (issubclass(kind, int | float) and not issubclass(kind, bool))


def guard_formula(value: Field) -> Field:
    """Return a CSV field in which text that a spreadsheet would take for a formula has a quote before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def format_csv(header: Sequence[str], rows: Iterable[Sequence[Field]]) -> str:
    """Return a table as CSV (RFC 4180); numbers in ten digits, what is missing empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guard_formula(name) for name in header])
    writer.writerows([_round_to_ten_digits(guard_formula(field)) for field in row] for row in rows)
    return out.getvalue()


def _round_to_ten_digits(value: Field) -> Field:
    return float(f"{value:.10g}") if isinstance(value, float) else value


def build_csv_download(text: str) -> CsvDownload:
    """Return a CSV as a file of its page; a long one packed, as ``read_csv`` of any library reads it."""
    if len(text) > _LONG_CSV:
        return CsvDownload(f"data:application/gzip;base64,{compress_text(text)}", ".csv.gz")
    return CsvDownload(
        "data:text/csv;charset=utf-8;base64," + base64.b64encode(text.encode()).decode(), ".csv"
    )


def format_table_csv(frame: pl.DataFrame) -> str:
    """Return a frame as CSV: lists as words with a space between, text guarded like the page's own."""
    import polars as pl

    lists = pl.selectors.list()
    words = frame.with_columns(lists.cast(pl.List(pl.String)).list.join(" "))
    texts = [name for name, kind in words.schema.items() if kind == pl.String]
    return words.with_columns(_guard_column(name) for name in texts).write_csv(line_terminator="\r\n")


def _guard_column(name: str) -> pl.Expr:
    import polars as pl

    text = pl.col(name)
    formula = text.str.contains(f"^[{re.escape(''.join(_FORMULA))}]")
    return pl.when(formula).then(pl.lit("'") + text).otherwise(text).alias(name)
