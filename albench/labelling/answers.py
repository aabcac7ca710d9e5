"""Answers of people: read from CSV, JSON lines or the exports of Label Studio and Argilla, and checked."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from albench.errors import DatasetError, clean_text, describe_error
from albench.labelling import argilla, label_studio
from albench.labelling.label_studio import ROW
from albench.text import format_count, list_quoted, quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from albench.labelling.data_file import DataFile
    from albench.labelling.project import LabellingProject

_SHOWN = 10
_NAMED = 3


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


@dataclass(frozen=True)
class CheckedAnswers:
    """Answers that can be written into the file.

    Attributes
    ----------
    labels : dict of str to str
        Class of each newly labelled row.
    n_empty : int
        Rows without an answer.
    n_known : int
        Rows that had the same label already.
    new_classes : tuple of str
        Classes that no row had before.
    annotators : dict of str to str
        Who answered each newly labelled row, where the file tells.
    """

    labels: dict[str, str]
    n_empty: int
    n_known: int
    new_classes: tuple[str, ...]
    annotators: dict[str, str]

    def describe(self) -> str:
        """Say what comes into the file and what does not."""
        parts = [f"{format_count(len(self.labels), 'label')} written"]
        if self.n_empty:
            parts.append(f"{format_count(self.n_empty, 'row')} without an answer skipped")
        if self.n_known:
            parts.append(f"{format_count(self.n_known, 'row')} had the same label already")
        if self.new_classes:
            parts.append(f"new classes: {', '.join(self.new_classes)}")
        return "; ".join(parts)


def read_answers(file: Path, data: DataFile) -> list[Answer]:
    """Read a file of answers, by its ending: ``.csv``, ``.tsv``, ``.jsonl`` or ``.json``.

    Parameters
    ----------
    file : Path
    data : DataFile
        Whose rows and target column it speaks of.

    Raises
    ------
    DatasetError
        If it cannot be read, or lacks the names of the rows or the column of the labels.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DatasetError(f"{file.name}: cannot be read: {clean_text(str(reason), 200)}") from error
    kind = file.suffix.lower()
    if kind in (".csv", ".tsv"):
        return list(_read_cells(text, "\t" if kind == ".tsv" else ",", file.name, data))
    if kind in (".jsonl", ".ndjson"):
        lines = ((f"line {number}", line) for number, line in enumerate(text.splitlines(), 1))
        items = [(place, _parse_json(line, f"{file.name}: {place}")) for place, line in lines if line.strip()]
        return list(_read_items(items, file.name, data))
    if kind == ".json":
        listed = _parse_json(text, file.name)
        if not isinstance(listed, list):
            raise DatasetError(f"{file.name}: it is no list of tasks or records")
        return list(_read_items([(f"item {n}", item) for n, item in enumerate(listed, 1)], file.name, data))
    raise DatasetError(f"{file.name}: answers are read from .csv, .tsv, .jsonl and .json files")


def _parse_json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise DatasetError(f"{place}: cannot be read as JSON: {error}") from error


def _read_cells(text: str, separator: str, name: str, data: DataFile) -> Iterator[Answer]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    header = next(reader, None)
    if header is None:
        raise DatasetError(f"{name}: the file is empty")
    before = reader.line_num
    for cells in reader:
        line, before = before + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            if len(cells) != len(header):
                raise DatasetError(
                    f"{name}: line {line}: the header has {len(header)} cells, this row {len(cells)}"
                )
            yield _read_record(dict(zip(header, cells, strict=True)), f"line {line}", name, data)


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
        raise DatasetError(f"{name}: {place}: there is no {quote(target)}, the column of the labels")
    value = record[target]
    if isinstance(value, list | dict):
        raise DatasetError(f"{name}: {place}: {quote(target)} is no single class")
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return Answer(_find_key(record, place, name, data), text, place)


def _find_key(record: Mapping[str, Any], place: str, name: str, data: DataFile) -> str:
    """Return what a row is called, by the column of proposals or else the columns of ``id``."""
    if ROW in record:
        return str(record[ROW])
    columns = data.source.id
    if columns and all(column in record for column in columns):
        parts = [str(record[column]) for column in columns]
        return parts[0] if len(parts) == 1 else json.dumps(parts, ensure_ascii=False)
    raise DatasetError(f"{name}: {place}: there is no {quote(ROW)}, which says which row it is")


def check_answers(
    answers: Sequence[Answer], project: LabellingProject, *, file: str, allow_new_classes: bool = False
) -> CheckedAnswers:
    """See that answers belong to the project.

    Parameters
    ----------
    answers : sequence of Answer
    project : LabellingProject
    file : str
        What messages call the file of answers.
    allow_new_classes : bool
        Whether a class may come that no row has yet.

    Raises
    ------
    DatasetError
        With everything that is wrong; nothing was written.
    """
    problems, labels, places = list[str](), dict[str, str](), dict[str, str]()
    proposed = frozenset(project.progress.proposed)
    n_empty = n_known = 0
    for answer in answers:
        name = project.data.read_class(answer.text)
        problem = (
            _find_wrong_row(answer.key, project, proposed)
            or _find_repeated(answer.key, name, project, places)
            or ("" if allow_new_classes else _find_new_class(name, project))
        )
        if problem:
            problems.append(f"{answer.place}: {problem}")
        elif not name:
            n_empty += 1
        elif (known := _get_known_label(answer.key, project)) is not None:
            n_known += known == name
        else:
            labels[answer.key] = name
        if name:
            places.setdefault(answer.key, answer.place)
    if problems:
        shown = "".join(f"\n  {problem}" for problem in problems[:_SHOWN])
        more = f"\n  and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        wrong = format_count(len(problems), "answer")
        raise DatasetError(f"{file}: {wrong} cannot be taken, and nothing was written:{shown}{more}")
    new = sorted(set(labels.values()) - set(project.data.whole.classes))
    annotators = {answer.key: answer.annotator for answer in answers if answer.text and answer.annotator}
    return CheckedAnswers(labels, n_empty, n_known, tuple(new), annotators)


def _find_wrong_row(key: str, project: LabellingProject, proposed: frozenset[str]) -> str:
    if key not in project.data.rows:
        return f"there is no row {key} in {project.data.path.name}"
    return "" if key in proposed else f"row {key} was never proposed"


def _find_repeated(key: str, name: str, project: LabellingProject, places: Mapping[str, str]) -> str:
    if not name:
        return ""
    if key in places:
        return f"row {key} is answered twice, here and in {places[key]}"
    known = _get_known_label(key, project)
    return (
        f"row {key} is labelled {quote(known)} already, and {quote(name)} here"
        if known not in (None, name)
        else ""
    )


def _find_new_class(name: str, project: LabellingProject) -> str:
    classes = project.data.whole.classes
    if not name or name in classes:
        return ""
    hint = suggest_word(name, classes) or f"there are {list_quoted(classes[:_NAMED], 'and')}"
    return f"no class {quote(name)} so far: {hint}; --allow-new-classes takes it as a new one"


def _get_known_label(key: str, project: LabellingProject) -> str | None:
    code = int(project.data.whole.labels[project.data.rows[key]])
    return None if code < 0 else project.data.whole.classes[code]
