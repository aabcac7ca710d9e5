"""Thresholds on a learner's confidence: a row is wanted where the confidence is below.

Rows that a strategy passes over without looking at their confidence have an infinite one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np


class Threshold(Protocol):
    """Says whether a row is wanted; asked only while there is budget."""

    def wants(self, confidence: float) -> bool:
        """Say whether the label of a row is wanted, and adapt."""
        ...


class FixedThreshold:
    """The same confidence for all rows."""

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence

    def wants(self, confidence: float) -> bool:
        """Say whether the confidence is at most the fixed one."""
        return confidence <= self._confidence


class VariableThreshold:
    """A threshold that falls with each row that is wanted and rises with each other."""

    def __init__(self, step: float) -> None:
        self._threshold = 1.0
        self._down, self._up = 1 - step, 1 + step

    def wants(self, confidence: float) -> bool:
        """Say whether the confidence is below the threshold; then move it."""
        return self._adapt(confidence < self._threshold)

    def _adapt(self, is_wanted: bool) -> bool:  # noqa: FBT001
        self._threshold *= self._down if is_wanted else self._up
        return is_wanted


class RandomisedThreshold(VariableThreshold):
    """A variable threshold that is multiplied by a normal draw of mean 1 for each row."""

    def __init__(self, step: float, deviation: float, rng: np.random.Generator) -> None:
        super().__init__(step)
        self._deviation = deviation
        self._rng = rng

    def wants(self, confidence: float) -> bool:
        """Say whether the confidence is below the randomised threshold; then move the threshold."""
        return self._adapt(confidence < self._threshold * self._rng.normal(1, self._deviation))


class SplitThreshold(VariableThreshold):
    """A share of the rows is wanted with the probability of the budget; others by a variable threshold."""

    def __init__(self, step: float, share: float, budget: float, rng: np.random.Generator) -> None:
        super().__init__(step)
        self._share = share
        self._budget = budget
        self._rng = rng

    def wants(self, confidence: float) -> bool:
        """Say whether the row is wanted, at random or by the threshold, which then moves."""
        if self._rng.random() < self._share:
            return self._rng.random() <= self._budget
        return super().wants(confidence)


class RandomShare:
    """Wants rows with one probability, whatever the confidence."""

    def __init__(self, share: float, rng: np.random.Generator) -> None:
        self._share = share
        self._rng = rng

    def wants(self, confidence: float) -> bool:
        """Say whether a draw is within the share; rows that are passed over are not wanted."""
        return self._rng.random() <= self._share and confidence != float("inf")
