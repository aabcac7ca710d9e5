from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.strategies.wrapper import ScoringStrategy, Wrapper

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView

REFERENCE = (
    "Kirsch, Farquhar, Atighehchian, Jesson, Branchaud-Charron, Gal, 2023, Stochastic batch acquisition"
)


class UtilitySampling(Wrapper):
    """Base of the wrappers that sample by utility instead of taking the largest.

    A batch of the highest utilities is full of near-duplicates. A sample without replacement, each candidate
    with probability proportional to a function of its utility, is not, and costs nothing: the n largest of
    log weight + Gumbel noise are such a sample.
    """

    complexity = "that of the wrapped strategy, and O(n)"
    reference = REFERENCE

    strategy: ScoringStrategy
    """The strategy whose utilities are sampled by: a name, or ``{name: {parameter: value}}``."""
    beta: float = Field(default=1.0, gt=0)
    """Coldness: 0 would be random, infinity the top of the list."""

    def utilities(self, pool: PoolView, state: Any) -> Floats:
        """Return log weights with Gumbel noise; the largest n are the sample."""
        weights = self.compute_log_weights(self.strategy.utilities(pool, state), pool)
        return self.beta * weights + pool.rng.gumbel(size=weights.size)

    def compute_log_weights(self, scores: Floats, pool: PoolView) -> Floats:
        """Return the logarithm of what the probabilities are proportional to, before the power beta."""
        raise NotImplementedError(f"{type(self).__qualname__} must define compute_log_weights(scores, pool)")


def compute_logarithms(scores: Floats) -> Floats:
    """Return natural logarithms, minus infinity of 0 and of rounding errors below it."""
    return np.log(scores, out=np.full(scores.size, -np.inf), where=scores > 0)
