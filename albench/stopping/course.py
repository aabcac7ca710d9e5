"""The course of a trial as a rule sees it, and where the rule stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Course
from albench.errors import TrialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import StoppingRule

_VALIDATION = "validation_"


def build_course(
    rule: StoppingRule, curve: Mapping[str, np.ndarray], lower_is_better: frozenset[str]
) -> Course:
    """Return what a rule decides from.

    Parameters
    ----------
    curve : mapping of str to ndarray of shape (n_rounds,)
        Columns of the curves, that of the rule's observations among them.
    lower_is_better : frozenset of str
        Metrics.
    """
    n_labels = curve["n_labels"]
    values = curve[rule.column] if rule.column else np.full(n_labels.size, np.nan)
    scores = {name.removeprefix(_VALIDATION): curve[name] for name in curve if name.startswith(_VALIDATION)}
    return Course(values, n_labels, scores, lower_is_better)


def find_stop(rule: StoppingRule, course: Course) -> int | None:
    """Return the position of the first round in which a rule stops; None if it never does."""
    return next((i for i in range(course.n_labels.size) if decide(rule, course.until(i + 1))), None)


def decide(rule: StoppingRule, course: Course) -> bool:
    """Ask a rule whether it stops in the last round of a course."""
    answer = rule.stops(course)
    if answer is True or answer is False:
        return answer
    name = type(rule).name or type(rule).__qualname__
    raise TrialError(f"stops() of the rule '{name}' returned {answer!r}; it returns True or False")
