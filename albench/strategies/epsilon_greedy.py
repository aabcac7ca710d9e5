from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.ordering import Picks, build_picks
from albench.strategies.wrapper import Wrapper

if TYPE_CHECKING:
    from albench.contracts import PoolView


class EpsilonGreedy(Wrapper):
    """Each pick is a random candidate with probability epsilon, else the wrapped strategy's."""

    name = "epsilon_greedy"
    complexity = "that of the wrapped strategy, and O(n)"
    reference = "Sutton, Barto, 1998, Reinforcement learning, section 2.2"

    epsilon: float = Field(default=0.1, ge=0, le=1)
    """Probability of a random pick."""

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Let the wrapped strategy fill its places of the batch, and chance the others."""
        by_chance = pool.rng.random(n) < self.epsilon
        n_chosen = int(n - by_chance.sum())
        chosen = self.strategy.select(pool, state, n_chosen) if n_chosen else build_picks(())
        rest = np.delete(np.arange(pool.candidates.size), chosen.candidates)
        # The inverse of a sort: the concatenated picks go back to their places of the batch.
        order = np.argsort(by_chance, kind="stable").argsort()
        others = pool.rng.permutation(rest)[: n - n_chosen]
        return Picks(
            np.concatenate([chosen.candidates, others])[order],
            np.concatenate([chosen.utilities, np.full(others.size, np.nan)])[order],
            np.concatenate([chosen.tied, np.zeros(others.size, np.bool_)])[order],
            chosen.n_tied,
        )
