from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Need, Strategy
from albench.ordering import Pick, best, build_picks
from albench.strategies.numerics.distances import NearestCentre
from albench.strategies.uncertainty import MEASURES, Measure

if TYPE_CHECKING:
    from albench.contracts import PoolView
    from albench.ordering import Picks


class RankedBatch(Strategy):
    """Ranked batch mode: alpha (1 - sim(x)) + (1 - alpha) u(x), pick by pick.

    sim(x) = 1 / (1 + euclidean distance to the nearest labelled or picked row), 0 while there is none;
    alpha = unlabelled / (unlabelled + labelled), picks counted as labelled.
    """

    name = "ranked_batch"
    family = "hybrid"
    needs = frozenset({Need.PROBA})
    complexity = "O(n (d b + C))"
    main = "uncertainty"
    reference = "Cardoso, Silva, Canuto, Moro, Goncalves, 2017, Ranked batch-mode active learning"

    uncertainty: Measure = "least_confident"
    """u."""

    def start(self, pool: PoolView) -> NearestCentre:
        """Keep the distances to the labelled rows over the rounds."""
        return NearestCentre(pool.features)

    def select(self, pool: PoolView, state: NearestCentre, n: int) -> Picks:
        """Build the batch pick by pick."""
        state.add(pool.labelled)
        uncertain = MEASURES[self.uncertainty](pool.proba)
        # Over the whole pool: rows of candidates alone would be copied for every pick.
        squared = state.squared.copy()
        chosen: list[int] = []
        picks: list[Pick] = []
        for _ in range(n):
            alpha = (pool.candidates.size - len(chosen)) / (pool.candidates.size + pool.labelled.size)
            distances = np.sqrt(squared[pool.candidates])
            utilities = alpha * (1 - 1 / (1 + distances)) + (1 - alpha) * uncertain
            utilities[chosen] = -np.inf
            pick, n_tied = best(utilities, pool.tie_keys)
            chosen.append(pick)
            np.minimum(squared, state.compute_squared_distances(pool.candidates[[pick]]), out=squared)
            picks.append((pick, float(utilities[pick]), n_tied))
        return build_picks(picks)
