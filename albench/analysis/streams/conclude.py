"""From the tables of streams to evidence: the only door of this room."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.leaderboard_rows import find_smallest_p
from albench.analysis.mean_curves import average_curves, resample
from albench.analysis.selection import count_skipped, list_failures
from albench.analysis.streams.cells import compare_cell
from albench.analysis.streams.evidence.conclusions import StreamEvidence, StreamFailure, StreamSliceEvidence
from albench.analysis.streams.evidence.design import StreamSlice
from albench.analysis.streams.read_tables import group_curves, iterate_cells
from albench.analysis.streams.rows import build_stream_rows, recommend_strategy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from albench.analysis.evidence.cells import Curve
    from albench.analysis.needed_repeats import CellRepeats
    from albench.analysis.streams.cells import StreamComparison
    from albench.analysis.streams.evidence.cells import StreamCell
    from albench.analysis.streams.evidence.design import StreamDesign
    from albench.analysis.streams.read_tables import CurvesByKey

_N_SHARES = 101


def conclude_streams(
    design: StreamDesign,
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    *,
    n_missing: int = 0,
    needed: Sequence[CellRepeats] = (),
    own_strategies: Sequence[str] = (),
) -> StreamEvidence:
    """Draw every conclusion that the tables of an experiment on streams allow.

    A slice in which no trial has finished is left out, unless it is the primary one.

    Parameters
    ----------
    trials, curves : DataFrame
        ``stream_trials`` and ``stream_curves`` of ``albench.tables``, their rows in any order.
    needed : sequence of CellRepeats
        How many repeats cells need, where they go on until they are decided.
    own_strategies : sequence of str
        Labels of those that are not built in.
    """
    design = replace(design, n_repeats=max((cell.n_splits for cell in needed), default=design.n_repeats))
    by_key = group_curves(curves)
    slices = [
        evidence
        for place, of in enumerate(_list_slices(design))
        for evidence in _analyse_slice(design, trials, by_key, of, needed, primary=not place)
    ]
    failures, skipped = list_failures(trials, StreamFailure), count_skipped(trials)
    return StreamEvidence(
        design=design,
        slices=tuple(slices),
        failures=failures,
        n_done=trials.height - len(failures) - sum(skipped.values()),
        n_missing=n_missing,
        skipped=skipped,
        environments=tuple(trials["environment"].drop_nulls().unique().sort()),
        repeats=tuple(needed),
        own_strategies=tuple(own_strategies),
    )


def _list_slices(design: StreamDesign) -> Iterator[StreamSlice]:
    """Yield the slices, that of the first value of each axis first."""
    axes = (design.metrics, design.models, design.budgets, design.oracles, design.drifts)
    for metric, model, budget, oracle, drift in product(*axes):
        yield StreamSlice(model, budget, oracle, drift, metric)


def _analyse_slice(
    design: StreamDesign,
    trials: pl.DataFrame,
    curves: CurvesByKey,
    of: StreamSlice,
    needed: Sequence[CellRepeats],
    *,
    primary: bool,
) -> Iterator[StreamSliceEvidence]:
    decisive = replace(of, metric=design.metrics[0])
    repeats = {(cell.dataset, cell.strategy): cell for cell in needed if cell.group == decisive}
    compared: dict[str, list[StreamComparison]] = {name: [] for name in design.strategies}
    for cell_trials in iterate_cells(trials, curves, design, of):
        own = repeats.get((cell_trials.dataset, cell_trials.strategy))
        compared[cell_trials.strategy].append(compare_cell(cell_trials, of, design, own))
    # Who never runs is not judged, unless nobody does.
    run = {name: each for name, each in compared.items() if any(of.cell.n_asked for of in each)}
    compared = run or compared
    cells = tuple(comparison.cell for each in compared.values() for comparison in each)
    if not primary and not any(cell.cell.n_repeats for cell in cells):
        return
    random, rows = build_stream_rows(compared, n_repeats=design.n_repeats)
    mean_curves = _average_over_datasets(compared, design.datasets)
    yield StreamSliceEvidence(
        slice=of,
        primary=primary,
        datasets=design.datasets,
        strategies=tuple(compared),
        cells=cells,
        rows=rows,
        random=random,
        smallest_p=find_smallest_p([line.row for line in rows]),
        recommendation=recommend_strategy(rows, compared),
        mean_curves=mean_curves,
        mean_marks=_find_mean_marks(cells) if mean_curves else (),
    )


def _average_over_datasets(
    compared: dict[str, list[StreamComparison]], datasets: Sequence[str]
) -> dict[str, tuple[Curve, Curve]]:
    if len(datasets) == 1:
        return {}
    means = {}
    for name, comparisons in compared.items():
        pairs = [(of.cell.cell.curve, of.cell.random_curve) for of in comparisons]
        # A mean over other datasets than those of its neighbours would not be comparable with theirs.
        whole = [(own, random) for own, random in pairs if own is not None and random is not None]
        if len(whole) == len(datasets):
            own, random = ([pair[side] for pair in whole] for side in (0, 1))
            means[name] = (_average_along_stream(own), _average_along_stream(random))
    return means


def _average_along_stream(curves: Sequence[Curve]) -> Curve:
    """Return the mean at equal shares of the streams, from the first one that all curves have."""
    first = max(float(curve.n_labels[0] / curve.n_labels[-1]) for curve in curves)
    shares = np.linspace(first, 1.0, _N_SHARES)
    return replace(
        average_curves([resample(curve, shares * curve.n_labels[-1]) for curve in curves]),
        n_labels=100 * shares,
    )


def _find_mean_marks(cells: Sequence[StreamCell]) -> tuple[float, ...]:
    """Return where drifts begin in percents of the stream, if that is the same for all; else nothing."""
    marks = {
        tuple(round(100 * mark / (cell.n_rows or 1)) for mark in cell.marks) for cell in cells if cell.n_rows
    }
    return tuple(map(float, next(iter(marks)))) if len(marks) == 1 else ()
