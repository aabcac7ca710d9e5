"""What the oracle answers to the rows of a stream, by their labels at that moment."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts.returned_answers import check_answers, check_combined
from albench.errors import TrialError
from albench.prepared.difficulty import compute_out_of_fold_difficulty
from albench.text import list_quoted
from albench.trial.oracle_answers import list_answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    recorded: Mapping[str, Rows] | None = None,
    distribution: Floats | None = None,
) -> Rows:
    """Return the label that the oracle would give to each row: a class code, or a refusal.

    Of several answers to a row it is what the oracle makes of them; other rows have no part in it.

    Parameters
    ----------
    marks : sequence of int
        The first row of each change.
    rng, difficulty_rng : Generator
        Of the oracle, and of what says how hard rows are.
    recorded : mapping of str to ndarray of shape (n,), optional
        Recorded answers by column, -1 where there is none.
    distribution : ndarray of shape (n, n_classes), optional
        How probable each class of a row is.
    """
    extra: dict[str, Any] = {}
    if oracle.needs_difficulty():
        starts = (0, *marks, labels.size)
        extra["difficulty"] = compute_stream_difficulty(
            features, labels, starts, len(classes), difficulty_rng
        )
    if oracle.needs_distribution():
        if distribution is None:
            raise TrialError("the dataset has no distribution over the classes of its rows")
        extra["distribution"] = distribution
    if columns := oracle.recorded_columns():
        if lacking := [column for column in columns if column not in (recorded or {})]:
            raise TrialError(f"the dataset has no recorded answers {list_quoted(lacking, 'and')}")
        extra["recorded"] = recorded
    answers = oracle.answers(labels, classes, rng=rng, **extra)
    annotations = check_answers(answers, oracle, labels.size, len(classes))
    if len(annotations.names) == 1 and (annotations.asked == 0).all():
        return annotations.labels[:, 0]
    everything = list_answers(annotations, np.arange(labels.size))
    combined = oracle.combine_answers(everything, labels.size, classes)
    return check_combined(combined, oracle, labels.size, len(classes))


def compute_stream_difficulty(
    features: Floats, labels: Rows, starts: Sequence[int], n_classes: int, rng: np.random.Generator
) -> Floats:
    """Return how hard each row is among those of its concept, by forests that have not seen it.

    Parameters
    ----------
    starts : sequence of int
        The first row of each concept, and n.
    """
    parts = [
        compute_out_of_fold_difficulty(features[start:end], labels[start:end], n_classes, rng)
        for start, end in pairwise(starts)
        if start < end
    ]
    return np.concatenate(parts)
