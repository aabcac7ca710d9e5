"""Sparse rows of an ARFF file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.datasets.files.arff_text import QUOTED, convert_columns, parse_number
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl
    from scipy.sparse import csr_matrix

    from albench.datasets.files.arff_text import Header, Line
    from albench.datasets.where import Where

_SPARSE_CELL = re.compile(rf"\s*(\d+)\s+({QUOTED}|[^,]*?)\s*(?:,|$)")


def is_sparse(data: Sequence[Line]) -> bool:
    """Say whether rows name the cells that are not 0."""
    return bool(data) and data[0].text.startswith("{")


class Sparse(NamedTuple):
    """A sparse file: its numeric attributes as one matrix, the others as columns of text."""

    matrix: csr_matrix
    numeric_names: tuple[str, ...]
    others: pl.DataFrame


def split_sparse_rows(data: Sequence[Line], head: Header, where: Where) -> Sparse:
    """Return the parts of a sparse file; a nominal cell that is not named has the first declared value."""
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
                number = parse_number(cell)
                if number is None:
                    raise where.error(
                        f"line {line.number}: {quote(cell)} is not a number", column=attributes[index].name
                    )
                triples.append((row, place[index], number))
            else:
                texts[index][row] = cell
    shape = (len(data), len(place))
    table = np.array(triples, dtype=np.float64).reshape(-1, 3)
    rows_, columns = table[:, 0].astype(np.intp), table[:, 1].astype(np.intp)
    matrix = coo_matrix((table[:, 2], (rows_, columns)), shape=shape).tocsr()
    others = pl.DataFrame(
        convert_columns(((attributes[i], cells) for i, cells in texts.items()), data, where)
    )
    return Sparse(matrix, tuple(attributes[i].name for i in place), others)


def _parse_sparse_cells(line: Line, n: int, where: Where) -> Iterator[tuple[int, str]]:
    text, indices = line.text, set[int]()
    if not (text.startswith("{") and text.endswith("}")):
        raise where.error(
            f"line {line.number}: the rows before are sparse, and this one is not {{index value, ...}}"
        )
    body, position = text[1:-1].strip(), 0
    while position < len(body):
        match = _SPARSE_CELL.match(body, position)
        if match is None or int(match[1]) >= n:
            raise where.error(
                f"line {line.number}: {quote(body[position : position + 20].strip())} is no 'index value'"
            )
        if int(match[1]) in indices:
            raise where.error(f"line {line.number}: index {match[1]} comes twice")
        indices.add(int(match[1]))
        yield int(match[1]), match[2]
        position = match.end()
