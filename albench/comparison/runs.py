"""Two runs against each other, cell by cell over the repeats that both have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from albench.analysis.panel import read_curves
from albench.analysis.stats.area import compute_comparable_areas
from albench.analysis.stats.intervals import build_t_interval, compute_t_p, estimate_mean, find_units
from albench.analysis.stats.significance import ALPHA, holm
from albench.tables import AXES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from albench.analysis.evidence.cells import Interval
    from albench.analysis.panel import CurveArrays
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats

REPEAT = ("arm", "split", "start")
PREPROCESSING = "preprocessing"
_DECIMALS = 12

Change = Literal["identical", "unchanged", "better", "worse", "undecided"]
Place = tuple[str | int | float, ...]


class StreamPlace(NamedTuple):
    """The place of a cell of streams: its value on each axis."""

    dataset: str
    model: str
    strategy: str
    manager: str
    budget: float
    oracle: str
    drift: str


@dataclass(frozen=True)
class CellChange:
    """One cell of the grid in two runs.

    Attributes
    ----------
    place : tuple
        Its value on each of ``AXES``, then the preprocessing where several are compared, and the growth of
        its batches where two batch sizes begin alike; of streams a :class:`StreamPlace`.
    n_paired : int
        Trials that are done in both.
    n_lost : int
        Trials that are done in the first and failed in the second.
    difference : float or None
        Mean area of the second less that of the first over the labels that both cover, signed so that
        positive is better; of the two arms of random, the mean. Of streams, the metric over all rows.
    interval : Interval or None
        Of that difference, by itself: 95 % over repeats, or over splits of several starts.
    p_holm : float or None
        Of a t test of it, corrected over all cells.
    change : {"identical", "unchanged", "better", "worse", "undecided"}
        Identical if no area differs; better or worse if ``p_holm`` is at most 0.05; undecided below 3 paired
        repeats.
    """

    place: Place
    n_paired: int
    n_lost: int
    difference: float | None
    interval: Interval | None
    p_holm: float | None
    change: Change

    @property
    def regressed(self) -> bool:
        """True if the cell is worse, or trials that were done have failed."""
        return self.change == "worse" or self.n_lost > 0


@dataclass(frozen=True)
class Contradiction:
    """A trial of one key, done in both runs, that recorded one thing in the first and another in the second.

    Attributes
    ----------
    place : tuple
        That of its cell.
    repeat : tuple of int
        Its arm, split and start; of streams its repeat.
    columns : tuple of str
        Where the two differ, as their parts call it: ``score.accuracy``.
    environments : tuple of str
        Fingerprints of those that it was computed in, of the first run and of the second.
    """

    key: str
    place: Place
    repeat: tuple[int, ...]
    columns: tuple[str, ...]
    environments: tuple[str, str]

    @property
    def unexplained(self) -> bool:
        """True if both were computed in one environment, so that they had to be equal."""
        return self.environments[0] == self.environments[1]


@dataclass(frozen=True)
class RunComparison:
    """Two runs in one metric.

    Attributes
    ----------
    cells : tuple of CellChange
        Those that both runs have, in the order of ``AXES``.
    n_same : int
        Trials of one key, the same question exactly, that ended alike and do not contradict each other.
    contradictions : tuple of Contradiction
        Those that do, in order of key.
    notes : tuple of str
        What a user should know of the folders: data that differ under one label, files that cannot be used.
    """

    metric: str
    cells: tuple[CellChange, ...]
    only_first: tuple[Place, ...]
    only_second: tuple[Place, ...]
    n_same: int
    contradictions: tuple[Contradiction, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def regressions(self) -> tuple[CellChange, ...]:
        """Cells that are worse, or have lost trials."""
        return tuple(cell for cell in self.cells if cell.regressed)


@dataclass(frozen=True, eq=False)
class Run:
    """The tables ``trials`` and ``curves`` of a run.

    Attributes
    ----------
    axes, repeat : tuple of str
        Columns of trials that name a cell, and a repeat in it: the independent unit first or last but one.
    """

    trials: pl.DataFrame
    curves: pl.DataFrame
    axes: tuple[str, ...] = (*AXES, PREPROCESSING)
    repeat: tuple[str, ...] = REPEAT

    def build_place(self, row: Place) -> Place:
        """Return the place of a cell from its axes, without what tells it from no other one."""
        if self.axes == StreamPlace._fields:
            return StreamPlace._make(row)
        n = len(AXES)
        # Empty unless several preprocessings are compared; 1 of batches that are all as large.
        return (*row[:n], *(value for value in row[n:] if value not in ("", 1.0)))


def compare_runs(
    first: Run,
    second: Run,
    metric: str,
    *,
    greater_is_better: bool,
    contradictions: Sequence[Contradiction] = (),
) -> RunComparison:
    """Compare two runs.

    Parameters
    ----------
    contradictions : sequence of Contradiction
        Trials of one key whose parts differ.
    """
    sign = 1 if greater_is_better else -1
    curves = read_curves(first.curves, [metric]), read_curves(second.curves, [metric])
    cells = _group_by_cell(first), _group_by_cell(second)
    common = [place for place in cells[0] if place in cells[1]]
    changes = [_change(place, (cells[0][place], cells[1][place]), curves, sign) for place in common]
    return RunComparison(
        metric=metric,
        cells=tuple(_correct_cells(changes)),
        only_first=tuple(place for place in cells[0] if place not in cells[1]),
        only_second=tuple(place for place in cells[1] if place not in cells[0]),
        n_same=_count_same_endings(first, second) - len(contradictions),
        contradictions=tuple(contradictions),
    )


def _count_same_endings(first: Run, second: Run) -> int:
    ends = [set(run.trials.select("key", "status").iter_rows()) for run in (first, second)]
    return len(ends[0] & ends[1])


_Trials = dict[tuple[int, ...], tuple[str, str]]


def _group_by_cell(run: Run) -> dict[Place, _Trials]:
    """Return cell -> repeat -> key and status, in the order of the axes."""
    cells: dict[Place, _Trials] = {}
    n, names = len(run.axes), (*run.axes, *run.repeat)
    rows = run.trials.select(*names, "key", "status").sort(*names, "key")
    for row in rows.iter_rows():
        cells.setdefault(run.build_place(row[:n]), {})[row[n:-2]] = row[-2:]
    return cells


def _change(
    place: Place, trials: tuple[_Trials, _Trials], curves: tuple[CurveArrays, CurveArrays], sign: int
) -> tuple[CellChange, Estimate | None]:
    first, second = trials
    shared = [repeat for repeat in first if repeat in second and first[repeat][1] == "done"]
    lost = sum(second[repeat][1] != "done" for repeat in shared)
    deltas = {
        repeat: delta
        for repeat in shared
        if second[repeat][1] == "done"
        and (delta := _compute_area_difference(curves, first[repeat][0], second[repeat][0])) is not None
    }
    values, splits = _average_over_arms(
        {repeat: round(sign * delta, _DECIMALS) for repeat, delta in deltas.items()}
    )
    of = find_units(splits)
    mean = estimate_mean(values, of)
    change: Change = "undecided"
    if values.size and not values.any():
        change = "identical"
    cell = CellChange(
        place=place,
        n_paired=len(deltas),
        n_lost=lost,
        difference=float(values.mean()) if values.size else None,
        interval=build_t_interval(mean, of.unit_name),
        p_holm=None,
        change=change,
    )
    return cell, mean


def _compute_area_difference(curves: tuple[CurveArrays, CurveArrays], *keys: str) -> float | None:
    """Return the area of the second curve less that of the first; None where they cannot be compared."""
    parts = []
    for of, key in zip(curves, keys, strict=True):
        rows = slice(*of.span.get(key, (0, 0)))
        parts.append((of.n_labels[rows], of.values[rows, 0]))
    (first_labels, _), (second_labels, _) = parts
    # A trial with no label in common, or none at all, has nothing to be compared with.
    if (
        not first_labels.size
        or not second_labels.size
        or max(first_labels[0], second_labels[0]) > min(first_labels[-1], second_labels[-1])
    ):
        return None
    first, second = compute_comparable_areas(parts)
    return second - first if np.isfinite(second - first) else None


def _average_over_arms(deltas: Mapping[tuple[int, ...], float]) -> tuple[Floats, NDArray[np.int64]]:
    """Return the means over the arms of each repeat, and their splits; of streams each repeat is one."""
    by_repeat: dict[tuple[int, ...], list[float]] = {}
    for repeat, delta in deltas.items():
        by_repeat.setdefault(repeat[-2:], []).append(delta)
    repeats = sorted(by_repeat)
    values = np.array([np.mean(by_repeat[repeat]) for repeat in repeats], dtype=np.float64)
    return values, np.array([repeat[0] for repeat in repeats], dtype=np.int64)


def _correct_cells(estimated: Sequence[tuple[CellChange, Estimate | None]]) -> list[CellChange]:
    """Fill in the tests, corrected over all cells that have one."""
    able = [i for i, (_, mean) in enumerate(estimated) if mean is not None]
    ps = dict(zip(able, holm([compute_t_p(mean) for _, mean in estimated if mean is not None]), strict=True))
    decided = []
    for i, (cell, _) in enumerate(estimated):
        p, change = ps.get(i), cell.change
        if p is not None and change != "identical":
            change = "unchanged" if p > ALPHA else "better" if (cell.difference or 0.0) > 0 else "worse"
        decided.append(replace(cell, p_holm=p, change=change))
    return decided
