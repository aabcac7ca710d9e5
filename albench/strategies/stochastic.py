"""Chance on top of a strategy: now and then a random row, or a sample instead of the top of a list.

A batch of the highest utilities is full of near-duplicates. A sample without replacement, each candidate
with probability proportional to a function of its utility, is not, and costs nothing: the n largest of
log weight + Gumbel noise are such a sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from albench.errors import StrategyError
from albench.ordering import Picks, significant
from albench.strategies.committee import OfCommittee, mean_kl
from albench.strategies.inner import ScoringStrategy, Wrapper

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView

KIRSCH = "Kirsch, Farquhar, Atighehchian, Jesson, Branchaud-Charron, Gal, 2023, Stochastic batch acquisition"
_NOISE = 1e-12


class EpsilonGreedy(Wrapper):
    """Each pick is a random candidate with probability epsilon, else the wrapped strategy's."""

    name: ClassVar[str] = "epsilon_greedy"
    complexity: ClassVar[str] = "that of the wrapped strategy, and O(n)"
    reference: ClassVar[str] = "Sutton, Barto, 1998, Reinforcement learning, section 2.2"

    epsilon: float = Field(default=0.1, ge=0, le=1)
    """Probability of a random pick."""

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Let the wrapped strategy fill its places of the batch, and chance the others."""
        by_chance = pool.rng.random(n) < self.epsilon
        n_chosen = int(n - by_chance.sum())
        chosen = self.strategy.select(pool, state, n_chosen) if n_chosen else _nothing()
        rest = np.delete(np.arange(pool.candidates.size), chosen.candidates)
        order = np.argsort(by_chance, kind="stable").argsort()
        drawn = pool.rng.permutation(rest)[: n - n_chosen]
        return Picks(
            np.concatenate([chosen.candidates, drawn])[order],
            np.concatenate([chosen.utilities, np.full(drawn.size, np.nan)])[order],
            np.concatenate([chosen.tied, np.zeros(drawn.size, np.bool_)])[order],
            chosen.n_tied,
        )


class Sampling(Wrapper):
    """Base of the three ways to sample by utility."""

    complexity: ClassVar[str] = "that of the wrapped strategy, and O(n)"
    reference: ClassVar[str] = KIRSCH

    strategy: ScoringStrategy
    """The strategy whose utilities are sampled by: a name, or ``{name: {parameter: value}}``."""
    beta: float = Field(default=1.0, gt=0)
    """Coldness: 0 would be random, infinity the top of the list."""

    def utilities(self, pool: PoolView, state: Any) -> Floats:
        """Return log weights with Gumbel noise; the largest n are the sample."""
        weights = self.log_weights(self.strategy.utilities(pool, state), pool)
        return self.beta * weights + pool.rng.gumbel(size=weights.size)

    def log_weights(self, scores: Floats, pool: PoolView) -> Floats:
        """Return the logarithm of what the probabilities are proportional to, before the power beta."""
        raise NotImplementedError(f"{type(self).__qualname__} must define log_weights(scores, pool)")


class PowerSampling(Sampling):
    """Sample with probability proportional to utility^beta.

    For utilities that are 0 or more; what has utility 0 is picked last.
    """

    name: ClassVar[str] = "power_sampling"

    def log_weights(self, scores: Floats, pool: PoolView) -> Floats:
        """Return the logarithm of the utilities.

        Raises
        ------
        StrategyError
            If a utility is negative.
        """
        del pool
        if scores.size and scores.min() < -_NOISE:
            name = type(self.strategy).name or type(self.strategy).__name__
            raise StrategyError(f"power_sampling: {name} gives utilities below 0; use rank_sampling")
        return logarithms(scores)


class GibbsSampling(Sampling):
    """Sample with probability proportional to exp(beta * utility)."""

    name: ClassVar[str] = "gibbs_sampling"

    def log_weights(self, scores: Floats, pool: PoolView) -> Floats:
        """Return the utilities."""
        del pool
        return scores


class RankSampling(Sampling):
    """Sample with probability proportional to rank^-beta, rank 1 being the highest utility."""

    name: ClassVar[str] = "rank_sampling"
    complexity: ClassVar[str] = "that of the wrapped strategy, and O(n log n)"

    def log_weights(self, scores: Floats, pool: PoolView) -> Floats:
        """Return minus the logarithm of the ranks; ties are ranked by their keys."""
        ranks = np.empty(scores.size)
        ranks[np.lexsort((pool.tie_keys, -significant(scores)))] = np.arange(1, scores.size + 1)
        return -np.log(ranks)


class PowerBald(OfCommittee):
    """Sample with probability proportional to BALD^beta: power_sampling of bald under its own name."""

    name: ClassVar[str] = "power_bald"
    complexity: ClassVar[str] = "O(n M C)"
    reference: ClassVar[str] = KIRSCH

    beta: float = Field(default=1.0, gt=0)
    """Coldness: 0 would be random, infinity the top of the list."""

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return log weights with Gumbel noise."""
        del state
        weights = logarithms(mean_kl(self.asked(pool).proba))
        return self.beta * weights + pool.rng.gumbel(size=weights.size)


def logarithms(scores: Floats) -> Floats:
    """Return natural logarithms, minus infinity of 0 and of rounding errors below it."""
    return np.log(scores, out=np.full(scores.size, -np.inf), where=scores > 0)


def _nothing() -> Picks:
    return Picks(np.empty(0, np.intp), np.empty(0), np.empty(0, np.bool_), 0)
