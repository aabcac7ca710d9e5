from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Need, Shared, Strategy
from albench.ordering import Picks, round_significant, top
from albench.strategies.numerics.group_choice import count_preceding
from albench.strategies.numerics.pool_clusters import PoolClusters
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import PoolView, Rows


class InfoDiv(Strategy):
    """Margin, with no more picks from a cluster than its share of the pool (informative and diverse).

    The pool is clustered once by k-means, into as many clusters as classes. Candidates are gone through by
    margin uncertainty, which is the utility; one is taken while its cluster has fewer picks than n times
    the share of the pool that it holds. What is missing then is filled up by margin.
    """

    name = "info_div"
    family = "density"
    needs = frozenset({Need.PROBA})
    complexity = "O(n (C + log n)); k-means of the pool once for a split"
    reference = "Yang, 2017, google/active-learning, informative_diverse"

    n_clusters: int | None = Field(default=None, ge=1)
    """Clusters; by default as many as the dataset has classes."""

    def shares(self) -> tuple[Shared, ...]:
        """Return the clusters."""
        return (PoolClusters(n_clusters=self.n_clusters),)

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Go through the candidates by margin."""
        labels = pool.shared[self.shares()[0]]["labels"]
        ranking = top(margins(pool.proba), pool.tie_keys, pool.candidates.size)
        shares = np.bincount(labels) / labels.size
        clusters = labels[pool.candidates[ranking.candidates]]
        is_due = count_preceding(clusters) < n * shares[clusters]
        order = np.argsort(~is_due, kind="stable")[:n]
        chosen, utilities = ranking.candidates[order], ranking.utilities[order]
        # A key can decide who is due in a cluster, and who is taken of those that are due or fill up.
        levels = np.unique(round_significant(ranking.utilities), return_inverse=True)[1]
        n_tied = np.maximum(_count_tied(levels, clusters, order), _count_tied(levels, is_due, order))
        return Picks(chosen, utilities, n_tied > 0, int(n_tied.max(initial=0)))


def _count_tied(levels: Rows, kinds: Rows | NDArray[np.bool_], taken: Rows) -> Rows:
    """Return for each taken element how many are of its level and kind; 0 if all of these are taken."""
    both = levels * (int(kinds.max()) + 1) + kinds
    _, group, sizes = np.unique(both, return_inverse=True, return_counts=True)
    n_taken = np.bincount(group[taken], minlength=sizes.size)
    n_tied: Rows = np.where(n_taken < sizes, sizes, 0)[group[taken]]
    return n_tied
