"""ARFF as text: attributes and dense rows (Witten et al., Weka)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from albench.datasets.files.csv_text import format_lines
from albench.datasets.mistakes import Mistakes
from albench.text import format_count, list_first, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from albench.datasets.where import Where
    from albench.errors import DatasetError

Kind = Literal["numeric", "nominal", "string"]

_SHOWN = 3

_NUMERIC = ("numeric", "real", "integer")
_STRING = ("string", "date")
QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_NAME = re.compile(rf"@attribute\s+({QUOTED}|[^\s{{]+)\s*(.*)", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(rf"\s*({QUOTED}|[^,]*?)\s*(?:,|$)")
# What is quoted, or what begins a comment: a sign of percent after a blank, a brace or a quote.
_COMMENT = re.compile(rf"(?<![^\s,{{]){QUOTED}|(?<![^\s}}'\"])%")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


class Attribute(NamedTuple):
    """A column and its type.

    Attributes
    ----------
    values : tuple of str
        Of a nominal attribute, as declared.
    """

    name: str
    kind: Kind
    values: tuple[str, ...] = ()


class Line(NamedTuple):
    """A row of data and the line of the file, from 1, that it stands on."""

    number: int
    text: str


@dataclass(frozen=True)
class Header:
    """What stands before the data."""

    attributes: tuple[Attribute, ...]
    n_lines: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the attributes."""
        return tuple(attribute.name for attribute in self.attributes)


def parse_header(lines: Iterable[str], where: Where) -> Header:
    """Read up to ``@data``."""
    attributes: list[Attribute] = []
    number = 0
    for number, line in enumerate(lines, start=1):
        text = strip_comment(line.strip())
        word = text[:10].lower()
        if word.startswith("@data"):
            if not attributes:
                raise where.error(f"line {number}: @data before any @attribute")
            return Header(tuple(attributes), number)
        if word.startswith("@attribute"):
            attributes.append(_parse_attribute(text, number, where))
        elif text and not word.startswith("@relation"):
            raise where.error(f"line {number}: neither @attribute nor @data, so this is no ARFF")
    raise where.error("the file is empty" if number == 0 else "there is no @data, so this is no ARFF")


def _parse_attribute(text: str, number: int, where: Where) -> Attribute:
    match = _NAME.fullmatch(text)
    if match is None:
        raise where.error(f"line {number}: an attribute needs a name and a type")
    name, kind = _unquote(match[1]).strip(), match[2].strip()
    if kind.startswith("{") and kind.endswith("}"):
        return Attribute(name, "nominal", tuple(_unquote(cell) for cell in _split_cells(kind[1:-1])))
    word = kind.split(maxsplit=1)[0].lower() if kind else ""
    if word in _NUMERIC:
        return Attribute(name, "numeric")
    if word in _STRING:
        return Attribute(name, "string")
    raise where.error(f"line {number}: the type {quote(kind)} is not one of numeric, nominal, string, date")


def iterate_rows(lines: Sequence[str], head: Header) -> list[Line]:
    """Return the lines of data, without comments and blank ones."""
    numbered = enumerate(lines[head.n_lines :], start=head.n_lines + 1)
    return [Line(number, text) for number, line in numbered if (text := strip_comment(line.strip()))]


def strip_comment(text: str) -> str:
    """Return a line without the comment at its end; signs of percent within a value stay."""
    if "%" not in text:
        return text
    start = next((match.start() for match in _COMMENT.finditer(text) if match[0] == "%"), None)
    return text[:start].rstrip()


