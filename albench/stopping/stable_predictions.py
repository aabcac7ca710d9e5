"""Rules that stop when predictions do not change any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import StoppingRule

if TYPE_CHECKING:
    from albench.contracts import Course, ObservedRound, Rows

_ROUNDING = 1e-12


class ClassificationChange(StoppingRule):
    """Stop when the model predicts for the rows without a label what that of the last round predicted."""

    name = "classification_change"
    main = "threshold"
    needs_proba = True
    observed_parameters = ()
    reference = (
        "Zhu, Wang & Hovy, 2008, Multi-criteria-based strategy to stop active learning for data annotation"
    )

    threshold: float = Field(default=0.0, ge=0, le=1)
    """Share of the rows that may change; 0 in the paper."""

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return the share of rows that are predicted otherwise; None in the first round."""
        if seen.previous_predicted is None or not seen.predicted.size:
            return None
        return float(np.count_nonzero(seen.predicted != seen.previous_predicted)) / seen.predicted.size

    def stops(self, course: Course) -> bool:
        """Say whether no more than the threshold has changed."""
        return bool(course.values[-1] <= self.threshold + _ROUNDING)


class StabilizingPredictions(StoppingRule):
    """Stop when Cohen's kappa of successive models on the stop set is high, on average over a window."""

    name = "stabilizing_predictions"
    main = "cutoff"
    needs_proba = True
    observed_parameters = ()
    reference = (
        "Bloodgood & Vijay-Shanker, 2009, A method for stopping active learning based on stabilizing "
        "predictions and the need for user-adjustable stopping"
    )

    cutoff: float = Field(default=0.99, gt=0, le=1)
    """Intensity: the mean kappa from which on it stops; less stops earlier."""
    window: int = Field(default=3, ge=1)
    """Values of kappa that are averaged."""

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return kappa between this model and that of the last round; None in the first round."""
        if seen.previous_predicted is None or not seen.predicted.size:
            return None
        return compute_kappa(seen.predicted, seen.previous_predicted, seen.n_classes)

    def stops(self, course: Course) -> bool:
        """Say whether the mean of the last values reaches the cut-off."""
        # The first round has no value, so that no window which reaches over the beginning has a mean.
        return bool(course.values[-self.window :].mean() >= self.cutoff)


def compute_kappa(first: Rows, second: Rows, n_classes: int) -> float:
    """Return (p_o - p_e) / (1 - p_e); 1 where both predict one and the same class throughout."""
    agreed, n = np.count_nonzero(first == second), first.size
    if agreed == n:
        return 1.0
    counts = [np.bincount(predicted, minlength=n_classes) for predicted in (first, second)]
    expected = float(counts[0] @ counts[1]) / n**2
    return float(agreed / n - expected) / (1 - expected)
