"""What is concluded from streams: numbers, names and reason codes as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from albench.analysis.evidence.choose_slice import choose_slice
from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence import Cell, Curve, Row
    from albench.analysis.evidence.recommendation import Outcome


@dataclass(frozen=True)
class StreamDesign:
    """What the trials of an experiment on streams are, and how they are scored.

    Attributes
    ----------
    datasets, models, oracles, drifts : tuple of str
        Labels, in the order of the experiment.
    pairs : tuple of (str, str)
        Labels of each strategy and of a budget manager that it goes with.
    budgets : tuple of float
        Shares of the rows whose labels may be bought.
    metrics : tuple of str
        Columns of ``stream_trials``; the first is that of the verdicts.
    n_repeats : int
    window : int
        Rows of the windowed metrics.
    is_shuffled : bool
        Whether rows arrive in another order in each repeat.
    """

    datasets: tuple[str, ...]
    models: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    budgets: tuple[float, ...]
    oracles: tuple[str, ...]
    drifts: tuple[str, ...]
    metrics: tuple[str, ...]
    n_repeats: int
    window: int
    is_shuffled: bool = True

    @property
    def strategies(self) -> tuple[str, ...]:
        """What tables and figures call each pair: the strategy, and its manager where it has several."""
        return tuple(self.name_pair(*pair) for pair in self.pairs)

    def name_pair(self, strategy: str, manager: str) -> str:
        """Return what a strategy with its budget manager is called."""
        managers = {other for name, other in self.pairs if name == strategy}
        return strategy if len(managers) == 1 else f"{strategy} ({manager})"

    def get_manager(self, name: str) -> str:
        """Return the budget manager of what is called so."""
        return next(manager for strategy, manager in self.pairs if self.name_pair(strategy, manager) == name)


@dataclass(frozen=True)
class StreamSlice:
    """One value of every axis but datasets, strategies and their managers, with one metric."""

    model: str
    budget: float
    oracle: str
    drift: str
    metric: str


@dataclass(frozen=True)
class Recovery:
    """Rows after a drift until the accuracy of a window is what it was before, against random's.

    Attributes
    ----------
    n_trials : int
        Trials with a drift before which there is a window of rows.
    n_changes, n_recovered, n_recovered_random : int
        Changes in these trials, and after how many of them the old level came back before the next.
    median, median_random : float or None
        Rows, over the trials, of each the mean over its changes; a trial that does not regain its level after
        every change counts as more than any number. None where that is so of half of them.
    n_sooner, n_later : int
        Trials in which the strategy is back sooner than random on the same rows, or later.
    """

    n_trials: int
    n_changes: int
    n_recovered: int
    n_recovered_random: int
    median: float | None
    median_random: float | None
    n_sooner: int
    n_later: int


@dataclass(frozen=True)
class Spending:
    """What was bought of the rows.

    Attributes
    ----------
    budget : float
        Share of the rows whose labels may be bought.
    share : float
        That was bought at the end, mean over the trials.
    n_trials, n_over : int
        Trials, and those of them in which by some row t more than ``ceil(budget * t) + 1`` were bought.
    excess : int
        The most labels above that at any row of any trial; 0 if there is none.
    curve, random_curve : Curve or None
        Labels bought by so many rows, means over the trials.
    """

    budget: float
    share: float
    n_trials: int
    n_over: int
    excess: int
    curve: Curve | None = None
    random_curve: Curve | None = None


@dataclass(frozen=True)
class StreamCell:
    """A strategy on a stream, within a slice.

    Attributes
    ----------
    cell : Cell
        Levels and differences to its own random: ``area`` is the metric over the whole stream, ``curve`` that
        of the window after so many rows, where the metric has a windowed one.
    n_asked : int
        Repeats that the experiment asks for.
    is_covered : bool
        Whether 80 % of them are paired.
    random_level : float or None
        Of random, over the paired repeats.
    random_curve : Curve or None
    spending : Spending or None
        None without a finished trial.
    recovery : Recovery or None
        None where no drift has a level before it.
    levels : dict
        Metric -> levels of strategy and random over the whole stream, means over the paired repeats.
    marks : tuple of int
        Rows at which drifts begin, if they are the same in all repeats.
    n_rows : int or None
    holdout : (Curve, Curve) or None
        Accuracy of the learner of the moment, and of random's, on rows that are kept apart, if there are any.
    """

    cell: Cell
    n_asked: int
    is_covered: bool
    random_level: float | None
    random_curve: Curve | None
    spending: Spending | None
    recovery: Recovery | None
    levels: dict[str, tuple[float, float]]
    marks: tuple[int, ...]
    n_rows: int | None
    holdout: tuple[Curve, Curve] | None = None

    @property
    def n_missing(self) -> int:
        """Repeats of which there is no trial, finished or failed."""
        return max(0, self.n_asked - self.cell.n_repeats - self.cell.n_without_area - self.cell.n_failed)


@dataclass(frozen=True)
class StreamRow:
    """A strategy over the streams of a slice: one line of the leaderboard.

    Attributes
    ----------
    row : Row
        As for pools, with the metric over the whole stream in the place of an area; it has no rank and no
        label saving.
    random_level : float or None
        Of its own random, on the same datasets.
    levels : dict
        Metric -> levels of strategy and random, means over these datasets.
    recovery : Recovery or None
        Counts over these datasets, medians of the datasets' medians.
    spending : Spending or None
        Over all datasets; without a curve.
    """

    row: Row
    random_level: float | None
    levels: dict[str, tuple[float, float]]
    recovery: Recovery | None
    spending: Spending | None


@dataclass(frozen=True)
class StreamComparisons:
    """What checks of comparisons look at: rows and cells as those of pools.

    Attributes
    ----------
    rows : tuple of Row
        First what stands for random, with the datasets on which anything is compared with it.
    """

    datasets: tuple[str, ...]
    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class StreamRecommendation:
    """What a slice says about the strategy that stands first.

    Attributes
    ----------
    strategy : str
    outcome : {"better", "no_gain", "undecided"}
        It is shown to be better than its random; no strategy gains more than ``rope``, by the 95 % interval
        of each; neither can be said.
    equals : tuple of str
        Strategies whose gains over random are not told apart from its own, by paired t tests with Holm.
    rope : float
        Half the width of practical equivalence, in units of the metric.
    repeats_needed : int or None
        If undecided: how many repeats in all would decide in four of five experiments; None where the repeats
        are too few to say.
    """

    strategy: str
    outcome: Outcome
    equals: tuple[str, ...]
    rope: float
    repeats_needed: int | None


@dataclass(frozen=True)
class StreamSliceEvidence:
    """Everything that is concluded within one slice.

    Attributes
    ----------
    rows : tuple of StreamRow
        The best first, by the rule of pools.
    random : Row
        What stands for random, with the datasets on which anything is compared with it.
    smallest_p : float or None
        Smallest p that the Wilcoxon test can reach with the datasets at hand, before correction.
    mean_curves : dict
        Strategy -> its curve and that of its random, along percents of the stream, mean over the datasets;
        only with several of them, and of strategies that have a curve on each.
    mean_marks : tuple of float
        Where drifts begin in percents of the stream, if that is the same in all datasets.
    """

    slice: StreamSlice
    primary: bool
    datasets: tuple[str, ...]
    strategies: tuple[str, ...]
    cells: tuple[StreamCell, ...]
    rows: tuple[StreamRow, ...]
    random: Row
    smallest_p: float | None
    recommendation: StreamRecommendation | None
    mean_curves: dict[str, tuple[Curve, Curve]] = field(default_factory=dict)
    mean_marks: tuple[float, ...] = ()

    @property
    def comparisons(self) -> StreamComparisons:
        """Rows and cells as those of pools."""
        rows = (self.random, *(line.row for line in self.rows))
        return StreamComparisons(self.datasets, tuple(cell.cell for cell in self.cells), rows)

    def find_row(self, strategy: str) -> StreamRow:
        """Return the row of a strategy."""
        return next(line for line in self.rows if line.row.strategy == strategy)

    def list_covered_cells(self, strategy: str) -> list[StreamCell]:
        """Return the cells of a strategy that count: at least 80 % of the repeats paired."""
        own = [cell for cell in self.cells if cell.cell.strategy == strategy]
        return [cell for cell in own if cell.is_covered]

    def find_cell(self, dataset: str, strategy: str) -> StreamCell:
        """Return the cell of a dataset and a strategy."""
        return next(c for c in self.cells if (c.cell.dataset, c.cell.strategy) == (dataset, strategy))


@dataclass(frozen=True)
class StreamFailure:
    """A trial that is not done."""

    key: str
    dataset: str
    model: str
    strategy: str
    manager: str
    drift: str
    budget: float
    repeat: int
    status: str
    reason: str


@dataclass(frozen=True)
class StreamEvidence:
    """What the analysis concludes from the tables of an experiment on streams.

    Attributes
    ----------
    design : StreamDesign
    slices : tuple of StreamSliceEvidence
        The primary one first: the first value of each axis, and the first metric.
    n_done, n_missing : int
        Trials; missing are those that the experiment asks for and the tables do not hold.
    skipped : dict
        Why trials are not run that the grid would have, and how many.
    environments : tuple of str
        Fingerprints of those that trials ran in.
    """

    design: StreamDesign
    slices: tuple[StreamSliceEvidence, ...]
    failures: tuple[StreamFailure, ...]
    n_done: int
    n_missing: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    environments: tuple[str, ...] = ()

    @property
    def n_failed(self) -> int:
        """Trials that were run and are not done."""
        return len(self.failures)

    @property
    def primary(self) -> StreamSliceEvidence:
        """The slice that the verdicts are made in.

        Raises
        ------
        ResultsError
            If there is none.
        """
        if not self.slices:
            raise ResultsError("no slice is the primary one: nothing is finished yet that could be judged")
        return self.slices[0]

    def find_slice(self, axes: Mapping[str, object]) -> StreamSliceEvidence:
        """Return the slice that has some values, and else those of the primary one as far as there is such.

        A budget may be named as the spec says it, ``"5%"``, or as tables have it, 0.05.

        Raises
        ------
        UnknownSliceError
            If there is none.
        """
        budget = axes.get("budget")
        if isinstance(budget, str) and budget.endswith("%"):
            shares = {f"{100 * share:.12g}%": share for share in self.design.budgets}
            axes = {**axes, "budget": shares.get(budget.replace(" ", ""), budget)}
        return choose_slice(self.slices, self.primary.slice, axes)