def split_lines(text: str) -> list[str]:
    """Return lines as files end them; other marks that ``splitlines`` knows may stand in a value."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def build_dense_frame(data: Sequence[Line], head: Header, where: Where) -> pl.DataFrame:
    """Return a frame of numbers and texts; an unquoted ``?`` is null."""
    import polars as pl

    plain = _build_plain_frame(data, head)
    if plain is not None:
        return plain
    n = len(head.attributes)
    table = [_split_cells(line.text) for line in data]
    wrong = {line.number: len(cells) for line, cells in zip(data, table, strict=True) if len(cells) != n}
    if wrong:
        counts = list_first([str(count) for count in dict.fromkeys(wrong.values())], _SHOWN)
        rows = f"these rows have {counts}" if len(wrong) > 1 else f"this row has {counts}"
        raise where.error(f"{format_lines(list(wrong))}: {n} attributes are declared, {rows} cells")
    columns = zip(*table, strict=True) if table else ((),) * n
    return pl.DataFrame(convert_columns(zip(head.attributes, columns, strict=True), data, where))


def convert_columns(
    columns: Iterable[tuple[Attribute, Sequence[str]]], data: Sequence[Line], where: Where
) -> list[pl.Series]:
    """Return attributes as columns of numbers and texts."""
    converted, mistakes = [], Mistakes()
    for attribute, cells in columns:
        with mistakes.collect():
            converted.append(_convert_column(attribute, cells, data, where))
    mistakes.raise_all()
    return converted


def _build_plain_frame(data: Sequence[Line], head: Header) -> pl.DataFrame | None:
    """Read rows without quotes as polars reads CSV; None if there is anything that takes a closer look."""
    import polars as pl

    text = "\n".join(line.text for line in data)
    if not text or any(mark in text for mark in "'\"\\"):
        return None
    try:
        frame = pl.read_csv(
            text.encode(), has_header=False, quote_char=None, infer_schema=False, empty_string_is_null=False
        )
    except pl.exceptions.PolarsError:
        return None
    # A row that is too short ends in nulls, which no cell is.
    if frame.shape != (len(data), len(head.attributes)) or sum(frame.null_count().row(0)):
        return None
    columns = [
        _build_plain_column(attribute, cells.str.strip_chars())
        for attribute, cells in zip(head.attributes, frame.get_columns(), strict=True)
    ]
    converted = [column for column in columns if column is not None]
    return pl.DataFrame(converted) if len(converted) == len(columns) else None


def _build_plain_column(attribute: Attribute, cells: pl.Series) -> pl.Series | None:
    import polars as pl

    cells = cells.set(cells == "?", None).alias(attribute.name)
    if attribute.kind == "numeric":
        numbers = cells.cast(pl.Float64, strict=False)
        return numbers.fill_nan(None) if numbers.null_count() == cells.null_count() else None
    if attribute.kind == "nominal" and not set(cells.drop_nulls().unique()) <= set(attribute.values):
        return None
    return cells


def _convert_column(
    attribute: Attribute, cells: Sequence[str], data: Sequence[Line], where: Where
) -> pl.Series:
    import polars as pl

    if attribute.kind == "numeric":
        numbers = [parse_number(cell) for cell in cells]
        wrong = [k for k, number in enumerate(numbers) if number is None]
        if wrong:
            raise _describe_cells(cells, wrong, "is not a number", attribute, data, where)
        return pl.Series(attribute.name, numbers, dtype=pl.Float64).fill_nan(None)
    texts = [None if cell == "?" else _unquote(cell) for cell in cells]
    if attribute.kind == "nominal":
        allowed = {*attribute.values, None}
        wrong = [k for k, text in enumerate(texts) if text not in allowed]
        if wrong:
            raise _describe_cells(texts, wrong, "is not among the declared values", attribute, data, where)
    return pl.Series(attribute.name, texts, dtype=pl.String)


def _describe_cells(
    cells: Sequence[str | None],
    wrong: Sequence[int],
    problem: str,
    attribute: Attribute,
    data: Sequence[Line],
    where: Where,
) -> DatasetError:
    more = f" (and {format_count(len(wrong) - 1, 'row')} more)" if len(wrong) > 1 else ""
    text = f"line {data[wrong[0]].number}: {quote(str(cells[wrong[0]]))} {problem}{more}"
    return where.error(text, column=attribute.name)


def parse_number(cell: str) -> float | None:
    """Return a number, not-a-number for ``?``; None where a cell is no number."""
    try:
        return float("nan") if cell == "?" else float(_unquote(cell))
    except ValueError:
        return None


def _split_cells(text: str) -> list[str]:
    """Return the cells of a row, quoted ones as they stand."""
    if "'" not in text and '"' not in text:
        return [cell.strip() for cell in text.split(",")]
    cells, position = [], 0
    while True:
        match = _CELL.match(text, position)
        if match is None:  # a quote that stands in the middle of a cell, or is not closed
            rest, _, _ = text[position:].partition(",")
            cells.append(rest.strip())
            position += len(rest) + 1
            if position > len(text):
                return cells
            continue
        cells.append(match[1])
        position = match.end()
        if not match[0].endswith(","):
            return cells


def _unquote(cell: str) -> str:
    if len(cell) > 1 and cell[0] in "'\"" and cell[-1] == cell[0]:
        return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), cell[1:-1])
    return cell
