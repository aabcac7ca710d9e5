"""From tables to arrays: all curves of one dataset in one group, within one budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from albench.analysis.stats.area import interpolate_curves
from albench.batches import BatchSize, count_affordable_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from albench.analysis.selection import TrialGroup
    from albench.contracts import Floats
    from albench.spec.experiment import Size

    Ints = NDArray[np.int64]


_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class CurveArrays:
    """The table ``curves`` as arrays, its rows by trial and then by labels; round 0 without labels left out.

    Attributes
    ----------
    span : mapping
        Key of a trial -> its first row and the row after its last one.
    n_labels : ndarray of shape (n_rows,)
    costs : ndarray of shape (n_rows,)
        What was paid up to each round.
    values : ndarray of shape (n_rows, n_metrics)
        Not-a-number where a metric is undefined.
    """

    span: Mapping[str, tuple[int, int]]
    n_labels: Floats
    costs: Floats
    values: Floats
    metrics: tuple[str, ...]


def read_curves(frame: pl.DataFrame, metrics: Sequence[str]) -> CurveArrays:
    """Return the curves as arrays; a metric that the table does not have is undefined throughout."""
    ordered = frame.filter(pl.col("n_labels") > 0).sort("key", "n_labels")
    complete = ordered.with_columns(pl.lit(None).alias(name) for name in metrics if name not in frame.columns)
    values = complete.select(pl.col(name).cast(pl.Float64).fill_null(float("nan")) for name in metrics)
    return CurveArrays(
        find_spans(ordered),
        ordered["n_labels"].cast(pl.Float64).to_numpy(),
        _read_costs(ordered),
        values.to_numpy().reshape(-1, len(metrics)),
        tuple(metrics),
    )


def find_spans(ordered: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """Return the first row of each key in a table in the order of keys, and the row after its last one."""
    lengths = ordered.group_by("key", maintain_order=True).len()
    ends = lengths["len"].cum_sum()
    return dict(zip(lengths["key"], zip(ends - lengths["len"], ends, strict=True), strict=True))


def _read_costs(ordered: pl.DataFrame) -> Floats:
    """Return the costs of rounds; labels where a table has none."""
    costs = n_labels = ordered["n_labels"]
    if "cost" in ordered.columns:
        costs = ordered["cost"].fill_null(n_labels)
    return np.asarray(costs.to_numpy(), dtype=np.float64)


class TrialCosts(NamedTuple):
    """What the finished trials of a strategy cost, means over them; None where nothing was measured."""

    fit_s: float | None
    query_s: float | None
    query_s_per_label: float | None


@dataclass(frozen=True, eq=False)
class CurvePanel:
    """All curves of one dataset in one group, from the seed size to the last whole round of one budget.

    Attributes
    ----------
    splits, starts : ndarray of shape (n_repeats,)
        In ascending order.
    low, high : ndarray of shape (n_repeats,)
        Labels at the first and at the last round of each repeat.
    n_labels : ndarray of shape (n_rounds,)
        All numbers of labels at which some repeat has a round.
    values : mapping
        Strategy -> array of shape (n_arms, n_repeats, n_rounds, n_metrics); linear between rounds, flat
        after the last one, not-a-number before the first one and where there is no finished trial.
    ended_early : mapping
        Strategy -> array of shape (n_arms, n_repeats), True where a curve ended early.
    queried : mapping
        (strategy, arm, position of the repeat) -> key of the trial whose curve it is, and how many labels the
        budget lets it query after the seed set.
    is_along_costs : bool
        Whether ``n_labels``, ``low`` and ``high`` are costs instead.
    """

    dataset: str
    batch_size: int
    splits: Ints
    starts: Ints
    low: Floats
    high: Floats
    n_labels: Floats
    values: Mapping[str, Floats]
    ended_early: Mapping[str, NDArray[np.bool_]]
    n_failed: Mapping[str, int]
    costs: Mapping[str, TrialCosts]
    queried: Mapping[tuple[str, int, int], tuple[str, int]] = field(default_factory=dict)
    is_along_costs: bool = False

    def list_rounds(self, low: float, high: float) -> Floats:
        """Return the numbers of labels, or costs, at which a repeat of this range has its rounds."""
        return self.n_labels if self.is_along_costs else list_rounds(low, high, self.batch_size)


class _PanelTrial(NamedTuple):
    """A finished trial: its cell, its range of labels, its rows in the curves, what it cost."""

    strategy: str
    arm: int
    split: int
    start: int
    low: float
    high: float
    span: tuple[int, int]
    last: float
    n_queried: float
    fit_s: float | None
    query_s: float | None
    key: str

    @property
    def cell(self) -> tuple[str, int, int, int]:
        return self.strategy, self.arm, self.split, self.start

    @property
    def preference(self) -> tuple[bool, float, str]:
        """Of two trials of a cell: the shortest that reaches the budget, else the longest."""
        reaches = self.last >= self.high
        return reaches, -self.last if reaches else self.last, self.key


def build_panel(
    trials: pl.DataFrame,
    curves: CurveArrays,
    *,
    group: TrialGroup,
    budget: Size,
    dataset: str,
    arms: Mapping[str, int],
) -> CurvePanel:
    """Collect the curves of a dataset from its trials in a group; strategies without arms are left out."""
    wanted = [row for row in trials.iter_rows(named=True) if row["arm"] < arms.get(row["strategy"], 0)]
    done = [row for row in wanted if row["status"] == "done" and row["key"] in curves.span]
    runs = _select_runs([_read_run(row, curves, group, budget) for row in done])
    if budget.kind == "money":
        runs = _end_together(runs)
    ranges = {(run.split, run.start): (run.low, run.high) for run in runs}
    repeats = sorted(ranges)
    position = {repeat: i for i, repeat in enumerate(repeats)}
    low, high = np.array([ranges[repeat] for repeat in repeats], dtype=np.float64).reshape(-1, 2).T
    # Without a seed set there is no score before the first batch.
    batch_size = group.batch_size if group.seed_size.value else group.batch_size.skip(1)
    n_labels = _merge_rounds(low, high, batch_size)
    by_strategy = {name: [run for run in runs if run.strategy == name] for name in arms}
    ended_early = {name: _find_early_ends(by_strategy[name], position, arms[name]) for name in arms}
    values = {name: _fill_values(by_strategy[name], curves, n_labels, position, arms[name]) for name in arms}
    return CurvePanel(
        dataset=dataset,
        batch_size=batch_size,
        splits=np.array([split for split, _ in repeats], dtype=np.int64),
        starts=np.array([start for _, start in repeats], dtype=np.int64),
        low=low,
        high=high,
        n_labels=n_labels,
        values=values,
        ended_early=ended_early,
        n_failed=_count_failed(wanted, runs, arms),
        costs={name: _average_costs(by_strategy[name]) for name in arms},
        queried={
            (run.strategy, run.arm, position[run.split, run.start]): (
                run.key,
                int(run.high - run.last + run.n_queried),
            )
            for run in runs
        },
    )


def list_rounds(low: float, high: float, batch_size: int) -> Floats:
    """Return the numbers of labels at which a repeat has its rounds."""
    if isinstance(batch_size, BatchSize) and batch_size.growth != 1:
        totals = low + np.array([0, *batch_size.list_totals(high - low)], dtype=np.float64)
        return np.append(totals[totals < high], high)
    return np.append(np.arange(low, high, batch_size, dtype=np.float64), high)


def _end_together(runs: Sequence[_PanelTrial]) -> list[_PanelTrial]:
    """Return trials that money ended, each up to the labels that all trials of its repeat have reached."""
    ends: dict[tuple[int, int], float] = {}
    for run in runs:
        ends[run.split, run.start] = min(run.high, ends.get((run.split, run.start), run.high))
    return [run._replace(high=max(run.low, ends[run.split, run.start])) for run in runs]


def _read_run(row: dict[str, Any], curves: CurveArrays, group: TrialGroup, budget: Size) -> _PanelTrial:
    seed_size, n_pool = row["seed_size"], row["n_pool"]
    # Without a seed set there is no score before the first batch.
    low = seed_size or min(group.batch_size, n_pool)
    affordable = budget.count_labels(n_pool, row["n_classes"])
    high = count_affordable_labels(
        affordable, seed_size=seed_size, batch_size=group.batch_size, n_pool=n_pool
    )
    span = curves.span[row["key"]]
    if budget.kind == "money":
        # The last whole round that it pays for; of the largest budget, the last of all.
        paid = curves.costs[slice(*span)] <= budget.value * (1 + _ROUNDING)
        high = int(curves.n_labels[slice(*span)][paid].max(initial=low))
    last = float(curves.n_labels[span[1] - 1])
    cell = row["strategy"], row["arm"], row["split"], row["start"]
    costs = row["fit_s"], row["query_s"], row["key"]
    return _PanelTrial(*cell, float(low), float(max(low, high)), span, last, last - seed_size, *costs)


def _select_runs(runs: Sequence[_PanelTrial]) -> list[_PanelTrial]:
    # The last one of a cell wins, which is the preferred one.
    return list({run.cell: run for run in sorted(runs, key=lambda run: run.preference)}.values())


def _merge_rounds(low: Floats, high: Floats, batch_size: int) -> Floats:
    ranges = set(zip(low.tolist(), high.tolist(), strict=True))
    return np.unique(np.concatenate([np.empty(0), *(list_rounds(*ends, batch_size) for ends in ranges)]))


def _fill_values(
    runs: Sequence[_PanelTrial],
    curves: CurveArrays,
    n_labels: Floats,
    position: Mapping[tuple[int, int], int],
    arms: int,
) -> Floats:
    cube = np.full((arms, len(position), n_labels.size, len(curves.metrics)), np.nan)
    for run in runs:
        rows = slice(*run.span)
        own, values = curves.n_labels[rows], curves.values[rows]
        if not np.array_equal(own, n_labels):
            values = interpolate_curves(own, values.T, n_labels).T
        cube[run.arm, position[run.split, run.start]] = values
    return cube


def _find_early_ends(
    runs: Sequence[_PanelTrial], position: Mapping[tuple[int, int], int], arms: int
) -> NDArray[np.bool_]:
    early = np.zeros((arms, len(position)), dtype=np.bool_)
    for run in runs:
        early[run.arm, position[run.split, run.start]] = run.last < run.high
    return early


def _count_failed(
    wanted: Sequence[dict[str, Any]], runs: Sequence[_PanelTrial], arms: Iterable[str]
) -> dict[str, int]:
    done = {run.cell for run in runs}
    failed = {(row["strategy"], row["arm"], row["split"], row["start"]) for row in wanted} - done
    return {strategy: sum(cell[0] == strategy for cell in failed) for strategy in arms}


def _average_costs(runs: Sequence[_PanelTrial]) -> TrialCosts:
    fits = [run.fit_s for run in runs if run.fit_s is not None]
    queries = [(run.query_s, run.n_queried) for run in runs if run.query_s is not None]
    n_queried = sum(labels for _, labels in queries)
    query_s = sum(seconds for seconds, _ in queries)
    return TrialCosts(
        sum(fits) / len(fits) if fits else None,
        query_s / len(queries) if queries else None,
        query_s / n_queried if n_queried else None,
    )
