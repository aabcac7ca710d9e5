"""A slice of streams, and everything that is concluded from the tables of an experiment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from albench.analysis.evidence.choose_slice import choose_slice
from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Cell, Curve
    from albench.analysis.evidence.rows import Recommendation, Row
    from albench.analysis.needed_repeats import CellRepeats
    from albench.analysis.streams.evidence.cells import Recovery, Spending, StreamCell
    from albench.analysis.streams.evidence.design import StreamDesign, StreamSlice


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
    recommendation: Recommendation | None
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
    slices : tuple of StreamSliceEvidence
        The primary one first: the first value of each axis, and the first metric.
    n_done, n_missing : int
        Trials; missing are those that the experiment asks for and the tables do not hold.
    skipped : dict
        Why trials are not run that the grid would have, and how many.
    environments : tuple of str
        Fingerprints of those that trials ran in.
    repeats : tuple of CellRepeats
        How many repeats each cell needs, where they go on until it is decided; empty where all have as many.
    own_strategies : tuple of str
        Labels of those that are not built in.
    """

    design: StreamDesign
    slices: tuple[StreamSliceEvidence, ...]
    failures: tuple[StreamFailure, ...]
    n_done: int
    n_missing: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    environments: tuple[str, ...] = ()
    repeats: tuple[CellRepeats, ...] = ()
    own_strategies: tuple[str, ...] = ()

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
