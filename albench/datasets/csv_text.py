"""A CSV file as text: its header, and which line of the file is to blame."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from albench.datasets.checks import Where


class Record(NamedTuple):
    """A record that is not blank.

    Attributes
    ----------
    line : int
        Line of the file that it starts on, counted from 1.
    position : int
        Its place among all records, blank ones and the header included, counted from 0.
    cells : list of str
    """

    line: int
    position: int
    cells: list[str]


@contextmanager
def records(file: Path, separator: str, where: Where) -> Iterator[Iterator[Record]]:
    """Open a CSV file and iterate over its records, the header first.

    Raises
    ------
    DatasetError
        If the file is not UTF-8, or no CSV.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield _records(csv.reader(lines, delimiter=separator))
    except UnicodeDecodeError as error:
        raise _not_utf8(file, where) from error
    except csv.Error as error:
        raise where.error(f"cannot be read as CSV: {error}") from error


def _records(reader: Iterator[list[str]]) -> Iterator[Record]:
    line = 1
    for position, cells in enumerate(reader):
        if cells:
            yield Record(line, position, cells)
        line = reader.line_num + 1  # type: ignore[attr-defined]


def header(file: Path, separator: str, where: Where) -> tuple[str, ...]:
    """Return the names in the first line that is not blank.

    Raises
    ------
    DatasetError
        If the file is empty or not UTF-8.
    """
    with records(file, separator, where) as found:
        first = next(found, None)
    if first is None:
        raise where.error("the file is empty")
    return tuple(cell.strip() for cell in first.cells)


def line_of(file: Path, separator: str, where: Where, row: int) -> int:
    """Return the line of the file that data row ``row`` (from 0) starts on."""
    with records(file, separator, where) as found:
        next(found)
        return next(record.line for index, record in enumerate(found) if index == row)


def check_widths(file: Path, separator: str, where: Where) -> list[int]:
    """See that every record has as many cells as the header.

    Returns
    -------
    list of int
        Data rows (from 0, blank lines counted) that are not blank.

    Raises
    ------
    DatasetError
        At the first record with more or fewer cells.
    """
    kept: list[int] = []
    with records(file, separator, where) as found:
        first = next(found)
        for record in found:
            if len(record.cells) != len(first.cells):
                found_cells = f"the header has {len(first.cells)} cells, this row {len(record.cells)}"
                raise where.error(f"line {record.line}: {found_cells}")
            kept.append(record.position - first.position - 1)
    return kept


def _not_utf8(file: Path, where: Where) -> Exception:
    content = file.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        return where.error(f"line {line}: byte 0x{byte:02x} is not UTF-8: save the file as UTF-8")
    return where.error("not UTF-8")
