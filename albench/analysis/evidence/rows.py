"""Strategies across the datasets of a slice, the control that comparisons rest on, which one to use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from albench.analysis.stats.significance import ALPHA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.cells import Cell, Interval, Saving, Shape


Unavailable = Literal["one_arm", "few_repeats", "few_splits", "no_area"]


@dataclass(frozen=True)
class Bayes:
    """Bayesian probabilities across datasets.

    Attributes
    ----------
    better, equal, worse : float
        How probably each is what most pairs of datasets like these show (signed-rank test): they go to 0 or 1
        as datasets are added, however often a strategy loses.
    predicted : (float, float, float)
        Probabilities that another dataset like these shows better, equal, worse.
    """

    better: float
    equal: float
    worse: float
    rope: float
    predicted: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Row:
    """A strategy across the datasets of a slice: one line of the leaderboard.

    Only datasets count on which the strategy shares at least 80 % of the repeats with the baseline. The
    baseline has a row of its own, without comparisons.

    Attributes
    ----------
    n_datasets : int
        Datasets that count.
    mean_rank : float or None
        Over the datasets on which all ranked strategies are complete; 1 is best.
    difference : float or None
        Mean over datasets of the cells' differences.
    interval_these, interval_like_these : Interval or None
        Of that mean: with the datasets fixed and their repeats resampled; with the datasets as the sample,
        from 8 datasets on.
    median_saving : float or None
        Median over datasets of the savings at the target ``final``.
    n_censored : int
        Datasets on which one of the two curves never gets 95 % of the way to the reference while the other
        one does.
    p_these : float or None
        Student's t of ``difference`` on these datasets against 0, two-sided, corrected over the strategies by
        Holm's method.
    p, p_holm : float or None
        Wilcoxon signed-rank against random over datasets, two-sided; then corrected over the strategies.
    testable : bool
        False where even the smallest reachable p could not be significant after correction; then ``p`` and
        ``p_holm`` are None.
    bayes : Bayes or None
        From 6 datasets on.
    fit_s, query_s : float or None
        CPU seconds of a trial, mean over the datasets.
    sensitivity : float or None
        ``difference`` over all datasets of the baseline, with every repeat that the strategy lacks counted as
        equal to the baseline.
    interval_rank : Interval or None
        Of the mean rank, with the datasets as the sample, from 8 on; None also where the strategy has one
        rank on all of them.
    interval_saving : Interval or None
        Of the median saving, with the datasets as the sample, from 6 on.
    p_side : {1, 0, -1}
        On which side the signed ranks of ``p`` lie, which need not be that of the mean difference.
    shape : Shape or None
        Of the datasets' differences, from 6 datasets on.
    interval_chosen : Interval or None
        Of ``difference`` on these datasets if the strategy is named because its gain is the largest.
    """

    strategy: str
    label_looking: bool
    n_datasets: int
    mean_rank: float | None
    area: float | None
    difference: float | None
    interval_these: Interval | None
    interval_like_these: Interval | None
    wins: int
    ties: int
    losses: int
    undecided: int
    win_rate: float | None
    median_saving: float | None
    n_censored: int
    p: float | None
    p_holm: float | None
    testable: bool
    bayes: Bayes | None
    fit_s: float | None
    query_s: float | None
    query_s_per_label: float | None
    sensitivity: float | None = None
    interval_rank: Interval | None = None
    interval_saving: Interval | None = None
    p_these: float | None = None
    p_side: int = 0
    shape: Shape | None = None
    interval_chosen: Interval | None = None

    @property
    def side(self) -> int:
        """1 where it is shown to be better than the baseline on these datasets, -1 where worse, else 0.

        All strategies together are called so by chance in at most 5 % of experiments.
        """
        if self.p_these is None or self.p_these > ALPHA or not self.difference:
            return 0
        return 1 if self.difference > 0 else -1


def order_rows(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return all rows but the baseline's, the best first: the one rule that decides which is named first.

    Those shown to be better than the baseline come first, then those not told apart from it, then those shown
    to be worse; among them those that lack no dataset of the baseline, and then those of the larger mean
    difference. Strategies that see hidden labels come last.

    Parameters
    ----------
    rows : sequence of Row
        The baseline's first; equal ones stay in their order.
    """
    baseline, *others = rows

    def rank(row: Row) -> tuple[bool, int, bool, float]:
        gain = float("-inf") if row.difference is None else row.difference
        return row.label_looking, -row.side, row.n_datasets < baseline.n_datasets, -gain

    return tuple(sorted(others, key=rank))


@dataclass(frozen=True)
class Control:
    """The arms of random against each other through the same pipeline.

    Attributes
    ----------
    fired : bool
        True if they differ "significantly": then the page withholds its verdicts.
    differences, intervals : dict
        Dataset -> mean of the first arm less the others, and its interval where there is one.
    p : float or None
        The smallest p, corrected over ``n_tests``: one for each interval, and one for their mean if there are
        several.
    unavailable : {"one_arm", "few_repeats", "few_splits", "no_area", None}
        Why there is no control: random has one arm, or its arms share too few repeats or splits on every
        dataset, or the metric has no number in some of their rounds.
    savings : dict
        Dataset -> labels that the first arm saves against the others at the worse final level; in the primary
        slice only.
    interval_saving : Interval or None
        Of the median of these savings, with the datasets as the sample, from 6 on.
    """

    fired: bool
    differences: dict[str, float]
    intervals: dict[str, Interval]
    p: float | None
    n_tests: int
    unavailable: Unavailable | None = None
    savings: dict[str, Saving] = field(default_factory=dict)
    interval_saving: Interval | None = None

    @property
    def available(self) -> bool:
        """True if the arms could be compared."""
        return self.unavailable is None


@dataclass(frozen=True)
class Versus:
    """The same comparisons with another strategy than random as the baseline."""

    baseline: str
    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]


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
class Lead:
    """By how much the strategy that stands first is better than one that is not told apart from it.

    Attributes
    ----------
    difference : float
        Of their areas, mean over the datasets, signed so that positive is better.
    repeats_needed : int or None
        How many repeats in all would show it in four of five experiments, if it is what it seems; None where
        it is not above 0.
    """

    strategy: str
    difference: float
    interval: Interval | None
    repeats_needed: int | None


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
    leads : tuple of Lead
        Over those of ``equals`` that enough repeats are shared with.
    n_asked : int
        Repeats that there are of what needs ``repeats_needed``, on the dataset that has most; 0 if unknown.
    """

    strategy: str
    outcome: Outcome
    equals: tuple[str, ...]
    rope: float
    repeats_needed: int | None
    same_picks: tuple[tuple[str, ...], ...] = ()
    at_budget: BudgetLevels | None = None
    leads: tuple[Lead, ...] = ()
    n_asked: int = 0

    def find_lead(self, strategy: str) -> Lead | None:
        """Return the lead over a strategy; None where there is none, or more than chance explains."""
        return next((lead for lead in self.leads if lead.strategy == strategy), None)

    def find_same_picks(self, strategy: str) -> tuple[str, ...]:
        """Return the group of a strategy, itself included; empty if there is none."""
        return next((group for group in self.same_picks if strategy in group), ())
