"""The cells of a CSV file as text, as Python's csv module reads them."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from albench.datasets.files import csv_text
from albench.datasets.files.csv_text import format_lines
from albench.text import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    import polars as pl

    from albench.datasets.files.csv_text import Dialect
    from albench.datasets.where import Where

_BLOCK = 1 << 20
_ROWS = 1 << 14
_LEAST_WIDTH = 3
"""Of files whose rows are told from sentences by their separators."""
_LONE_RETURN = re.compile(rb"\r(?!\n)")


class CsvCells(NamedTuple):
    """The rows below the header, without blank lines, and what should be known about them."""

    frame: pl.DataFrame
    warnings: tuple[str, ...] = ()


class _Size(NamedTuple):
    """Rows below the header, blank ones included; characters of their cells where there are quotes."""

    n_rows: int
    n_characters: int | None = None


def read_cells(file: Path, dialect: Dialect, where: Where, names: Sequence[str]) -> CsvCells:
    """Read every cell below the header as text.

    Polars reads the file, which is fast; the csv module does if it would read other rows or cells.
    """
    content = csv_text.decode_to_utf8(file, dialect, where)
    size = _measure(content, file, dialect, where)
    frame = None if size is None else _read_fast(content, file, dialect, names)
    if frame is None or size is None or not _has_size(frame, size):
        return _read_records(file, dialect, where, names)
    # A row that is too short looks like one that ends in empty cells; a blank line like one of empty cells.
    last = frame[:, -1]
    if (last.is_null() | (last == "")).any():
        kept = csv_text.check_widths(file, dialect, where)
        frame = frame if len(kept) == frame.height else frame[kept]
    return CsvCells(frame, _warn_about_rows_in_cells(frame, dialect) if size.n_characters is not None else ())


def _measure(content: bytes | None, file: Path, dialect: Dialect, where: Where) -> _Size | None:
    """Count rows and characters without Polars; None where a quote is neither doubled nor closed."""
    with io.BytesIO(content) if content is not None else file.open("rb") as stream:
        n_lines, is_plain = _scan_lines(stream, dialect.quote.encode())
    if is_plain:
        with csv_text.iterate_records(file, dialect, where) as records:
            return _Size(n_lines - next(records).line)
    with csv_text.open_lines(file, dialect, where) as lines:
        reader = csv_text.open_reader(lines, dialect, strict=True)
        try:
            next(cells for cells in reader if cells)
            n_rows = n_characters = 0
            for cells in reader:
                n_rows += 1
                n_characters += len("".join(cells))
        except csv.Error:
            return None
    return _Size(n_rows, n_characters)


def _scan_lines(stream: BinaryIO, quote: bytes) -> tuple[int, bool]:
    """Return the number of lines, and whether there is neither a quote nor another end of a line."""
    n_lines, is_plain, last = 0, True, b"\n"
    for block in iter(lambda: stream.read(_BLOCK), b""):
        whole = block + stream.read(1) if block.endswith(b"\r") else block
        n_lines, last = n_lines + whole.count(b"\n"), whole[-1:]
        is_plain = is_plain and not (quote and quote in whole) and not _LONE_RETURN.search(whole)
    return n_lines + (last != b"\n"), is_plain


def _read_fast(
    content: bytes | None, file: Path, dialect: Dialect, names: Sequence[str]
) -> pl.DataFrame | None:
    """Read by Polars; None where it does not take the file."""
    import polars as pl

    try:
        frame = pl.read_csv(
            file if content is None else content,
            separator=dialect.separator,
            quote_char=dialect.quote or None,
            infer_schema=False,
            empty_string_is_null=False,
            glob=False,
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None
    if frame.width != len(names):
        return None
    frame.columns = list(names)
    return frame


def _has_size(frame: pl.DataFrame, size: _Size) -> bool:
    if frame.height != size.n_rows:
        return False
    return size.n_characters is None or size.n_characters == sum(
        column.str.len_chars().sum() for column in frame.get_columns()
    )


def _read_records(file: Path, dialect: Dialect, where: Where, names: Sequence[str]) -> CsvCells:
    """Read by the csv module."""
    import polars as pl

    odd_lines = _find_odd_quotes(file, dialect, where)
    csv_text.check_widths(file, dialect, where)
    frames = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))]
    with csv_text.iterate_records(file, dialect, where) as records:
        next(records)
        while rows := [record.cells for record in islice(records, _ROWS)]:
            columns = zip(names, zip(*rows, strict=True), strict=True)
            frames.append(pl.DataFrame({name: pl.Series(cells, dtype=pl.String) for name, cells in columns}))
    mark = f"the quote within a cell is not doubled ({dialect.quote * 2}), and read as it stands"
    warnings = [f"{format_lines(odd_lines)}: {mark}"] if odd_lines else []
    frame = pl.concat(frames)
    return CsvCells(frame, (*warnings, *_warn_about_rows_in_cells(frame, dialect)))


def _warn_about_rows_in_cells(frame: pl.DataFrame, dialect: Dialect) -> tuple[str, ...]:
    """Warn of cells that may be rows between two quotes that are no marks: they have as many separators."""
    if frame.width < _LEAST_WIDTH:
        return ()
    n_cells = 0
    for column in frame.get_columns():
        breaks = column.str.count_matches("\n", literal=True)
        separators = column.str.count_matches(dialect.separator, literal=True)
        n_cells += len(((breaks > 0) & (separators == breaks * (frame.width - 1))).arg_true())
    if n_cells == 0:
        return ()
    cells = format_count(n_cells, "cell")
    problem = "could be rows that quotes hold together: if quotes are no marks here, declare quote: ''"
    return (f"{cells} of several lines {problem}",)


def _find_odd_quotes(file: Path, dialect: Dialect, where: Where) -> list[int]:
    """Return the lines with a quote in a quoted cell that is not doubled.

    Raises
    ------
    DatasetError
        If such a cell goes on in the next line, so that it may have swallowed rows.
    """
    odd_lines: list[int] = []
    open_lines: list[int] = []
    with csv_text.open_lines(file, dialect, where) as lines:
        for record, text in _pair_with_text(lines, dialect):
            if dialect.quote not in text or _has_closed_quotes(text, dialect):
                continue
            line = text.rstrip("\r\n")
            # On one line it may still be open at the end of the file.
            goes_on = "\n" in line or "\r" in line or _has_closed_quotes(line + dialect.quote, dialect)
            (open_lines if goes_on else odd_lines).append(record.line)
    if open_lines:
        raise where.error(
            f"{format_lines(open_lines)}: the cell that a quote opens does not end on its line: close it, "
            f"double quotes within cells ({dialect.quote * 2}), or declare quote: '' if quotes are no marks"
        )
    return odd_lines


def _pair_with_text(lines: Iterable[str], dialect: Dialect) -> Iterator[tuple[csv_text.Record, str]]:
    """Yield each record with the lines that it was read from."""
    record_lines: list[str] = []

    def remember() -> Iterator[str]:
        for line in lines:
            record_lines.append(line)
            yield line

    for record in csv_text.parse_records(csv_text.open_reader(remember(), dialect)):
        yield record, "".join(record_lines).lstrip("\r\n")
        record_lines.clear()


def _has_closed_quotes(text: str, dialect: Dialect) -> bool:
    try:
        for _ in csv_text.open_reader(io.StringIO(text, newline=""), dialect, strict=True):
            pass
    except csv.Error:
        return False
    return True
