from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.errors import StrategyError
from albench.strategies.numerics.pool_clusters import PoolClusters
from albench.strategies.wrapper import ScoringStrategy, Wrapper

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Shared


class DensityWeightedMeta(Wrapper):
    """Another strategy's utility times the cosine to the centre of the candidate's cluster, to the beta.

    The whole pool is clustered once. The wrapped strategy must not give negative utilities; a negative
    cosine counts as 0.
    """

    name = "density_weighted_meta"
    family = "density"
    complexity = "that of the wrapped strategy, and O(n d); once for a split O(n d k)"
    reference = "Settles, 2009, Active learning literature survey, section 3.6"

    strategy: ScoringStrategy
    """The strategy whose utilities are weighted."""
    n_clusters: int = Field(default=5, ge=1)
    """Clusters of the pool."""
    beta: float = Field(default=1.0, ge=0)
    """Exponent of the cosine."""

    def shares(self) -> tuple[Shared, ...]:
        """Return the clusters, and what the wrapped strategy shares."""
        return (*self.strategy.shares(), PoolClusters(n_clusters=self.n_clusters))

    def utilities(self, pool: PoolView, state: Any) -> Floats:
        """Return non-negative numbers; those of the wrapped strategy must be, too."""
        base = self.strategy.utilities(pool, state)
        if base.min(initial=0) < 0:
            name = type(self.strategy).name
            raise StrategyError(f"density_weighted_meta multiplies utilities: {name} gives negative ones")
        clusters = pool.shared[PoolClusters(n_clusters=self.n_clusters)]
        X = pool.features[pool.candidates]
        centres = clusters["centres"][clusters["labels"][pool.candidates]]
        lengths = np.linalg.norm(X, axis=1) * np.linalg.norm(centres, axis=1)
        # What has no length has no direction: its cosine is 0.
        cosines = np.einsum("ij,ij->i", X, centres) / np.where(lengths > 0, lengths, 1)
        weighted: Floats = base * np.maximum(cosines, 0) ** self.beta
        return weighted
