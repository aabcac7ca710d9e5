"""Strategies that look at no row: at random, and at regular distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts.stream import BudgetManager, Decider, StreamStrategy
from albench.stream.managers import FixedBudget
from albench.stream.thresholds import RandomShare
from albench.stream.uncertainty import ConfidenceDecider

if TYPE_CHECKING:
    import numpy as np

    from albench.contracts.stream import ArrivingRow, Spending, StreamFacts


class StreamRandom(StreamStrategy):
    """Wants each row with the probability of the budget."""

    name = "random"

    def get_published_manager(self) -> BudgetManager:
        """Return the one that keeps the budget."""
        return FixedBudget()

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return independent draws."""
        return ConfidenceDecider(RandomShare(facts.budget, rng))


class Periodic(StreamStrategy):
    """Wants a row whenever the budget so far allows one label more: budget * t - n_bought >= 1."""

    name = "periodic"

    def get_published_manager(self) -> BudgetManager:
        """Return the one that keeps the budget."""
        return FixedBudget()

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return the rule, which has no memory of its own."""
        return _PeriodicDecider()


class _PeriodicDecider(Decider):
    def decide(self, row: ArrivingRow, spending: Spending) -> bool:
        left = (spending.n_rows + 1) * spending.budget - spending.n_bought
        is_bought = left >= 1 and spending.has_budget()
        spending.record(bought=is_bought)
        return is_bought
