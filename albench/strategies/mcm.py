from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Need, Strategy
from albench.ordering import Picks, top
from albench.strategies.numerics.centroids import select_by_k_means
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from albench.contracts import PoolView


class Mcm(Strategy):
    """Margin cluster mean: k-means of the candidates that are less certain than every labelled row.

    They are clustered into n clusters, and those nearest to the centres are taken, with minus that distance
    as utility; if there are fewer than n, the batch is that of margin.
    """

    name = "mcm"
    family = "density"
    needs = frozenset({Need.PROBA, Need.LABELS})
    complexity = "O(n C + m d b) an iteration, m candidates within the margin"
    reference = (
        "Xu, Yu, Tresp, Xu, Wang, 2003, Representative sampling for text classification using support vector"
        " machines"
    )

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Cluster and choose."""
        uncertain = margins(pool.proba)
        # Without labelled rows every candidate is within the margin.
        least_certain = margins(pool.proba_of(pool.labelled)).max() if pool.labelled.size else -np.inf
        inside = np.flatnonzero(uncertain > least_certain)
        if inside.size < n:
            return top(uncertain, pool.tie_keys, n)
        return select_by_k_means(pool, pool.features, n, keep=inside)
