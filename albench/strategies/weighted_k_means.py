from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from albench.contracts import Need, Strategy
from albench.ordering import top
from albench.strategies.numerics.centroids import select_by_k_means
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from albench.contracts import PoolView
    from albench.ordering import Picks


class WeightedKMeans(Strategy):
    """Diverse mini-batches: k-means, weighted by uncertainty, of the most uncertain candidates.

    The ``factor`` times n candidates of largest margin uncertainty are clustered into n clusters with those
    uncertainties as weights; the ones nearest to the centres are taken. The utility is minus that distance.
    """

    name = "weighted_k_means"
    family = "hybrid"
    needs = frozenset({Need.PROBA})
    complexity = "O(n C + factor b^2 d)"
    main = "factor"
    reference = "Zhdanov, 2019, Diverse mini-batch active learning"

    factor: int = Field(default=10, ge=1)
    """How many times the batch is clustered."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Cluster and choose."""
        first = top(margins(pool.proba), pool.tie_keys, min(self.factor * n, pool.candidates.size))
        return select_by_k_means(pool, pool.features, n, weights=first.utilities, keep=first.candidates)
