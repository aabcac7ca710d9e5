from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.ordering import round_significant
from albench.strategies.utility_sampling import UtilitySampling

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class RankSampling(UtilitySampling):
    """Sample with probability proportional to rank^-beta, rank 1 being the highest utility."""

    name = "rank_sampling"
    complexity = "that of the wrapped strategy, and O(n log n)"

    def compute_log_weights(self, scores: Floats, pool: PoolView) -> Floats:
        """Return minus the logarithm of the ranks; ties are ranked by their keys."""
        ranks = np.empty(scores.size)
        ranks[np.lexsort((pool.tie_keys, -round_significant(scores)))] = np.arange(1, scores.size + 1)
        return -np.log(ranks)
