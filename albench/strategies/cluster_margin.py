from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Need, Shared, Strategy
from albench.ordering import Picks, top
from albench.strategies.numerics.group_choice import count_preceding
from albench.strategies.numerics.linkage import Linkage, cut_tree
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from albench.contracts import PoolView, Rows


class ClusterMargin(Strategy):
    """The least certain candidates by margin, one from each of their clusters in turn, small ones first.

    The pool is clustered once by average linkage, cut at one cluster for every ``rows_per_cluster`` rows.
    Each round takes the ``factor`` times n candidates of largest margin uncertainty, orders their clusters
    by how many of them they hold, and takes a random one of each in turn. The utility is the margin
    uncertainty.
    """

    name = "cluster_margin"
    family = "hybrid"
    needs = frozenset({Need.PROBA})
    cost = "quadratic"
    complexity = "O(n^2 d) and as much memory once for a split, then O(n C)"
    main = "factor"
    reference = (
        "Citovsky, DeSalvo, Gentile, Karydas, Rajagopalan, Rostamizadeh, Kumar, 2021, Batch active learning"
        " at scale"
    )

    factor: int = Field(default=10, ge=1)
    """How many times the batch is taken by margin."""
    rows_per_cluster: int = Field(default=10, ge=1)
    """Rows of the pool for each cluster."""

    def shares(self) -> tuple[Shared, ...]:
        """Return the tree of clusters."""
        return (Linkage(method="average"),)

    def start(self, pool: PoolView) -> Rows:
        """Cut the tree."""
        children = pool.shared[Linkage(method="average")]["children"]
        return cut_tree(children, max(1, pool.n_rows // self.rows_per_cluster))

    def select(self, pool: PoolView, state: Rows, n: int) -> Picks:
        """Take one of each cluster in turn."""
        least = top(margins(pool.proba), pool.tie_keys, min(self.factor * n, pool.candidates.size))
        clusters = state[pool.candidates[least.candidates]]
        # A shuffled order makes the first, second, ... of each cluster random ones.
        shuffled = pool.rng.permutation(clusters.size)
        place = np.empty(clusters.size, np.intp)
        place[shuffled] = count_preceding(clusters[shuffled])
        sizes = np.bincount(clusters)[clusters]
        order = np.lexsort((clusters, sizes, place))[:n]
        chosen, utilities, tied = least.candidates[order], least.utilities[order], least.tied[order]
        return Picks(chosen, utilities, tied, least.n_tied if tied.any() else 0)
