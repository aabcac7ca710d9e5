"""Uncertainty on a stream: the four strategies of Zliobaite et al. (2014).

The confidence of the learner in a row is its largest class probability.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from albench.contracts.stream import BudgetManager, Decider, StreamStrategy
from albench.stream.managers import EstimatedBudget
from albench.stream.thresholds import (
    FixedThreshold,
    RandomisedThreshold,
    SplitThreshold,
    Threshold,
    VariableThreshold,
)

if TYPE_CHECKING:
    import numpy as np

    from albench.contracts.stream import ArrivingRow, Spending, StreamFacts

ZLIOBAITE = "Zliobaite, Bifet, Pfahringer, Holmes, 2014, Active learning with drifting streaming data"


class ConfidenceDecider(Decider):
    """Buys while there is budget where the largest class probability is below a threshold."""

    def __init__(self, threshold: Threshold) -> None:
        self._threshold = threshold

    def decide(self, row: ArrivingRow, spending: Spending) -> bool:
        """Say whether the label is bought; without budget the threshold is not asked, and stays."""
        is_bought = spending.has_budget() and self._threshold.wants(row.confidence)
        spending.record(bought=is_bought)
        return is_bought


class _UncertaintyStrategy(StreamStrategy):
    """What the four have in common."""

    reference = ZLIOBAITE

    def get_published_manager(self) -> BudgetManager:
        """Return the estimate over a forgetting window."""
        return EstimatedBudget()


class FixedUncertainty(_UncertaintyStrategy):
    """Wants rows in which the learner's confidence is at most 1/C + budget * (1 - 1/C), for C classes."""

    name = "fixed_uncertainty"

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return the fixed threshold."""
        return ConfidenceDecider(FixedThreshold(compute_fixed_confidence(facts)))


class VariableUncertainty(_UncertaintyStrategy):
    """Wants rows less sure than a threshold, which falls with each row that is wanted and rises else."""

    name = "variable_uncertainty"
    main = "step"

    step: float = Field(default=0.01, gt=0, le=1)
    """Relative change of the threshold by one row."""

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return the variable threshold, 1 before the first row."""
        return ConfidenceDecider(VariableThreshold(self.step))


class RandomisedVariableUncertainty(_UncertaintyStrategy):
    """Variable uncertainty with the threshold times a normal draw of mean 1: no row is out of reach."""

    name = "randomised_variable_uncertainty"

    step: float = Field(default=0.01, gt=0, le=1)
    """Relative change of the threshold by one row."""
    deviation: float = Field(default=1.0, gt=0)
    """Standard deviation of the draws."""

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return the randomised threshold, 1 before the first row."""
        return ConfidenceDecider(RandomisedThreshold(self.step, self.deviation, rng))


class Split(_UncertaintyStrategy):
    """A share of the rows is bought at random with the budget's probability, others by variable uncertainty.

    The random rows show changes where the learner is confident.
    """

    name = "split"

    step: float = Field(default=0.01, gt=0, le=1)
    """Relative change of the threshold by one row."""
    share: float = Field(default=0.1, gt=0, lt=1)
    """Share of the rows that is decided on at random."""

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return the split threshold, 1 before the first row."""
        return ConfidenceDecider(SplitThreshold(self.step, self.share, facts.budget, rng))


def compute_fixed_confidence(facts: StreamFacts) -> float:
    """Return 1/C + budget * (1 - 1/C): between no confidence at all and certainty, as the budget is."""
    return 1 / facts.n_classes + facts.budget * (1 - 1 / facts.n_classes)
