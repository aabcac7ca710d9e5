"""A strategy against random sampling of as many labels, on one stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import Cell
from albench.analysis.paired_comparison import (
    PairedComparison,
    average_differences,
    decide_verdict,
    subtract_paired,
)
from albench.analysis.scores import COVERAGE
from albench.analysis.stats.bands import estimate_mean_curve
from albench.analysis.stats.intervals import build_t_interval, estimate_mean, find_units
from albench.analysis.stats.sign_test import describe_shape
from albench.analysis.streams.evidence.cells import Spending, StreamCell
from albench.analysis.streams.recovery import measure_recovery
from albench.tables import WINDOW_METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.cells import Curve
    from albench.analysis.needed_repeats import CellRepeats
    from albench.analysis.streams.evidence.design import StreamDesign, StreamSlice
    from albench.analysis.streams.read_tables import CellTrials

_HOLDOUT = "holdout_accuracy"
"""Column of curves; there only where rows are kept apart."""


@dataclass(frozen=True, eq=False)
class StreamComparison:
    """A cell with what the rows over the streams are made from.

    Attributes
    ----------
    differences : dict
        Repeat -> how much better the strategy is than its random in it.
    """

    cell: StreamCell
    paired: PairedComparison
    differences: dict[int, float]


def compare_cell(
    trials: CellTrials, of: StreamSlice, design: StreamDesign, needed: CellRepeats | None = None
) -> StreamComparison:
    """Compare a strategy with its own random, repeat by repeat.

    Parameters
    ----------
    needed : CellRepeats, optional
        How many repeats the cell needs, where they go on until it is decided.
    """
    metric, looks = of.metric, needed.looks if needed else ()
    own, random = trials.get_values(metric), trials.get_values(f"random_{metric}")
    deltas = subtract_paired(own, random)
    is_paired = np.isfinite(deltas)
    repeats = trials.done["repeat"].to_numpy()
    units = find_units(repeats[is_paired])
    mean = estimate_mean(deltas[is_paired], units, looks)
    interval = build_t_interval(mean, units.unit_name)
    n_paired = int(is_paired.sum())
    n_asked = needed.n_splits if needed else 0 if trials.n_skipped else design.n_repeats
    is_covered = n_paired > 0 and n_paired >= COVERAGE * n_asked
    decision = needed.decision if needed and needed.group.matches(of) else None
    cell = Cell(
        dataset=trials.dataset,
        strategy=trials.strategy,
        n_repeats=n_paired,
        n_paired=n_paired,
        n_failed=trials.n_failed,
        area=average_differences(own[is_paired].tolist()),
        difference=average_differences(deltas[is_paired].tolist()),
        interval=interval,
        verdict=decide_verdict(interval, n_paired, covered=is_covered, decision=decision),
        win_rate=average_differences(((np.sign(deltas[is_paired]) + 1) / 2).tolist()),
        curve=_get_window_curve(trials, metric),
        difference_curve=_estimate_difference_curve(trials, metric),
        n_splits=n_paired,
        n_without_area=trials.done.height - n_paired,
        shape=describe_shape(deltas[is_paired], units.unit_name),
        n_asked=needed.n_splits if needed else None,
        n_looks=len(looks),
        error=None if mean is None else float(mean.error),
    )
    return StreamComparison(
        StreamCell(
            cell=cell,
            n_asked=n_asked,
            is_covered=is_covered,
            random_level=average_differences(random[is_paired].tolist()),
            random_curve=_get_window_curve(trials, metric, "random_"),
            spending=measure_spending(trials, of.budget),
            recovery=measure_recovery(trials.done, design.window, is_covered=is_covered, looks=looks),
            levels=_average_levels(trials, design.metrics),
            marks=_find_marks(trials),
            holdout=_get_holdout_curves(trials),
            n_rows=int(trials.get_values("n_rows").max()) if trials.done.height else None,
        ),
        PairedComparison(cell, is_covered, mean),
        dict(zip(repeats[is_paired].tolist(), deltas[is_paired].tolist(), strict=True)),
    )


def _get_window_curve(trials: CellTrials, metric: str, prefix: str = "") -> Curve | None:
    name = f"window_{metric}"
    return trials.average_curve(prefix + (name if name in WINDOW_METRICS else metric))


def _get_holdout_curves(trials: CellTrials) -> tuple[Curve, Curve] | None:
    own, random = (trials.average_curve(f"{prefix}{_HOLDOUT}") for prefix in ("", "random_"))
    return None if own is None or random is None else (own, random)


def _estimate_difference_curve(trials: CellTrials, metric: str) -> Curve | None:
    """Return how far the strategy is above its random over all rows so far."""
    if not trials.curves or metric not in trials.curves[0].columns:
        return None
    rows = trials.curves[0]["n_rows"].to_numpy()
    own, random = trials.stack_curves(metric), trials.stack_curves(f"random_{metric}")
    return estimate_mean_curve(rows, subtract_paired(own, random), trials.done["repeat"].to_numpy())


def _average_levels(trials: CellTrials, metrics: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return the levels of each metric over the repeats in which both have one."""
    levels = {}
    for name in metrics:
        own, random = trials.get_values(name), trials.get_values(f"random_{name}")
        both = np.isfinite(own) & np.isfinite(random)
        if both.any():
            levels[name] = (float(own[both].mean()), float(random[both].mean()))
    return levels


def _find_marks(trials: CellTrials) -> tuple[int, ...]:
    marks = {tuple(row) for row in trials.done["marks"].to_list() if row}
    return next(iter(marks)) if len(marks) == 1 else ()


def measure_spending(trials: CellTrials, budget: float) -> Spending | None:
    """Return what was bought; None without a finished trial."""
    if not trials.done.height:
        return None
    excess = trials.get_values("excess")
    return Spending(
        budget=budget,
        share=float((trials.get_values("n_bought") / trials.get_values("n_rows")).mean()),
        n_trials=trials.done.height,
        n_over=int((excess > 0).sum()),
        excess=int(excess.max()),
        curve=trials.average_curve("n_bought"),
        random_curve=trials.average_curve("random_n_bought"),
    )
