"""Rows of a stream that are kept apart: at each checkpoint the learner as it is then is scored by them.

What is scored must be of the concept of the moment. Rows are therefore kept apart all along the stream, and
at a checkpoint those count that would have arrived within the last window, and after the last change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from albench.errors import TrialError
from albench.stream.prequential import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows
    from albench.stream.learners import Learner
    from albench.stream.loop import StreamRows


@dataclass(frozen=True, eq=False)
class HeldOutRows:
    """The rows that are kept apart, in the order in which they would arrive.

    Attributes
    ----------
    features : ndarray of shape (n, d)
    labels : ndarray of shape (n,), int
        True class codes.
    places : ndarray of shape (n,), int
        How many rows of the stream arrive before each.
    concepts : ndarray of shape (n,), int
        How many changes have begun by then.
    """

    features: Floats
    labels: Rows
    places: Rows
    concepts: Rows
    n_classes: int

    def score(self, learner: Learner, n_rows: int, n_changes: int, window: int) -> tuple[float, float]:
        """Return accuracy and kappa of a learner after so many rows; nan if no row is of the moment."""
        is_recent = (self.places > n_rows - window) & (self.places <= n_rows)
        counts = Counts(self.n_classes)
        for row in np.flatnonzero(is_recent & (self.concepts == n_changes)):
            predicted = int(learner.predict_proba(self.features[row]).argmax())
            counts.add(int(self.labels[row]), predicted, is_repeated=False)
        accuracy, kappa, _ = counts.compute()
        return accuracy, kappa


def choose_held_out(
    n_rows: int, share: float, marks: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return which rows are kept apart: a share of those of each concept, rounded, drawn at random.

    As many rows are left of each concept in every repeat, so that changes are at the same rows.
    """
    is_held_out = np.zeros(n_rows, np.bool_)
    for start, end in pairwise((0, *marks, n_rows)):
        length = end - start
        is_held_out[start + rng.choice(length, round(share * length), replace=False)] = True
    return is_held_out


def keep_apart(rows: StreamRows, is_held_out: NDArray[np.bool_]) -> StreamRows:
    """Return a stream without some of its rows, by which it is scored.

    Parameters
    ----------
    is_held_out : ndarray of shape (n_streamed,), bool
        Of each row after the start.
    """
    if is_held_out.all():
        raise TrialError(f"all {is_held_out.size} rows of the stream are kept apart: lower 'holdout'")
    n_before = np.cumsum(~is_held_out, dtype=np.intp) - ~is_held_out
    places = np.flatnonzero(is_held_out)
    held_out = rows.n_start + places
    is_kept = np.concatenate([np.ones(rows.n_start, np.bool_), ~is_held_out])
    return replace(
        rows,
        features=rows.features[is_kept],
        labels=rows.labels[is_kept],
        given_labels=rows.given_labels[is_kept],
        # A change begins with the first of its rows that is left.
        marks=tuple(n_before[list(rows.marks)].tolist()),
        held_out=HeldOutRows(
            features=rows.features[held_out],
            labels=rows.labels[held_out],
            places=n_before[places],
            concepts=np.searchsorted(rows.marks, places, side="right"),
            n_classes=rows.n_classes,
        ),
    )
