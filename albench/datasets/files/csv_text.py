"""A CSV file as text: its header, and which line of the file is to blame."""

from __future__ import annotations

import codecs
import csv
import io
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from albench.datasets.files.open import GIB, is_packed, open_text_file, read_text_file
from albench.text import list_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from albench.datasets.where import Where


_SHOWN = 3


@dataclass(frozen=True)
class Dialect:
    """How the text of a file is to be read.

    Attributes
    ----------
    separator : str
        Character between two cells.
    quote : str
        Character around cells that hold a separator; empty for none.
    limit : int
        Bytes that an archive may grow to.
    """

    separator: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    limit: int = 4 * GIB

    @property
    def is_utf8(self) -> bool:
        """True if the bytes of the file are UTF-8."""
        return codecs.lookup(self.encoding).name == "utf-8"


class Record(NamedTuple):
    """A record that is not blank.

    Attributes
    ----------
    line : int
        Line of the file that it starts on, counted from 1.
    position : int
        Its place among all records, blank ones and the header included, counted from 0.
    """

    line: int
    position: int
    cells: list[str]


@contextmanager
def open_lines(file: Path, dialect: Dialect, where: Where) -> Iterator[io.TextIOWrapper]:
    """Open a CSV file as lines of text, with their endings."""
    encoding = "utf-8-sig" if dialect.is_utf8 else dialect.encoding
    longest = csv.field_size_limit(sys.maxsize)
    try:
        with (
            open_text_file(file, dialect.limit, where, dialect.encoding) as stream,
            io.TextIOWrapper(stream, encoding=encoding, newline="") as lines,
        ):
            yield lines
    except UnicodeError as error:
        raise _describe_undecodable(file, dialect, where) from error
    except csv.Error as error:
        raise where.error(f"cannot be read as CSV: {error}") from error
    finally:
        csv.field_size_limit(longest)


@contextmanager
def iterate_records(file: Path, dialect: Dialect, where: Where) -> Iterator[Iterator[Record]]:
    """Open a CSV file and iterate over its records, the header first."""
    with open_lines(file, dialect, where) as lines:
        yield parse_records(open_reader(lines, dialect))


def open_reader(lines: Iterable[str], dialect: Dialect, *, strict: bool = False) -> Iterator[list[str]]:
    """Return the records of lines; ``strict``: a quote that is not closed or doubled is a ``csv.Error``."""
    if dialect.quote:
        return csv.reader(lines, delimiter=dialect.separator, quotechar=dialect.quote, strict=strict)
    return csv.reader(lines, delimiter=dialect.separator, quoting=csv.QUOTE_NONE, quotechar=None)


def parse_records(reader: Iterator[list[str]]) -> Iterator[Record]:
    """Yield the records of a reader of the csv module that are not blank."""
    line = 1
    for position, cells in enumerate(reader):
        if cells:
            yield Record(line, position, cells)
        line = reader.line_num + 1  # type: ignore[attr-defined]


def read_header(file: Path, dialect: Dialect, where: Where) -> tuple[str, ...]:
    """Return the names in the first line that is not blank."""
    with iterate_records(file, dialect, where) as records:
        first = next(records, None)
    if first is None:
        raise where.error("the file is empty")
    return tuple(cell.strip() for cell in first.cells)


def find_line(file: Path, dialect: Dialect, where: Where, row: int) -> int:
    """Return the line of the file that data row ``row`` (from 0) starts on."""
    with iterate_records(file, dialect, where) as records:
        next(records)
        return next(record.line for index, record in enumerate(records) if index == row)


def check_widths(file: Path, dialect: Dialect, where: Where) -> list[int]:
    """See that every record has as many cells as the header.

    Returns
    -------
    list of int
        Data rows (from 0, blank lines counted) that are not blank.
    """
    kept: list[int] = []
    wrong: dict[int, int] = {}
    with iterate_records(file, dialect, where) as records:
        first = next(records)
        for record in records:
            if len(record.cells) != len(first.cells):
                wrong[record.line] = len(record.cells)
            kept.append(record.position - first.position - 1)
    if wrong:
        widths = list(wrong.values())
        text = f"the header has {len(first.cells)} cells, this row {widths[0]}"
        if len(wrong) > 1:
            distinct = [str(width) for width in dict.fromkeys(widths)]
            text = f"the header has {len(first.cells)} cells, these rows {list_first(distinct, 3)}"
        raise where.error(
            f"{format_lines(list(wrong))}: {text}{_explain_row_names(len(first.cells), kept, widths)}"
        )
    return kept


def _explain_row_names(n_names: int, rows: Sequence[int], widths: Sequence[int]) -> str:
    """Return the advice for a file whose rows have a name that the header does not speak of."""
    if len(widths) < len(rows) or set(widths) != {n_names + 1}:
        return ""
    return ": if rows begin with a name or number, add a name for it to the header, and declare it in drop"


def format_lines(lines: Sequence[int]) -> str:
    """Return ``line 3``, or ``lines 3, 5, 8 and 12 more``."""
    return f"line{'s' if len(lines) > 1 else ''} {list_first([str(line) for line in lines], _SHOWN)}"


def decode_to_utf8(file: Path, dialect: Dialect, where: Where) -> bytes | None:
    """Return the text of a file as UTF-8; None if the file holds just that."""
    if dialect.is_utf8 and not is_packed(file):
        return None
    raw = read_text_file(file, dialect.limit, where, dialect.encoding)
    try:
        return raw if dialect.is_utf8 else raw.decode(dialect.encoding).encode()
    except UnicodeDecodeError as error:
        raise _describe_undecodable(file, dialect, where) from error


def _describe_undecodable(file: Path, dialect: Dialect, where: Where) -> Exception:
    raw = read_text_file(file, dialect.limit, where, dialect.encoding)
    try:
        raw.decode(dialect.encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = raw[error.start] if error.start < len(raw) else 0
        if not dialect.is_utf8:
            return where.error(f"line {line}: byte 0x{byte:02x} is not {dialect.encoding}")
        return where.error(
            f"line {line}: byte 0x{byte:02x} is not UTF-8: declare its encoding (cp1252?) or save it as UTF-8"
        )
    return where.error(f"not {dialect.encoding}")
