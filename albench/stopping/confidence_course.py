"""Rules that stop by the course of the model's confidence over the rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import StoppingRule

if TYPE_CHECKING:
    from albench.contracts import Course, ObservedRound


class ContradictoryInformation(StoppingRule):
    """Stop when the confidence, the mean of max p over the stop set, falls round after round.

    The set is the same in all rounds: its rows that have got a label stay in it.
    """

    version = 2
    name = "contradictory_information"
    main = "rounds"
    needs_proba = True
    observed_parameters = ()
    reference = "Vlachos, 2008, A stopping criterion for active learning"

    rounds: int = Field(default=3, ge=1)
    """Rounds in a row in which it must fall."""

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return the mean probability of the most probable class."""
        return seen.mean_top_of_stop_set

    def stops(self, course: Course) -> bool:
        """Say whether each of the last rounds has less than the one before."""
        last = course.values[-(self.rounds + 1) :]
        return last.size > self.rounds and bool((np.diff(last) < 0).all())


class PerformanceGradient(StoppingRule):
    """Stop when the performance that the model expects of itself rises to a new maximum, but hardly.

    The expected performance e is the mean of max p over the rows without a label: the expected accuracy,
    which is the expected micro-averaged F, too. With m(t) the mean of the last ``window`` values, it stops
    where 0 < m(t) - m(t - 1) < threshold and e(t) is above all values before.
    """

    name = "performance_gradient"
    main = "threshold"
    needs_proba = True
    observed_parameters = ()
    reference = "Laws & Schuetze, 2008, Stopping criteria for active learning of named entity recognition"

    threshold: float = Field(default=5e-5, gt=0)
    """Gradient of the mean below which it stops."""
    window: int = Field(default=10, ge=1)
    """Rounds of a mean; the authors take 100 of one label each."""

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return the expected accuracy."""
        return seen.mean_top

    def stops(self, course: Course) -> bool:
        """Say whether the gradient is small and positive at a new maximum."""
        values = course.values
        if values.size <= self.window:
            return False
        gradient = (values[-1] - values[-1 - self.window]) / self.window
        return bool(0 < gradient < self.threshold and values[-1] > values[:-1].max())
