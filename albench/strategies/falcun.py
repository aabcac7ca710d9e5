from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.strategies.numerics.weighted_draws import draw_by_weight
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView
    from albench.ordering import Picks


class Falcun(Strategy):
    """Draws by (u(x) + d(x))^gamma: margin uncertainty plus distance of probabilities from what is picked.

    d starts as u; with each pick it becomes the smaller of itself and the L1 distance between the class
    probabilities, rescaled to [0, 1]. The utility is the probability of the draw.
    """

    name = "falcun"
    family = "hybrid"
    needs = frozenset({Need.PROBA})
    complexity = "O(n b C)"
    main = "gamma"
    reference = (
        "Gilhuber, Beer, Ma, Seidl, 2024, FALCUN: a simple and efficient deep active learning strategy"
    )

    gamma: float = Field(default=10.0, ge=0)
    """How greedy the draws are; 0 is uniform."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Draw the batch."""
        return draw_by_weight(FalcunWeights(pool.proba, self.gamma), n, pool.rng)


class FalcunWeights:
    """(u + d)^gamma of each candidate, 0 of those picked.

    Parameters
    ----------
    proba : ndarray of shape (n_candidates, n_classes)
    """

    def __init__(self, proba: Floats, gamma: float) -> None:
        self._proba, self._gamma = proba, gamma
        self._uncertainty = margins(proba)
        self._distance = self._uncertainty.copy()
        self._picked: list[int] = []

    def compute_weights(self) -> Floats:
        """Return the weights after the picks so far."""
        weights: Floats = (self._uncertainty + self._distance) ** self._gamma
        weights[self._picked] = 0
        return weights

    def add_pick(self, candidate: int) -> None:
        """Lower the distances to those to a pick, and rescale them to [0, 1]."""
        self._picked.append(candidate)
        to_pick = np.abs(self._proba - self._proba[candidate]).sum(axis=1)
        distance = np.minimum(to_pick, self._distance)
        distance -= distance.min()
        widest = distance.max()
        self._distance = distance / widest if widest > 0 else distance
