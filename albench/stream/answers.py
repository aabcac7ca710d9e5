"""What the oracle answers to the rows of a stream, by their labels at that moment."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts.returned_answers import check_answers
from albench.errors import TrialError
from albench.prepared.difficulty import compute_out_of_fold_difficulty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.contracts import Floats, Oracle, Rows


def answer_rows(
    oracle: Oracle,
    features: Floats,
    labels: Rows,
    classes: tuple[str, ...],
    *,
    marks: Sequence[int],
    rng: np.random.Generator,
    difficulty_rng: np.random.Generator,
) -> Rows:
    """Return what the oracle would answer to each row: a class code, or a refusal.

    Parameters
    ----------
    oracle : Oracle
    features : ndarray of shape (n, d)
    labels : ndarray of shape (n,), int
    classes : tuple of str
    marks : sequence of int
        The first row of each change.
    rng, difficulty_rng : Generator
        Of the oracle, and of what says how hard rows are.

    Raises
    ------
    TrialError
        If it has several annotators, or gives recorded answers.
    """
    name = type(oracle).name or type(oracle).__qualname__
    if oracle.recorded_columns():
        raise TrialError(f"the oracle {name} gives recorded answers, which would not drift with a stream")
    if oracle.needs_distribution():
        raise TrialError(f"the oracle {name} draws from distributions, and rows of a stream have one class")
    extra: dict[str, Any] = {}
    if oracle.needs_difficulty():
        starts = (0, *marks, labels.size)
        extra["difficulty"] = compute_stream_difficulty(
            features, labels, starts, len(classes), difficulty_rng
        )
    answers = check_answers(
        oracle.answers(labels, classes, rng=rng, **extra), oracle, labels.size, len(classes)
    )
    if len(answers.names) > 1:
        raise TrialError(f"the oracle {name} has several annotators: on a stream one is asked, once")
    return answers.labels[:, 0]


def compute_stream_difficulty(
    features: Floats, labels: Rows, starts: Sequence[int], n_classes: int, rng: np.random.Generator
) -> Floats:
    """Return how hard each row is among those of its concept, by forests that have not seen it.

    Parameters
    ----------
    features : ndarray of shape (n, d)
    labels : ndarray of shape (n,), int
    starts : sequence of int
        The first row of each concept, and n.
    n_classes : int
    rng : Generator
    """
    parts = [
        compute_out_of_fold_difficulty(features[start:end], labels[start:end], n_classes, rng)
        for start, end in pairwise(starts)
        if start < end
    ]
    return np.concatenate(parts)
