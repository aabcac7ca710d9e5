"""Files of answers: CSV as spreadsheets write it, JSON lines, the exports of Label Studio and Argilla."""

from __future__ import annotations

import codecs
import csv
import io
import json
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from albench.datasets.files.csv_text import Dialect, open_reader, parse_records
from albench.datasets.files.frames import convert_frame
from albench.errors import DatasetError, clean_text, describe_error
from albench.labelling import argilla, label_studio
from albench.labelling.label_studio import ROW
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from albench.labelling.data_file import DataFile

_CELLS = (".csv", ".tsv", ".txt")
_SEPARATORS = ",;\t"


class Answer(NamedTuple):
    """What somebody said about a row.

    Attributes
    ----------
    key : str
        What the row is called.
    text : str
        A class, or nothing.
    place : str
        Where it stands: ``line 3``, ``item 12``.
    annotator : str
        Who said it, where the file tells.
    """

    key: str
    text: str
    place: str
    annotator: str = ""


def read_answers(file: Path, data: DataFile) -> list[Answer]:
    """Read a file of answers, by its ending: ``.csv``, ``.tsv``, ``.txt``, ``.jsonl`` or ``.json``.

    Parameters
    ----------
    data : DataFile
        Whose rows and target column it speaks of.

    Raises
    ------
    DatasetError
        If it cannot be read, or lacks the names of the rows or the column of the labels.
    """
    kind = file.suffix.lower()
    if kind not in (*_CELLS, ".jsonl", ".ndjson", ".json"):
        raise DatasetError(
            f"{file.name}: answers are read from .csv, .tsv, .txt, .jsonl and .json files: save it as such"
        )
    text = _read_text(file)
    if kind in _CELLS:
        return list(_read_cells(text, file.name, data))
    if kind != ".json":
        lines = ((f"line {number}", line) for number, line in enumerate(text.split("\n"), 1))
        items = [(place, _parse_json(line, f"{file.name}: {place}")) for place, line in lines if line.strip()]
        return list(_read_items(items, file.name, data))
    listed = _parse_json(text, file.name)
    if not isinstance(listed, list):
        raise DatasetError(f"{file.name}: it is no list of tasks or records")
    return list(_read_items([(f"item {n}", item) for n, item in enumerate(listed, 1)], file.name, data))


def list_answers(table: Any, data: DataFile) -> list[Answer]:
    """Return the answers of a table in memory, as those of a file."""
    records = enumerate(convert_frame(table).to_dicts(), 1)
    return [_read_record(record, f"row {number}", "answers", data) for number, record in records]


def _read_text(file: Path) -> str:
    # A reader of a named pipe would wait until something writes to it, for ever if nothing does.
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise DatasetError(f"{file.name}: it is a pipe or a device, no file: save the answers as a file")
    try:
        raw = file.read_bytes()
    except OSError as error:
        reason = clean_text(error.strerror or str(error), 200)
        raise DatasetError(f"{file.name}: cannot be read: {reason}") from error
    # What spreadsheets call Unicode text is UTF-16, with a mark.
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    try:
        return raw.decode("utf-16" if raw.startswith(marks) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DatasetError(
            f"{file.name}: line {line} is not in UTF-8: save it as 'CSV UTF-8', as spreadsheets call it"
        ) from error


def _parse_json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{place}: cannot be read as JSON: {error}") from error


def _read_cells(text: str, name: str, data: DataFile) -> Iterator[Answer]:
    longest = csv.field_size_limit(sys.maxsize)
    try:
        separator = _find_separator(text, data.source.target_name)
        reader = open_reader(io.StringIO(text, newline=""), Dialect(separator))
        records = [record for record in parse_records(reader) if any(cell.strip() for cell in record.cells)]
    except csv.Error as error:
        raise DatasetError(f"{name}: cannot be read as CSV: {error}") from error
    finally:
        csv.field_size_limit(longest)
    if records and _names_separator(records[0].cells):
        del records[0]
    if not records:
        raise DatasetError(f"{name}: the file is empty")
    _, _, header = records.pop(0)
    for column in (data.source.target_name, ROW, *data.source.id):
        if header.count(column) > 1:
            raise DatasetError(f"{name}: the header has {quote(column)} twice: leave out what is not meant")
    for line, _, cells in records:
        if len(cells) != len(header):
            raise DatasetError(
                f"{name}: line {line}: the header has {len(header)} cells, this row {len(cells)}"
            )
        yield _read_record(dict(zip(header, cells, strict=True)), f"line {line}", name, data)


def _names_separator(cells: Sequence[str]) -> bool:
    """Say whether a record is the line ``sep=;``, which tells spreadsheets how to read the others."""
    return "".join(cells).lower().rstrip(_SEPARATORS) == "sep="


def _find_separator(text: str, target: str) -> str:
    """Return what stands between the cells of the header, which spreadsheets choose by country."""
    for separator in _SEPARATORS:
        records = open_reader(io.StringIO(text, newline=""), Dialect(separator))
        if any(target in cells for cells in islice(records, 2)):
            return separator
    return ","


def _read_items(items: Sequence[tuple[str, Any]], name: str, data: DataFile) -> Iterator[Answer]:
    for place, item in items:
        if not isinstance(item, dict):
            raise DatasetError(f"{name}: {place}: it is no object of names and values")
        try:
            if label_studio.is_export(item):
                pairs = list(label_studio.read_choices(item, data.source.target_name, f"{name}: {place}"))
                key = _find_key(item["data"], place, name, data)
            elif argilla.is_export(item):
                pairs = list(argilla.read_responses(item, data.source.target_name))
                key = str(item["id"])
            else:
                yield _read_record(item, place, name, data)
                continue
        except (KeyError, TypeError, AttributeError) as error:
            raise DatasetError(
                f"{name}: {place}: it is neither as Label Studio exports it nor as Argilla does: "
                f"{describe_error(error)}"
            ) from error
        # Several people who agree are one answer, and who skipped a row says nothing of it.
        for text in dict.fromkeys(text for text, _ in pairs if text) or [""]:
            annotators = dict.fromkeys(who for label, who in pairs if label == text and who)
            yield Answer(key, text, place, ", ".join(annotators))


def _read_record(record: Mapping[str, Any], place: str, name: str, data: DataFile) -> Answer:
    target = data.source.target_name
    if target not in record:
        near = [each for each in record if str(each).strip().casefold() == target.casefold()]
        hint = f": {quote(near[0])} is spelt otherwise" if near else ""
        raise DatasetError(f"{name}: {place}: there is no {quote(target)}, the column of the labels{hint}")
    value = record[target]
    if isinstance(value, list | dict):
        raise DatasetError(f"{name}: {place}: {quote(target)} is no single class")
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return Answer(_find_key(record, place, name, data), text, place)


def _find_key(record: Mapping[str, Any], place: str, name: str, data: DataFile) -> str:
    """Return what a row is called, by the column of proposals or else the columns of ``id``."""
    columns = data.source.id
    if ROW in record:
        # Numbers of rows, which some tools make 12.0 of.
        return str(record[ROW]) if columns else str(record[ROW]).strip().removesuffix(".0")
    if columns and all(column in record for column in columns):
        parts = [str(record[column]) for column in columns]
        return parts[0] if len(parts) == 1 else json.dumps(parts, ensure_ascii=False)
    raise DatasetError(f"{name}: {place}: there is no {quote(ROW)}, which says which row it is")
