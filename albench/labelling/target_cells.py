"""Labels written into the target column of a file, every other character or value of which stays as it is."""

from __future__ import annotations

import csv
import io
import re
import sys
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from albench.datasets.files.csv import CsvFile
from albench.datasets.files.csv_text import open_reader
from albench.errors import DatasetError
from albench.files import replace_file
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from albench.labelling.data_file import DataFile


_ARROW_SCHEMA = "ARROW:schema"
"""What Polars writes of the types by itself."""


def get_backup(file: Path) -> Path:
    """Return where the file of before the last answers is kept: beside it."""
    return file.with_name(f"{file.name}.bak")


def write_labels(data: DataFile, labels: Mapping[str, str]) -> None:
    """Write labels into a file, which is replaced as a whole; the file of before is kept beside it.

    Parameters
    ----------
    labels : mapping of str to str
        Class of each row, by what the row is called.

    Raises
    ------
    DatasetError
        If a label cannot stand in it, or others would change with it; nothing was written.
    """
    before, mode, source = data.path.read_bytes(), data.path.stat().st_mode, data.source
    by_row = {data.rows[key]: name for key, name in labels.items()}
    if isinstance(source, CsvFile):
        after = _fill_csv(data, source, before, by_row)
    else:
        after = _fill_parquet(data, by_row)
    with replace_file(get_backup(data.path)) as backup:
        backup.write(before)
    with replace_file(data.path) as file:
        file.write(after)
    data.path.chmod(mode)


def _fill_csv(data: DataFile, source: CsvFile, before: bytes, labels: Mapping[int, str]) -> bytes:
    text = before.decode(source.encoding)
    column = data.columns.index(source.target_name)
    written = data.frame[source.target_name]
    cells = {row: written[data.examples[n]] if n in data.examples else n for row, n in labels.items()}
    texts = {row: _quote_cell(cell, source) for row, cell in cells.items()}
    filled = fill_cells(text, column, texts, separator=source.separator, quote_mark=source.quote)
    _check_others(text, filled, column, cells, source, data.frame.height)
    return filled.encode(source.encoding)


def fill_cells(
    text: str, column: int, cells: Mapping[int, str], *, separator: str = ",", quote_mark: str = '"'
) -> str:
    """Return the text of a CSV file with other cells in one column.

    Parameters
    ----------
    column : int
        Which one, counted from 0.
    cells : mapping of int to str
        New cells, quoted where they must be, by row: counted from 0 below the header, blank lines left out.
    separator, quote_mark : str
        Of the file.
    """
    sep, mark = re.escape(separator), re.escape(quote_mark)
    quoted = f"{mark}(?:[^{mark}]|{mark}{mark})*{mark}[^{sep}\\r\\n]*|" if quote_mark else ""
    cell = re.compile(f"({quoted}[^{sep}\\r\\n]*)({sep}|\\r\\n|\\n|\\r|\\Z)")
    # A row that stays as it is needs no look at its cells, where no quote may hide the end of a line.
    whole = re.compile(f"([^{mark}\\r\\n]+)(\\r\\n|\\n|\\r|\\Z)")
    pieces: list[str] = []
    row, place, position, is_blank = -1, 0, 0, True
    while position < len(text):
        if place == 0 and row not in cells and (record := whole.match(text, position)):
            pieces.append(record[0])
            position, row = record.end(), row + 1
            continue
        match = cell.match(text, position)
        # An empty cell matches everywhere.
        content, end = match.groups() if match else ("", "")
        is_blank = is_blank and place == 0 and not content
        is_target = place == column and row in cells and not (is_blank and end != separator)
        pieces.append((cells[row] if is_target else content) + end)
        position += len(content) + len(end)
        if end == separator:
            place, is_blank = place + 1, False
            if position == len(text) and place == column and row in cells:
                pieces.append(cells[row])
        else:
            row, place, is_blank = row + (0 if is_blank else 1), 0, True
    return "".join(pieces)


def _quote_cell(cell: str, source: CsvFile) -> str:
    is_plain = not any(mark in cell for mark in (source.separator, "\n", "\r", source.quote or "\n"))
    if is_plain and cell == cell.strip():
        return cell
    if not source.quote:
        raise DatasetError(f"{source.path}: the label {quote(cell)} cannot stand in a file without quotes")
    return f"{source.quote}{cell.replace(source.quote, source.quote * 2)}{source.quote}"


def _check_others(
    before: str, after: str, column: int, cells: Mapping[int, str], source: CsvFile, n_rows: int
) -> None:
    """See that a reader of CSV finds the new cells, and all others as they were."""
    longest = csv.field_size_limit(sys.maxsize)
    try:
        old, new = (
            filter(None, open_reader(io.StringIO(text, newline=""), source.dialect))
            for text in (before, after)
        )
        n_records, is_same = 0, True
        for row, (record, filled) in enumerate(zip_longest(old, new), -1):
            if record and row in cells:
                record[column] = cells[row]
            n_records, is_same = n_records + 1, is_same and record == filled
    finally:
        csv.field_size_limit(longest)
    if not is_same or n_records - 1 != n_rows:
        raise DatasetError(
            f"{source.path}: it was changed meanwhile, or labels cannot be written into its quotes safely: "
            "try again, or save it anew as CSV, as a spreadsheet does"
        )


def _fill_parquet(data: DataFile, labels: Mapping[int, str]) -> bytes:
    import polars as pl

    target = data.source.target_name
    frame = pl.read_parquet(data.path, glob=False, hive_partitioning=False)
    values: list[Any] = frame[target].to_list()
    for row, name in labels.items():
        values[row] = values[data.examples[name]] if name in data.examples else name
    try:
        column = pl.Series(target, values, dtype=frame.schema[target])
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        what = f"a column of type {frame.schema[target]}"
        raise DatasetError(f"{data.path.name}: a label cannot stand in {what}: {error}") from error
    stored = pl.read_parquet_metadata(data.path)
    handle = io.BytesIO()
    metadata = {key: text for key, text in stored.items() if key != _ARROW_SCHEMA}
    frame.with_columns(column).write_parquet(handle, metadata=metadata)
    return handle.getvalue()
