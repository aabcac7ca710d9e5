"""Which strategy to use: the one that stands first, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from albench.analysis.evidence.cells import Interval

Outcome = Literal["better", "no_gain", "undecided"]


@dataclass(frozen=True)
class BudgetLevels:
    """A strategy and the baseline at the end of the budget, means over datasets and paired repeats.

    Attributes
    ----------
    n_labels : int or None
        None where the datasets end at different numbers of labels.
    level, baseline_level : float
        In the metric's own direction.
    difference : float
        Signed so that positive is better.
    interval : Interval or None
        Of the difference, with the datasets fixed.
    """

    n_labels: int | None
    level: float
    baseline_level: float
    difference: float
    interval: Interval | None


@dataclass(frozen=True)
class Recommendation:
    """What a slice says about the strategy that stands first (``order_rows``).

    Attributes
    ----------
    outcome : {"better", "no_gain", "undecided"}
        It is shown to be better than the baseline; no strategy gains more than ``rope``, by the 95 % interval
        of each; neither can be said.
    equals : tuple of str
        Strategies that paired t tests, corrected by Holm, do not tell apart from it, the best first; those of
        the same picks left out.
    rope : float
        Half the width of practical equivalence, in units of the metric.
    repeats_needed : int or None
        If undecided: how many repeats in all would decide in four of five experiments; None where the repeats
        are too few to say.
    same_picks : tuple of tuple of str
        Groups of strategies that have bought the same rows in the same rounds of all their trials, in the
        order of the experiment; empty without the table of queries.
    at_budget : BudgetLevels or None
        None where the budget allows no query.
    """

    strategy: str
    outcome: Outcome
    equals: tuple[str, ...]
    rope: float
    repeats_needed: int | None
    same_picks: tuple[tuple[str, ...], ...] = ()
    at_budget: BudgetLevels | None = None

    def find_same_picks(self, strategy: str) -> tuple[str, ...]:
        """Return the group of a strategy, itself included; empty if there is none."""
        return next((group for group in self.same_picks if strategy in group), ())
