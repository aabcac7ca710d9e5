"""Strategies, budget managers and drifts of streams: the first of each keeps its contract."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import ClassVar

import numpy as np

from albench import BudgetManager, Decider, Drift, DriftedRows, Spending, StreamStrategy
from albench.stream.managers import BalancedQuantile, FixedBudget


class Unsure(StreamStrategy):
    """Wants rows whose largest probability is below 0.8."""

    def get_published_manager(self):
        return FixedBudget()

    def begin(self, facts, rng):
        return UnsureDecider()


class UnsureDecider(Decider):
    def decide(self, row, spending):
        is_bought = self.wants(row) and spending.has_budget()
        spending.record(bought=is_bought)
        return is_bought

    def wants(self, row):
        return row.confidence < 0.8


class Overspends(Unsure):
    """Asks nobody whether there is budget."""

    def begin(self, facts, rng):
        return OverspendingDecider()


class OverspendingDecider(Decider):
    def decide(self, row, spending):
        spending.record(bought=True)
        return True


class Forgets(Unsure):
    """Does not record what it buys."""

    def begin(self, facts, rng):
        return ForgettingDecider()


class ForgettingDecider(Decider):
    def decide(self, row, spending):
        return spending.has_budget()


class Draws(Unsure):
    """Draws from Python's generator."""

    def begin(self, facts, rng):
        return DrawingDecider()


class DrawingDecider(UnsureDecider):
    def wants(self, row):
        return random.random() < 0.5  # noqa: S311 - what is tested


class Remembers(Unsure):
    """Counts the rows of all trials together."""

    def begin(self, facts, rng):
        SEEN.clear()
        return CountingDecider()


SEEN = []


class CountingDecider(UnsureDecider):
    def wants(self, row):
        SEEN.append(1)
        return len(SEEN) % 3 == 0


class Misfit(Unsure):
    """Would set the threshold as its manager does."""

    def get_published_manager(self):
        return BalancedQuantile()


class Writes(Unsure):
    """Scales the row that it is shown."""

    def begin(self, facts, rng):
        return WritingDecider()


class WritingDecider(UnsureDecider):
    def wants(self, row):
        row.features[:] = 0
        return True


class Third(BudgetManager):
    """Has budget for every third row, at any budget from a third."""

    def open(self, budget):
        return ThirdSpending(budget)


class ThirdSpending(Spending):
    def has_budget(self):
        return self.n_rows % 3 == 2


class Generous(Third):
    """Promises what it does not keep."""

    promises: ClassVar[bool] = True


class Toggles(Third):
    """Answers in turn."""

    def open(self, budget):
        return TogglingSpending(budget)


class TogglingSpending(Spending):
    answer = False

    def has_budget(self):
        self.answer = not self.answer
        return self.answer


class Mirrored(Drift):
    """The second half of the rows has the sign changed."""

    def apply(self, features, labels, n_classes, rng):
        half = labels.size // 2
        signs = np.where(np.arange(labels.size) < half, 1, -1)
        return DriftedRows(features * signs[:, None], labels, np.arange(labels.size), (half,))


class Loses(Mirrored):
    """Forgets the last label."""

    def apply(self, features, labels, n_classes, rng):
        return replace(super().apply(features, labels, n_classes, rng), labels=labels[:-1])


class MarksBeyond(Mirrored):
    """Marks a row that is not there."""

    def apply(self, features, labels, n_classes, rng):
        return replace(super().apply(features, labels, n_classes, rng), marks=(labels.size,))


class Invents(Mirrored):
    """Has one class more."""

    def apply(self, features, labels, n_classes, rng):
        return replace(super().apply(features, labels, n_classes, rng), labels=labels + 1)


class Renames(Mirrored):
    """Says that labels stay, and gives each class the name of the next one."""

    def keeps_labels(self):
        return True

    def apply(self, features, labels, n_classes, rng):
        return DriftedRows(features, (labels + 1) % n_classes, np.arange(labels.size), (0,))


class FailsOnGaps(Mirrored):
    """Takes no rows without a value."""

    def apply(self, features, labels, n_classes, rng):
        if np.isnan(features).any():
            raise ValueError("a value is missing")
        return super().apply(features, labels, n_classes, rng)
