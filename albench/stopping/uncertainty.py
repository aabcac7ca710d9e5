"""Rules that stop when the model is certain of what has no label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import StoppingRule
from albench.stopping.observed_round import compute_entropies

if TYPE_CHECKING:
    from albench.contracts import Course, ObservedRound


class _CertainRule(StoppingRule):
    """What the rules have in common: they stop when a measure of uncertainty is small."""

    main = "threshold"
    needs_proba = True
    observed_parameters = ()

    threshold: float

    def stops(self, course: Course) -> bool:
        """Say whether the last value is below the threshold."""
        return bool(course.values[-1] < self.threshold)


class OverallUncertainty(_CertainRule):
    """Stop when the mean entropy of the rows without a label, over log(n_classes), is below a threshold."""

    name = "overall_uncertainty"
    reference = (
        "Zhu, Wang & Hovy, 2008, Multi-criteria-based strategy to stop active learning for data annotation"
    )

    threshold: float = Field(default=0.05, ge=0, lt=1)
    """Mean normalised entropy below which it stops."""

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return the mean entropy over the largest there is, in [0, 1]."""
        return seen.mean_entropy / float(np.log(seen.n_classes))


class MaxConfidence(_CertainRule):
    """Stop when the entropy of each row that is queried next is below a threshold.

    The last round of a trial queries nothing: there it is undefined.
    """

    name = "max_confidence"
    reference = (
        "Zhu & Hovy, 2007, Active learning for word sense disambiguation with methods for addressing the "
        "class imbalance problem"
    )

    threshold: float = Field(default=0.001, gt=0)
    """Entropy in nats below which a row counts as certain."""

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return the largest entropy of the batch."""
        return None if seen.batch_proba is None else float(compute_entropies(seen.batch_proba).max())


class MinExpectedError(_CertainRule):
    """Stop when the expected error of the rows without a label, the mean of 1 - max p, is low enough."""

    name = "min_expected_error"
    reference = (
        "Zhu, Wang, Hovy & Ma, 2010, Confidence-based stopping criteria for active learning for data "
        "annotation"
    )

    threshold: float = Field(default=0.01, gt=0, lt=1)
    """Expected error below which it stops."""

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return the expected error."""
        return 1 - seen.mean_top
