from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Strategy
from albench.ordering import Picks

if TYPE_CHECKING:
    from albench.contracts import PoolView, Rows


class Random(Strategy):
    """Labels the pool in one uniformly random order, drawn once per repeat and arm."""

    name = "random"
    family = "baseline"
    cost = "constant"
    complexity = "O(n), one draw a trial"
    arms = True

    def start(self, pool: PoolView) -> Rows:
        """Draw the place of each pool row in the order, shape (n_pool,)."""
        return np.argsort(pool.rng.permutation(pool.n_rows))

    def select(self, pool: PoolView, state: Rows, n: int) -> Picks:
        """Take the first ``n`` candidates of the order."""
        places = state[pool.candidates]
        # Of a large pool only the batch is sorted.
        first = np.argpartition(places, n - 1)[:n]
        first = first[np.argsort(places[first])]
        return Picks(first, np.full(n, np.nan), np.zeros(n, np.bool_), 0)
