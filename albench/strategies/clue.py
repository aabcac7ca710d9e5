from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Need, Strategy
from albench.strategies.numerics.centroids import select_by_k_means
from albench.strategies.uncertainty import MEASURES, Measure

if TYPE_CHECKING:
    from albench.contracts import PoolView
    from albench.ordering import Picks


class Clue(Strategy):
    """The candidates nearest to the centres of k-means clusters in which rows weigh their uncertainty.

    The utility is minus the distance to the centre.
    """

    name = "clue"
    family = "hybrid"
    needs = frozenset({Need.PROBA, Need.EMBEDDING})
    complexity = "O(n d b) an iteration"
    main = "uncertainty"
    reference = (
        "Prabhu, Chandrasekaran, Saenko, Hoffman, 2021, Active domain adaptation via clustering"
        " uncertainty-weighted embeddings"
    )

    uncertainty: Measure = "entropy"
    """What a row weighs."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Cluster and choose."""
        # Rounding can bring an uncertainty below 0, which is no weight.
        weights = np.maximum(MEASURES[self.uncertainty](pool.proba), 0)
        return select_by_k_means(pool, pool.embedding, n, weights=weights)
