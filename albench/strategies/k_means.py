from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts import Strategy
from albench.strategies.numerics.centroids import select_by_k_means, select_nearest_to_centres

if TYPE_CHECKING:
    import numpy as np

    from albench.contracts import Floats, PoolView
    from albench.ordering import Picks

# Rows of a mini-batch, as in scikit-learn; but twice as many as clusters at least.
_MINIBATCH = 1024


class KMeans(Strategy):
    """The candidates nearest to the centres of as many k-means clusters of the candidates.

    The utility is minus the distance to the centre.
    """

    name = "k_means"
    family = "diversity"
    complexity = "O(n d b) an iteration"
    reference = "Nguyen, Smeulders, 2004, Active learning using pre-clustering"

    minibatch: bool = False
    """Mini-batch k-means: an approximation, for large pools with large batches."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Cluster and choose."""
        if not self.minibatch:
            return select_by_k_means(pool, pool.features, n)
        X = pool.features[pool.candidates]
        return select_nearest_to_centres(X, fit_minibatch_centres(X, n, pool.rng), pool.tie_keys, n)


def fit_minibatch_centres(X: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Return the centres of mini-batch k-means."""
    from sklearn.cluster import MiniBatchKMeans

    seed = int(rng.integers(2**31))
    model = MiniBatchKMeans(n, n_init=1, batch_size=max(_MINIBATCH, 2 * n), random_state=seed)
    centres: Floats = model.fit(X).cluster_centers_
    return centres
