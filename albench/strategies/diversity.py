"""Strategies that look at the features alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from albench.contracts import Strategy
from albench.ordering import Picks, best
from albench.strategies.distances import NearestCentre

if TYPE_CHECKING:
    from albench.contracts import PoolView


class KCenter(Strategy):
    """Greedy k-center (core-set): the row farthest from its nearest labelled or picked row, one by one."""

    name: ClassVar[str] = "k_center"
    family: ClassVar[str] = "diversity"
    reference: ClassVar[str] = (
        "Sener, Savarese, 2018, Active learning for convolutional neural networks: a core-set approach"
    )

    def start(self, pool: PoolView) -> NearestCentre:
        """Keep the distances to the labelled rows over the rounds."""
        return NearestCentre(pool.features)

    def select(self, pool: PoolView, state: NearestCentre, n: int) -> Picks:
        """Build the batch pick by pick; utilities are distances, infinite while nothing is labelled."""
        state.add(pool.labelled)
        chosen, utilities, tied = [], [], []
        open_keys = pool.tie_keys.copy()
        for _ in range(n):
            distances = np.sqrt(state.squared[pool.candidates])
            distances[chosen] = -np.inf
            pick, n_tied = best(distances, open_keys)
            chosen.append(pick)
            utilities.append(distances[pick])
            tied.append(n_tied)
            state.add(pool.candidates[pick : pick + 1])
        return Picks(np.array(chosen), np.array(utilities), np.array(tied) > 0, max(tied))
