"""Clusters of the whole pool, computed once for a split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import Shared
from albench.strategies.numerics.k_means_clustering import k_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats


class PoolClusters(Shared):
    """k-means clusters of the pool: ``labels`` of shape (n,), int32, ``centres`` of shape (k, d)."""

    identity_name = "albench.strategies.pool_clusters.PoolClusters"
    row_arrays = ("labels",)

    n_clusters: int | None = Field(default=None, ge=1)
    """Clusters; by default as many as the dataset has classes."""

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Cluster."""
        clusters = k_means(features, min(self.n_clusters or n_classes, features.shape[0]), rng)
        return {"labels": clusters.labels.astype(np.int32), "centres": clusters.centres}
