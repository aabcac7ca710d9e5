from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import Need, Shared, Strategy
from albench.ordering import Picks, top
from albench.strategies.utility_sampling import compute_logarithms
from albench.strategies.wrapper import InnerStrategy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, PoolView, Rows


class Albl(Strategy):
    """Active learning by learning: follow each strategy with a probability that its success has earned.

    Each round every strategy proposes a batch; row x is bought with a probability proportional to
    pi(x) = sum_i p_i [x proposed by i]. Once labelled, the batch earns the accuracy of the new model on all
    rows bought so far, each weighted by 1 / pi, and EXP4.P turns what each strategy proposed into its p_i.
    The paper buys one row a round and divides the accuracy by the pool's size; here the weights are
    normalised, so that learning is as fast on a large pool.
    """

    name = "albl"
    family = "wrapper"
    needs = frozenset({Need.PROBA, Need.LABELS})
    complexity = "that of all its strategies"
    main = "strategies"
    reference = "Hsu, Lin, 2015, Active learning by learning"

    strategies: tuple[InnerStrategy, ...] = Field(min_length=2)
    """The strategies to choose from, each a name or ``{name: {parameter: value}}``."""
    horizon: int = Field(default=100, ge=1)
    """Rounds for which learning is tuned."""
    confidence: float = Field(default=0.9, gt=0, lt=1)
    """How sure the bound on the regret is, 1 - delta."""
    least: float | None = Field(default=None, ge=0, le=0.5)
    """Least probability of a strategy, at most 1 / N of N strategies; sqrt(ln N / (N horizon)) by default."""

    def inner(self) -> tuple[Strategy, ...]:
        """Return its strategies."""
        return self.strategies

    def required(self) -> frozenset[Need]:
        """Return its own needs and those of its strategies."""
        return type(self).needs.union(*(strategy.required() for strategy in self.strategies))

    def shares(self) -> tuple[Shared, ...]:
        """Return what its strategies share."""
        return tuple(dict.fromkeys(need for strategy in self.strategies for need in strategy.shares()))

    def fragment(self) -> dict[str, Any]:
        """Return its identity and version, and those of its strategies."""
        return {**super().fragment(), "inner": [strategy.fragment() for strategy in self.strategies]}

    def start(self, pool: PoolView) -> Bandit:
        """Return the memories of all strategies, and what they have earned."""
        return Bandit([strategy.start(pool) for strategy in self.strategies])

    def select(self, pool: PoolView, state: Bandit, n: int) -> Picks:
        """Learn from the last batch, let all strategies propose, and draw; utilities are pi(x)."""
        self._update_weights(pool, state)
        probabilities = self.compute_probabilities(state.weights)
        proposals = np.zeros((len(self.strategies), pool.candidates.size), np.bool_)
        for proposal, strategy, memory in zip(proposals, self.strategies, state.memories, strict=True):
            proposal[strategy.select(pool, self._copy_memory(memory, pool), n).candidates] = True
        pi = probabilities @ proposals
        # The n largest of log weight + Gumbel noise are a sample without replacement.
        picks = top(compute_logarithms(pi) + pool.rng.gumbel(size=pi.size), pool.tie_keys, n)
        state.record_batch(pool.candidates, proposals, pi, picks.candidates)
        return picks._replace(utilities=pi[picks.candidates])

    @property
    def floor(self) -> float:
        """Least probability of a strategy."""
        n = len(self.strategies)
        least = float(np.sqrt(np.log(n) / (n * self.horizon))) if self.least is None else self.least
        return min(least, 1 / n)

    def compute_probabilities(self, weights: Floats) -> Floats:
        """Return the probability of each strategy, from the logarithms of their weights."""
        # Logarithms grow without bound; about the largest, no exponential overflows.
        shares = np.exp(weights - weights.max())
        probabilities: Floats = (1 - weights.size * self.floor) * shares / shares.sum() + self.floor
        return probabilities

    def _update_weights(self, pool: PoolView, state: Bandit) -> None:
        if not state.rows.size:
            return
        is_labelled = np.isin(state.rows, pool.labelled)  # a refused row earns nothing
        labels = pool.labels[np.searchsorted(pool.labelled, state.rows[is_labelled])]
        correct = np.zeros(state.rows.size)
        correct[is_labelled] = pool.proba_of(state.rows[is_labelled]).argmax(axis=1) == labels
        reward = float(np.average(correct, weights=1 / state.pi))
        n = len(self.strategies)
        bonus = np.sqrt(np.log(n / (1 - self.confidence)) / (n * self.horizon))
        state.weights += self.floor / 2 * (reward * state.shares + bonus * state.odds)

    def _copy_memory(self, memory: Any, pool: PoolView) -> Any:
        """Copy a memory: a proposal that is not queried must leave no trace in it."""
        # The large arrays, which no strategy changes, are not copied.
        constant = [pool.seen_features, *(a for need in self.shares() for a in pool.shared[need].values())]
        return deepcopy(memory, {id(array): array for array in constant})


class Bandit:
    """State of the bandit between rounds.

    Attributes
    ----------
    memories : list
        One for each strategy.
    weights : ndarray of shape (n_strategies,)
        Logarithms.
    rows, pi : ndarray of shape (n_queried,)
        Pool positions queried so far, and with what probability they were proposed.
    shares : ndarray of shape (n_strategies,)
        Mean of [x proposed by i] / pi(x) over the last batch: what a right answer is worth to it.
    odds : ndarray of shape (n_strategies,)
        Mean of 1 / pi(x) over what each strategy proposed last.
    """

    def __init__(self, memories: list[Any]) -> None:
        self.memories = memories
        self.weights = np.zeros(len(memories))
        self.rows: Rows = np.empty(0, np.intp)
        self.pi = np.empty(0)
        self.shares = self.odds = np.zeros(len(memories))

    def record_batch(self, candidates: Rows, proposals: NDArray[np.bool_], pi: Floats, chosen: Rows) -> None:
        """Store a batch and who proposed it."""
        self.rows = np.concatenate([self.rows, candidates[chosen]])
        self.pi = np.concatenate([self.pi, pi[chosen]])
        self.shares = (proposals[:, chosen] / pi[chosen]).mean(axis=1)
        self.odds = np.array([(1 / pi[proposal]).mean() for proposal in proposals])
