from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.contracts import Strategy
from albench.ordering import Pick, best, build_picks
from albench.strategies.numerics.k_means_clustering import k_means
from albench.strategies.numerics.linkage import cut_tree, linkage

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks


class RepresentativeSampling(Strategy):
    """From each of as many clusters of the candidates the member nearest to the mean of the cluster.

    With k-means it differs from the strategy of that name where the row nearest to a centre belongs to
    another cluster. The utility is minus the distance to the mean.
    """

    name = "representative_sampling"
    family = "diversity"
    complexity = "O(n d b) an iteration; ward: O(n^2 d)"
    main = "clustering"
    reference = "Nguyen, Smeulders, 2004, Active learning using pre-clustering"

    clustering: Literal["k_means", "ward"] = "k_means"
    """k_means, or hierarchical with Ward's criterion, which needs memory for all pairs of candidates."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Cluster and choose."""
        X = pool.features[pool.candidates]
        if self.clustering == "k_means":
            labels = k_means(X, n, pool.rng).labels
        else:
            labels = cut_tree(linkage(X, "ward", advice=" or wrap the strategy in random_subsampling"), n)
        return select_nearest_to_means(X, labels, pool.tie_keys, n)


def select_nearest_to_means(X: Floats, labels: Rows, keys: Floats, n: int) -> Picks:
    """Take from each cluster in turn the member nearest to the cluster's mean, again and again to ``n``."""
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    utilities = np.empty(labels.size)
    for rows in members:
        gaps = X[rows] - X[rows].mean(axis=0)
        utilities[rows] = -np.sqrt(np.einsum("ij,ij->i", gaps, gaps))
    picks: list[Pick] = []
    for i in cycle(range(len(members))):
        if len(picks) == n:
            break
        rows = members[i]
        if rows.size:
            place, n_tied = best(utilities[rows], keys[rows])
            picks.append((int(rows[place]), float(utilities[rows[place]]), n_tied))
            members[i] = np.delete(rows, place)
    return build_picks(picks)
