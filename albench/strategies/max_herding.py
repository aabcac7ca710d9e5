from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Strategy
from albench.strategies.numerics.covering import CoverState, select_covering_batch, start_cover
from albench.strategies.numerics.kernel_cover import KernelCover
from albench.strategies.numerics.linear_algebra import scale_to_unit_length

if TYPE_CHECKING:
    from albench.contracts import PoolView
    from albench.ordering import Picks
    from albench.strategies.numerics.carried_state import CarriedState


class MaxHerding(Strategy):
    """Greedy kernel coverage: the candidate that raises mean_x max_s exp(-gamma ||x - s||^2) most.

    s runs over the labelled and the picked rows, x over the candidates. The utility is that rise.
    """

    name = "max_herding"
    family = "diversity"
    cost = "quadratic"
    complexity = "O(n^2 d) in the first round, then O(n^2 d b / L)"
    reference = "Bae, Noh, Sutherland, 2024, Generalized coverage for more robust low-budget active learning"

    gamma: float | None = Field(default=None, gt=0)
    """Inverse width of the kernel; 1 / n_features by default."""
    normalise: bool = True
    """Bring each row to unit length."""
    evaluate_on: int | None = Field(default=None, ge=1)
    """Cover a random sample of the pool of this size instead of all candidates: an approximation, linear in
    the pool."""

    def start(self, pool: PoolView) -> CarriedState[CoverState]:
        """Keep what is covered, and what candidates can add at most, over the rounds."""
        X = scale_to_unit_length(pool.features) if self.normalise else pool.features
        n = X.shape[0]
        targets = None
        if self.evaluate_on is not None and self.evaluate_on < n:
            targets = np.sort(pool.rng.permutation(n)[: self.evaluate_on])
        return start_cover(KernelCover(X, self.gamma or 1 / X.shape[1], targets=targets), n)

    def select(self, pool: PoolView, state: CarriedState[CoverState], n: int) -> Picks:
        """Build the batch pick by pick."""
        n_targets = state.current.cover.covered.size
        # Labelled rows cover themselves: sums over the whole pool are sums over the candidates.
        whole = n_targets == pool.n_rows
        return select_covering_batch(pool, state, n, scale=pool.candidates.size if whole else n_targets)
