"""Strategies that say how useful a label is; when one is worth buying is up to the budget manager."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from albench.contracts.stream import BudgetManager, Decider, StreamStrategy
from albench.strategies.mcpal import compute_cost_reduction
from albench.stream.managers import BalancedQuantile

if TYPE_CHECKING:
    from albench.contracts import Floats
    from albench.contracts.stream import ArrivingRow, Spending, StreamFacts


class UtilityDecider(Decider):
    """Buys what the budget manager finds worth buying."""

    def decide(self, row: ArrivingRow, spending: Spending) -> bool:
        """Say whether the label is bought."""
        is_bought = spending.is_worth_buying(self.compute_utility(row))
        spending.record(bought=is_bought)
        return is_bought

    def compute_utility(self, row: ArrivingRow) -> float:
        """Return how useful the label of a row is."""
        raise NotImplementedError


class _UtilityStrategy(StreamStrategy):
    sets_threshold = False

    def get_published_manager(self) -> BudgetManager:
        """Return the quantile filter."""
        return BalancedQuantile()


class StreamUncertainty(_UtilityStrategy):
    """The less sure of a row the learner is, the more useful: 1 - p_max."""

    name = "uncertainty"

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return the formula, which has no memory."""
        return _UncertaintyDecider()


class _UncertaintyDecider(UtilityDecider):
    def compute_utility(self, row: ArrivingRow) -> float:
        return 1 - row.confidence


class CommitteeDisagreement(_UtilityStrategy):
    """The more a committee disagrees, the more useful: entropy of votes, or mean divergence from the mean.

    Members learn each label as often as a Poisson draw of mean 1 says (online bagging).
    """

    name = "committee_disagreement"
    main = "method"
    reference = "Seung, Opper, Sompolinsky, 1992, Query by committee; Oza, 2005, Online bagging and boosting"

    method: Literal["vote_entropy", "kl"] = "vote_entropy"
    """What disagreement is."""
    n_members: int = Field(default=5, ge=2)
    """Members of the committee."""

    def count_members(self) -> int:
        """Return the members of its committee."""
        return self.n_members

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return the formula; the committee is the learner's."""
        return _DisagreementDecider(self.method)


class _DisagreementDecider(UtilityDecider):
    def __init__(self, method: str) -> None:
        self._method = method

    def compute_utility(self, row: ArrivingRow) -> float:
        proba = row.committee_proba
        mean = proba.mean(axis=0)
        if self._method == "kl":
            # The mean divergence is the entropy of the mean less the mean entropy.
            return compute_entropy(mean) - float(np.mean([compute_entropy(member) for member in proba]))
        votes = np.bincount(proba.argmax(axis=1), minlength=proba.shape[1])
        return compute_entropy(votes / len(proba))


def compute_entropy(proba: Floats) -> float:
    """Return -sum p log p, natural logarithm; 0 log 0 is 0."""
    positive = proba[proba > 0]
    return float(-(positive * np.log(positive)).sum())


class Probabilistic(_UtilityStrategy):
    """Probabilistic active learning: the expected cut of the error by one more label at the row.

    As ``mcpal`` of pools, with class frequencies ``n * p``: n is the kernel-weighted number of labels near
    the row, p the learner's class probabilities. Only the last labels are remembered: old ones may be wrong
    by now, and memory is bounded.
    """

    name = "probabilistic"
    reference = "Kottke, Krempl, Spiliopoulou, 2015, Probabilistic active learning in datastreams"

    prior: float = Field(default=1.0, gt=0)
    """Pseudo-count of each class."""
    gamma: float | None = Field(default=None, gt=0)
    """The kernel is ``exp(-gamma * squared distance)``; 1 / number of features if not set."""
    window: int = Field(default=1000, ge=1)
    """How many labels are remembered."""

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return an empty memory of labels."""
        gamma = 1 / facts.n_features if self.gamma is None else self.gamma
        return _ProbabilisticDecider(self.prior, gamma, self.window)


class _ProbabilisticDecider(UtilityDecider):
    def __init__(self, prior: float, gamma: float, window: int) -> None:
        self._prior, self._gamma = prior, gamma
        self._labelled: deque[Floats] = deque(maxlen=window)

    def observe_label(self, features: Floats, label: int) -> None:
        self._labelled.append(features)

    def compute_utility(self, row: ArrivingRow) -> float:
        n_near = 0.0
        if self._labelled:
            difference = np.asarray(self._labelled) - row.features
            squares = np.einsum("ij,ij->i", difference, difference)
            n_near = float(np.exp(-self._gamma * squares).sum())
        return float(compute_cost_reduction(n_near * row.proba[None, :], self._prior)[0])
