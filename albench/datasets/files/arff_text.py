"""ARFF as text: attributes, dense rows, sparse rows (Witten et al., Weka)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl
    from scipy.sparse import csr_matrix

    from albench.datasets.checks import Where

Kind = Literal["numeric", "nominal", "string"]

_NUMERIC = ("numeric", "real", "integer")
_STRING = ("string", "date")
_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_NAME = re.compile(rf"@attribute\s+({_QUOTED}|[^\s{{]+)\s*(.*)", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(rf"\s*({_QUOTED}|[^,]*?)\s*(?:,|$)")
_SPARSE_CELL = re.compile(rf"\s*(\d+)\s+({_QUOTED}|[^,]*?)\s*(?:,|$)")
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
    """Read up to ``@data``.

    Raises
    ------
    DatasetError
        At the line that is no ARFF.
    """
    attributes: list[Attribute] = []
    number = 0
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        word = text[:10].lower()
        if word.startswith("@data"):
            if not attributes:
                raise where.error(f"line {number}: @data before any @attribute")
            return Header(tuple(attributes), number)
        if word.startswith("@attribute"):
            attributes.append(_parse_attribute(text, number, where))
        elif text and not text.startswith("%") and not word.startswith("@relation"):
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
    raise where.error(f"line {number}: the type '{kind}' is not one of numeric, nominal, string, date")


def iterate_rows(lines: Sequence[str], head: Header) -> list[Line]:
    """Return the lines of data, without comments and blank ones."""
    numbered = enumerate(lines[head.n_lines :], start=head.n_lines + 1)
    return [Line(number, text) for number, line in numbered if (text := line.strip()) and text[0] != "%"]


def is_sparse(data: Sequence[Line]) -> bool:
    """Say whether rows name the cells that are not 0."""
    return bool(data) and data[0].text.startswith("{")


def build_dense_frame(data: Sequence[Line], head: Header, where: Where) -> pl.DataFrame:
    """Return a frame of numbers and texts; an unquoted ``?`` is null.

    Raises
    ------
    DatasetError
        At a row with too many or too few cells, or a cell that its attribute does not allow.
    """
    import polars as pl

    plain = _build_plain_frame(data, head)
    if plain is not None:
        return plain
    n = len(head.attributes)
    table = []
    for line in data:
        cells = _split_cells(line.text)
        if len(cells) != n:
            raise where.error(
                f"line {line.number}: {n} attributes are declared, this row has {len(cells)} cells"
            )
        table.append(cells)
    columns = zip(*table, strict=True) if table else ((),) * n
    return pl.DataFrame(
        [_convert_column(a, cells, data, where) for a, cells in zip(head.attributes, columns, strict=True)]
    )


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


class Sparse(NamedTuple):
    """A sparse file: its numeric attributes as one matrix, the others as columns of text."""

    matrix: csr_matrix
    numeric_names: tuple[str, ...]
    others: pl.DataFrame


def split_sparse_rows(data: Sequence[Line], head: Header, where: Where) -> Sparse:
    """Return the parts of a sparse file; a nominal cell that is not named has the first declared value.

    Raises
    ------
    DatasetError
        At a row that is no list of ``index value``, or a cell that its attribute does not allow.
    """
    import polars as pl
    from scipy.sparse import coo_matrix

    attributes = head.attributes
    place = {i: k for k, i in enumerate(i for i, a in enumerate(attributes) if a.kind == "numeric")}
    texts = {
        i: [a.values[0] if a.values else ""] * len(data) for i, a in enumerate(attributes) if i not in place
    }
    triples: list[tuple[int, int, float]] = []
    for row, line in enumerate(data):
        for index, cell in _parse_sparse_cells(line, len(attributes), where):
            if index in place:
                triples.append((row, place[index], _number(cell, line, attributes[index], where)))
            else:
                texts[index][row] = cell
    shape = (len(data), len(place))
    table = np.array(triples, dtype=np.float64).reshape(-1, 3)
    rows_, columns = table[:, 0].astype(np.intp), table[:, 1].astype(np.intp)
    matrix = coo_matrix((table[:, 2], (rows_, columns)), shape=shape).tocsr()
    others = pl.DataFrame([_convert_column(attributes[i], cells, data, where) for i, cells in texts.items()])
    return Sparse(matrix, tuple(attributes[i].name for i in place), others)


def _parse_sparse_cells(line: Line, n: int, where: Where) -> Iterator[tuple[int, str]]:
    text = line.text
    if not (text.startswith("{") and text.endswith("}")):
        raise where.error(
            f"line {line.number}: the rows before are sparse, and this one is not {{index value, ...}}"
        )
    body, position = text[1:-1].strip(), 0
    while position < len(body):
        match = _SPARSE_CELL.match(body, position)
        if match is None or int(match[1]) >= n:
            raise where.error(
                f"line {line.number}: '{body[position : position + 20].strip()}' is no 'index value'"
            )
        yield int(match[1]), match[2]
        position = match.end()


def _convert_column(
    attribute: Attribute, cells: Sequence[str], data: Sequence[Line], where: Where
) -> pl.Series:
    import polars as pl

    if attribute.kind == "numeric":
        try:
            numbers = [float("nan") if cell == "?" else float(cell) for cell in cells]
        except ValueError:
            numbers = [_number(cell, line, attribute, where) for cell, line in zip(cells, data, strict=True)]
        return pl.Series(attribute.name, numbers, dtype=pl.Float64).fill_nan(None)
    texts = [None if cell == "?" else _unquote(cell) for cell in cells]
    if attribute.kind == "nominal":
        allowed = {*attribute.values, None}
        wrong = next((k for k, text in enumerate(texts) if text not in allowed), None)
        if wrong is not None:
            raise where.error(
                f"line {data[wrong].number}: '{texts[wrong]}' is not among the declared values",
                column=attribute.name,
            )
    return pl.Series(attribute.name, texts, dtype=pl.String)


def _number(cell: str, line: Line, attribute: Attribute, where: Where) -> float:
    try:
        return float("nan") if cell == "?" else float(_unquote(cell))
    except ValueError:
        raise where.error(f"line {line.number}: '{cell}' is not a number", column=attribute.name) from None


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
