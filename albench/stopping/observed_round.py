"""What stopping rules see of one round, each number computed once, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.contracts import Floats, Rows

_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, eq=False)
class SeenRound:
    """A round as :class:`albench.ObservedRound` describes it.

    Attributes
    ----------
    proba : ndarray of shape (n, n_classes)
        Of the rows of the stop set without a label.
    previous_predicted : ndarray of shape (n,) or None
    batch_proba : ndarray of shape (n_queried, n_classes) or None
    predict_labelled : callable
        Returns the class probabilities of the rows of the stop set that have a label.
    """

    n_classes: int
    n_labels: int
    proba: Floats
    previous_predicted: Rows | None
    batch_proba: Floats | None
    features: Floats
    labelled: Rows
    labels: Rows
    predict_labelled: Callable[[], Floats]

    @cached_property
    def predicted(self) -> Rows:
        """The most probable class of each row."""
        predicted: Rows = self.proba.argmax(axis=1)
        predicted.flags.writeable = False
        return predicted

    @cached_property
    def top(self) -> Floats:
        """Probability of the most probable class of each row."""
        # Where they are is known: to look them up costs a third of looking for them again.
        firsts = np.arange(0, self.proba.size, self.proba.shape[1])
        top: Floats = self.proba.take(firsts + self.predicted)
        top.flags.writeable = False
        return top

    @cached_property
    def mean_top(self) -> float:
        """Mean probability of the most probable class; not-a-number without rows."""
        return float(self.top.sum()) / self.top.size if self.top.size else float("nan")

    @cached_property
    def mean_top_of_stop_set(self) -> float:
        """Mean probability of the most probable class of all rows of the stop set, labelled or not."""
        # Of the transpose: numpy takes several times as long for the maxima of many short rows.
        labelled = self.predict_labelled().T.copy().max(axis=0)
        return float(self.top.sum() + labelled.sum()) / float(self.top.size + labelled.size)

    @cached_property
    def mean_entropy(self) -> float:
        """Mean entropy of the class probabilities, in nats; not-a-number without rows."""
        if not len(self.proba):
            return float("nan")
        return -float(np.vdot(self.proba, _compute_logs(self.proba))) / len(self.proba)


def compute_entropies(proba: Floats) -> Floats:
    """Return the entropy of each row in nats; 0 log 0 is 0."""
    return np.asarray(-np.einsum("ij,ij->i", proba, _compute_logs(proba)))


def _compute_logs(proba: Floats) -> Floats:
    """Return finite logarithms: that of 0 is multiplied by 0."""
    logs = np.maximum(proba, _TINY)
    return np.asarray(np.log(logs, out=logs))
