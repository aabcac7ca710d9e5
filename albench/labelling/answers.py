"""Answers of people: checked against the rows that were proposed, and against what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.errors import DatasetError
from albench.text import format_count, list_quoted, quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.labelling.answer_files import Answer
    from albench.labelling.project import LabellingProject

_SHOWN = 10
_NAMED = 3


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


def check_answers(
    answers: Sequence[Answer], project: LabellingProject, *, file: str, allow_new_classes: bool = False
) -> CheckedAnswers:
    """See that answers belong to the project.

    Parameters
    ----------
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
