"""The family of strategies that query where one model is uncertain, and the measures they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.contracts import Need, Strategy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from albench.contracts import Floats, PoolView

Measure = Literal["least_confident", "margin", "entropy"]

# Up to about so many, a pass over columns is faster than a partition of every row.
_FEW_CLASSES = 16
# Its logarithm is finite, so that 0 ln 0 is 0.
_TINY = np.finfo(np.float64).tiny


class LeastConfident(Strategy):
    """Lowest probability of the most probable class: 1 - max_c p_c."""

    name = "least_confident"
    family = "uncertainty"
    needs = frozenset({Need.PROBA})
    complexity = "O(n C)"
    reference = "Lewis, Gale, 1994, A sequential algorithm for training text classifiers"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1 - 1/n_classes]."""
        return least_confidences(pool.proba)


class Margin(Strategy):
    """Smallest gap between the two most probable classes: 1 - (p_(1) - p_(2))."""

    name = "margin"
    family = "uncertainty"
    needs = frozenset({Need.PROBA})
    complexity = "O(n C)"
    reference = "Scheffer, Decomain, Wrobel, 2001, Active hidden Markov models for information extraction"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1]."""
        return margins(pool.proba)


class Entropy(Strategy):
    """Largest entropy of the class probabilities: -sum_c p_c ln p_c, with 0 ln 0 = 0."""

    name = "entropy"
    family = "uncertainty"
    needs = frozenset({Need.PROBA})
    complexity = "O(n C)"
    reference = "Settles, Craven, 2008, An analysis of active learning strategies"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, ln n_classes]."""
        return entropies(pool.proba)


class DistanceToBoundary(Strategy):
    """Smallest distance to the decision boundary: -|f| if binary, else minus the gap of the top two."""

    name = "distance_to_boundary"
    family = "uncertainty"
    needs = frozenset({Need.DECISION})
    complexity = "O(n C)"
    reference = "Tong, Koller, 2001, Support vector machine active learning"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers up to 0, in units of the decision function."""
        decision = pool.decision
        if decision.ndim == 1:
            return -np.abs(decision)
        first, second = find_two_largest(decision)
        return second - first


class RatioOfConfidence(Strategy):
    """Largest ratio of the second most probable class to the most probable one: p_(2) / p_(1)."""

    name = "ratio_of_confidence"
    family = "uncertainty"
    needs = frozenset({Need.PROBA})
    complexity = "O(n C)"
    reference = "Monarch, 2021, Human-in-the-loop machine learning"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1]."""
        first, second = find_two_largest(pool.proba)
        return second / first


def find_two_largest(values: Floats) -> tuple[Floats, Floats]:
    """Return the largest and the second largest number of each row."""
    if values.shape[1] > _FEW_CLASSES:
        last = np.partition(values, -2, axis=1)[:, -2:]
        return last[:, 1], last[:, 0]
    first, second = values[:, 0].copy(), np.full(values.shape[0], -np.inf)
    for column in values.T[1:]:
        np.maximum(second, np.minimum(first, column), out=second)
        np.maximum(first, column, out=first)
    return first, second


def margins(proba: Floats) -> Floats:
    """Return 1 - (p_(1) - p_(2)) of each row."""
    first, second = find_two_largest(proba)
    return 1 - (first - second)


def entropies(proba: Floats) -> Floats:
    """Return the entropy of each row in nats, with 0 ln 0 = 0; classes on the last axis."""
    logs = np.maximum(proba, _TINY)
    np.log(logs, out=logs)
    entropy: Floats = -np.einsum("...c,...c->...", proba, logs)
    return entropy


def least_confidences(proba: Floats) -> Floats:
    """Return 1 - max_c p_c of each row."""
    return 1 - find_two_largest(proba)[0]


MEASURES: Mapping[Measure, Callable[[Floats], Floats]] = {
    "least_confident": least_confidences,
    "margin": margins,
    "entropy": entropies,
}
"""Higher is less certain, and 0 is certain."""
