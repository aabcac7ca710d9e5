"""How well somebody labels: one probability, one a class, or what is taken for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import AfterValidator

from albench.contracts.class_name import ClassName
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Floats, Rows

_Skill = float | dict[ClassName, float | dict[ClassName, float]]
_ROUNDING = 1e-9


def check_skill(skill: _Skill) -> _Skill:
    """Return a skill; refuse what are no probabilities."""
    if not isinstance(skill, dict):
        if not 0 <= skill <= 1:
            raise ValueError(f"a skill of {skill:g} is no probability: it is within 0 and 1")
        return skill
    for name, row in skill.items():
        if isinstance(row, dict):
            _check_row(name, row)
        elif not 0 <= row <= 1:
            raise ValueError(f"the skill of class {quote(name)} is not within 0 and 1")
    return skill


def _check_row(name: str, row: Mapping[str, float]) -> None:
    wrong = {other: share for other, share in row.items() if other != name}
    if any(not 0 <= share <= 1 for share in row.values()):
        raise ValueError(f"a probability of class {quote(name)} is not within 0 and 1")
    if sum(wrong.values()) > 1 + _ROUNDING:
        raise ValueError(f"the probabilities of class {quote(name)} add up to more than 1")
    if name in row and abs(sum(row.values()) - 1) > _ROUNDING:
        raise ValueError(f"the probabilities of class {quote(name)} do not add up to 1")


Skill = Annotated[_Skill, AfterValidator(check_skill)]
"""Probability of the right label, of a class's right label, or of each label for a class."""


def list_classes(skill: Skill) -> tuple[str, ...]:
    """Return the classes that it speaks of, in its order."""
    if not isinstance(skill, dict):
        return ()
    names = ((name, *(row if isinstance(row, dict) else ())) for name, row in skill.items())
    return tuple(dict.fromkeys(name for of_row in names for name in of_row))


def build_confusion_matrix(skill: Skill, classes: tuple[str, ...]) -> Floats:
    """Return the probability of each answer (columns) to each true class (rows).

    What is not right is each of the other classes alike, unless the skill says of which class it is. Classes
    that it leaves out are right. With one class alone nothing can be wrong.
    """
    n = len(classes)
    matrix = np.zeros((n, n))
    for true, name in enumerate(classes):
        row = skill.get(name, 1.0) if isinstance(skill, dict) else skill
        if isinstance(row, dict):
            for other, share in row.items():
                if other != name and other in classes:
                    matrix[true, classes.index(other)] = share
        elif n > 1:
            matrix[true] = (1 - row) / (n - 1)
            matrix[true, true] = 0.0
        matrix[true, true] = 1 - matrix[true].sum()
    return matrix


def draw_answers(labels: Rows, matrix: Floats, draws: Floats) -> Rows:
    """Return the answer to each true label, from draws that are uniform within 0 and 1."""
    cumulative = np.cumsum(matrix, axis=1)
    # The last column is 1 but for rounding, which no draw may fall behind.
    return np.asarray((draws[:, np.newaxis] >= cumulative[labels, :-1]).sum(axis=1), np.intp)
