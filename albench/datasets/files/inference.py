"""Which columns of text are numbers, and what to do about those that nearly are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from albench.datasets.mistakes import join_errors
from albench.errors import DatasetError
from albench.text import list_first, list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import polars as pl

    from albench.datasets.where import Where

_SHOWN = 5
_BATCH_CELLS = 1 << 18
_MOST_MISSING = 10
_LONGEST_MISSING = 30
_CODE = r"^\s*0\d+\s*$"
_DIGIT = re.compile(r"\d")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,. '\u2019\u00a0\u202f]\d{3})+([.,]\d+)?")


class OddCells(NamedTuple):
    """The cells of a column of numbers that are none.

    Attributes
    ----------
    row : int
        Of the first.
    texts : tuple of str
        The distinct ones, in the order of rows.
    """

    column: str
    row: int
    n_cells: int
    n_numbers: int
    texts: tuple[str, ...]


class Inferred(NamedTuple):
    """The columns with their types.

    Attributes
    ----------
    error : DatasetError or None
        What is wrong with columns of which most cells are numbers, and some are not.
    """

    frame: pl.DataFrame
    warnings: tuple[str, ...]
    error: DatasetError | None


def infer_types(
    frame: pl.DataFrame, names: Collection[str], missing: Sequence[str], decimal: str, where: Where
) -> Inferred:
    """Return columns of text as numbers if they are numbers, as text otherwise.

    Parameters
    ----------
    names : collection of str
        Columns that stay text whatever they look like.
    missing : sequence of str
        Texts that stand for a missing value.
    decimal : str
        Decimal point or comma.
    """
    import polars as pl

    candidates = [column for column in frame.get_columns() if column.name not in names]
    inferred = [
        each for batch in _iterate_batches(candidates) for each in _infer_batch(batch, missing, decimal)
    ]
    typed = {each.column.name: each.column for each in inferred}
    odd = [each.odd_cells for each in inferred if each.odd_cells is not None]
    return Inferred(
        pl.DataFrame({column.name: typed.get(column.name, column) for column in frame.get_columns()}),
        _warn_about_codes([each.column.name for each in inferred if each.has_codes]),
        _describe_odd_cells(odd, missing, where) if odd else None,
    )


def _warn_about_codes(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    columns = f"column{'s' if len(names) > 1 else ''} {list_quoted(names, 'and')}"
    advice = f"declare categorical: {format_yaml_list(names)} unless they are numbers"
    return (f"{columns}: codes with leading zeros are read as numbers: {advice}",)


class _Column(NamedTuple):
    """A column with its type, what contradicts it, and whether its numbers look like codes."""

    column: pl.Series
    odd_cells: OddCells | None = None
    has_codes: bool = False


def _iterate_batches(columns: Sequence[pl.Series]) -> Iterator[Sequence[pl.Series]]:
    """Yield short columns many at a time, long ones one at a time: a call of Polars has its price."""
    step = max(1, _BATCH_CELLS // max(1, len(columns[0]))) if columns else 1
    for first in range(0, len(columns), step):
        yield columns[first : first + step]


def _infer_batch(batch: Sequence[pl.Series], missing: Sequence[str], decimal: str) -> Iterator[_Column]:
    """Infer the types of columns of one length, which are put one below the other for that."""
    import polars as pl

    from albench.datasets.files.columns import clean_values

    n = len(batch[0])
    cells = batch[0] if len(batch) == 1 else pl.concat(batch, rechunk=True)
    text = cells.set(cells.is_in(list(missing)), None)
    numbers = _convert_numbers(text, decimal)
    is_code = text.str.contains(_CODE).fill_null(value=False)
    parts = [(text.slice(k * n, n), numbers.slice(k * n, n)) for k in range(len(batch))]
    codes = [is_code.any() and is_code.slice(k * n, n).any() for k in range(len(batch))]
    if all(number.null_count() == text.null_count() for text, number in parts):
        for column, (_, number), has_codes in zip(batch, parts, codes, strict=True):
            yield _Column(number.alias(column.name), None, has_codes)
        return
    text = clean_values(cells, missing)
    numbers = _convert_numbers(text, decimal)
    for k, column in enumerate(batch):
        yield _infer_type(column.name, text.slice(k * n, n), numbers.slice(k * n, n), has_codes=codes[k])


def _infer_type(name: str, text: pl.Series, numbers: pl.Series, *, has_codes: bool) -> _Column:
    """Return a column, given its cells as clean text and as numbers, null where they are none."""
    text, numbers = text.alias(name), numbers.alias(name)
    n_numbers, n_wrong = len(numbers) - numbers.null_count(), numbers.null_count() - text.null_count()
    if n_wrong == 0:
        return _Column(numbers, None, has_codes)
    if n_numbers <= n_wrong:
        return _Column(text)
    wrong = (numbers.is_null() & text.is_not_null()).arg_true()
    texts = text.gather(wrong).unique(maintain_order=True).to_list()
    return _Column(text, OddCells(name, int(wrong[0]), len(wrong), n_numbers, tuple(texts)))


def _convert_numbers(text: pl.Series, decimal: str) -> pl.Series:
    import polars as pl

    if decimal == ",":
        text = text.set(text.str.contains(".", literal=True), None).str.replace(",", ".", literal=True)
    return text.cast(pl.Float64, strict=False)


def _describe_odd_cells(odd: Sequence[OddCells], missing: Sequence[str], where: Where) -> DatasetError:
    errors = []
    for cells in odd[:_SHOWN]:
        shown = list_first([quote(text) for text in cells.texts], _SHOWN)
        count = f" ({cells.n_cells} are not: {shown})" if cells.n_cells > 1 else ""
        numbers = f"{cells.n_numbers} cells of the column are"
        text = f"{quote(cells.texts[0])} is not a number, but {numbers}{count}"
        errors.append(where.error(text, column=cells.column, row=cells.row))
    more = f" (and {len(odd) - _SHOWN} more columns)" if len(odd) > _SHOWN else ""
    return DatasetError(f"{join_errors(errors)}{more}: {_advise(odd, missing)}")


def _advise(odd: Sequence[OddCells], missing: Sequence[str]) -> str:
    """Return what to write, for all columns at once, so that one round mends them."""
    texts = list(dict.fromkeys(text for cells in odd for text in cells.texts))
    words = [text for text in texts if not _DIGIT.search(text)]
    ways = []
    if words and len(words) <= _MOST_MISSING and max(map(len, words)) <= _LONGEST_MISSING:
        ways.append(f"missing: {format_yaml_list([*missing, *words])}")
    ways += _advise_about_numbers([text for text in texts if _DIGIT.search(text)])
    categorical = f"declare categorical: {format_yaml_list([cells.column for cells in odd])}"
    return f"{categorical}, or {' and '.join(ways)}" if ways else categorical


def _advise_about_numbers(texts: Sequence[str]) -> list[str]:
    """Return what to do about cells that are numbers with something else."""
    if not texts:
        return []
    thousands = next((text for text in texts if _THOUSANDS.fullmatch(text)), None)
    marks = f"marks between thousands ({quote(thousands)})" if thousands else "other characters"
    plain = f"write numbers without {marks}"
    if not all(map(_DECIMAL_COMMA.fullmatch, texts)):
        return [plain]
    decimal = "decimal: ',' if commas are decimal"
    return [f"{decimal}, else {plain}"] if thousands else [decimal]


def format_yaml_list(words: Iterable[str]) -> str:
    """Return words as a list that can be pasted into an experiment file."""
    return "[" + ", ".join("'" + word.replace("'", "''") + "'" for word in words) + "]"
