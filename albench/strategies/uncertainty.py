"""Uncertainty of one model about a candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from albench.contracts import Need, Strategy

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class LeastConfident(Strategy):
    """Lowest probability of the most probable class: 1 - max_c p_c."""

    name: ClassVar[str] = "least_confident"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    reference: ClassVar[str] = "Lewis, Gale, 1994, A sequential algorithm for training text classifiers"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1 - 1/n_classes]."""
        del state
        return 1 - pool.proba.max(axis=1)


class Margin(Strategy):
    """Smallest gap between the two most probable classes: 1 - (p_(1) - p_(2))."""

    name: ClassVar[str] = "margin"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    reference: ClassVar[str] = (
        "Scheffer, Decomain, Wrobel, 2001, Active hidden Markov models for information extraction"
    )

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1]."""
        del state
        first_two = np.partition(pool.proba, -2, axis=1)[:, -2:]
        return 1 - (first_two[:, 1] - first_two[:, 0])


class Entropy(Strategy):
    """Largest entropy of the class probabilities: -sum_c p_c ln p_c, with 0 ln 0 = 0."""

    name: ClassVar[str] = "entropy"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    reference: ClassVar[str] = "Settles, Craven, 2008, An analysis of active learning strategies"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, ln n_classes]."""
        del state
        return entropies(pool.proba)


class DistanceToBoundary(Strategy):
    """Smallest distance to the decision boundary: -|f| if binary, else minus the gap of the top two."""

    name: ClassVar[str] = "distance_to_boundary"
    family: ClassVar[str] = "uncertainty"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DECISION})
    reference: ClassVar[str] = "Tong, Koller, 2001, Support vector machine active learning"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers up to 0, in units of the decision function."""
        del state
        decision = pool.decision
        if decision.ndim == 1:
            return -np.abs(decision)
        first_two = np.partition(decision, -2, axis=1)[:, -2:]
        return first_two[:, 0] - first_two[:, 1]


def entropies(proba: Floats) -> Floats:
    """Return the entropy of each row in nats, with 0 ln 0 = 0; classes on the last axis."""
    logs = np.log(proba, out=np.zeros_like(proba), where=proba > 0)
    found: Floats = -(proba * logs).sum(axis=-1)
    return found
