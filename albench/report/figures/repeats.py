"""All repeats of a dataset, each as a thin line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.report.figures.common import Panel, checked, plain
from albench.report.figures.curves import LABELS
from albench.report.html.numbers import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

    from albench.analysis.evidence import Slice
    from albench.report.figures.common import Trace
    from albench.report.html.palette import Style
    from albench.spec.experiment import Experiment

_MOST_POINTS = 60


def repeats_panel(
    panel_id: str, found: Repeats, styles: Mapping[str, Style], metric: str, dataset: str
) -> Panel:
    """Return the curves of all trials on a dataset, one trace a strategy."""
    n = sum(len(rows) for rows in found.levels.values())
    layout = {"xaxis": {"title": {"text": LABELS}, "nticks": 6}, "yaxis": {"tickformat": ".4~g"}}
    order = sorted(found.levels, key=lambda name: not styles[name].baseline)
    decimals = _decimals(found)
    data = [_thin(found.n_labels, found.levels[name], styles[name], decimals) for name in order]
    alt = f"{dataset}: {plain(metric)} along the labels, each of {count(n, 'trial')} by itself."
    return Panel(panel_id, "Every repeat", alt, checked(data, layout), 340)


def _decimals(found: Repeats) -> int:
    """Return how many decimals tell some hundreds of levels apart: as many as the figure has pixels."""
    ends = [(float(np.nanmin(rows)), float(np.nanmax(rows))) for rows in found.levels.values()]
    span = max(high for _, high in ends) - min(low for low, _ in ends)
    return max(0, 2 - math.floor(math.log10(span))) if span > 0 else 4


def _thin(n_labels: NDArray[np.float64], rows: NDArray[np.float64], style: Style, decimals: int) -> Trace:
    """Return the curves as one line with gaps between them: it is drawn a hundred times faster than many."""
    at = np.unique(np.linspace(0, n_labels.size - 1, _MOST_POINTS).round().astype(np.intp))
    x = [*n_labels[at].tolist(), None]
    levels = np.round(rows[:, at], decimals)
    y = [[*(None if np.isnan(level) else float(level) for level in row), None] for row in levels]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x * len(rows),
        "y": [level for row in y for level in row],
        "name": plain(style.label),
        "meta": style.id,
        "opacity": 0.45,
        "line": {"color": style.colour, "width": 0.8},
        "hoverinfo": "skip",
    }


@dataclass(frozen=True, eq=False)
class Repeats:
    """Curves of one dataset.

    Attributes
    ----------
    n_labels : ndarray of shape (n_rounds,)
    levels : mapping
        Strategy -> array of shape (n_curves, n_rounds), one row a finished trial; not-a-number where a
        curve has no level.
    """

    n_labels: NDArray[np.float64]
    levels: Mapping[str, NDArray[np.float64]]


def repeats_of(
    experiment: Experiment, trials: pl.DataFrame, curves: pl.DataFrame, wanted: Slice
) -> dict[str, Repeats]:
    """Return the curves of all trials of a slice, by dataset.

    Parameters
    ----------
    experiment : Experiment
    trials, curves : DataFrame
        As ``albench.tables`` defines them.
    wanted : Slice
    """
    import polars as pl

    from albench.analysis.panel import curves_of, panel
    from albench.analysis.selection import arms_of, groups, slice_of, trials_of

    metric = next(entry for entry in experiment.metrics if entry.label == wanted.metric)
    group, budget = next(
        (group, budget)
        for group in groups(experiment)
        for budget in experiment.budgets
        if slice_of(group, budget, metric) == wanted
    )
    held = trials_of(trials, group, only_seed_size=len(experiment.seed_sizes) == 1)
    arrays, arms = curves_of(curves, [metric.label]), arms_of(experiment)
    found = {}
    for entry in experiment.datasets:
        own = held.filter(pl.col("dataset") == entry.label)
        one = panel(own, arrays, group=group, budget=budget, dataset=entry.label, arms=arms)
        levels = {name: np.concatenate(values[..., 0]) for name, values in one.values.items()}
        drawn = {name: rows[np.isfinite(rows).any(axis=1)] for name, rows in levels.items()}
        found[entry.label] = Repeats(one.n_labels, {name: rows for name, rows in drawn.items() if rows.size})
    return found
