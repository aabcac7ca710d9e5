"""Rules of budgets, and of labels that are paid for to look at: those of the validation part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from albench.contracts import StoppingRule

if TYPE_CHECKING:
    from albench.contracts import Course


class Budget(StoppingRule):
    """Stop when so many labels are bought."""

    name = "budget"
    main = "labels"

    labels: int = Field(ge=1)
    """Labels, the seed set included."""

    def stops(self, course: Course) -> bool:
        """Say whether there are as many."""
        return bool(course.n_labels[-1] >= self.labels)


class Target(StoppingRule):
    """Stop when a metric on the validation part, whose labels are paid for, reaches a value."""

    name = "target"
    is_paid = True

    metric: str = ""
    """The primary metric unless given."""
    value: float
    """What is to be reached; not exceeded where less is better."""

    def stops(self, course: Course) -> bool:
        """Say whether it is reached."""
        least = -self.value if self.metric in course.lower_is_better else self.value
        return bool(course.get_gains(self.metric)[-1] >= least)


class Patience(StoppingRule):
    """Stop when a metric on the validation part, whose labels are paid for, does not improve any more."""

    name = "patience"
    main = "rounds"
    is_paid = True

    rounds: int = Field(default=5, ge=1)
    """Rounds without a new best value."""
    metric: str = ""
    """The primary metric unless given."""
    min_gain: float = Field(default=0.0, ge=0)
    """By how much a value must exceed the best before to be a new best one."""

    def stops(self, course: Course) -> bool:
        """Say whether the best of the last rounds is no new best one."""
        gains = course.get_gains(self.metric)
        if gains.size <= self.rounds:
            return False
        return bool(gains[-self.rounds :].max() <= gains[: -self.rounds].max() + self.min_gain)
