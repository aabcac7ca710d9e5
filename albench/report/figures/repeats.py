"""All repeats of a dataset, each as a thin line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from albench.report.figures.common import FigurePanel, check_figure, escape_markup
from albench.report.figures.curves import LABELS
from albench.report.html.numbers import format_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from albench.analysis.evidence.cells import RepeatCurves
    from albench.report.figures.common import Trace
    from albench.report.html.palette import Style

_MOST_POINTS = 60


def build_repeats_panel(
    panel_id: str, curves: RepeatCurves, styles: Mapping[str, Style], metric: str, dataset: str
) -> FigurePanel:
    """Return the curves of all trials on a dataset, one trace a strategy."""
    n = sum(len(rows) for rows in curves.levels.values())
    layout = {"xaxis": {"title": {"text": LABELS}, "nticks": 6}, "yaxis": {"tickformat": ".4~g"}}
    order = sorted(curves.levels, key=lambda name: not styles[name].baseline)
    decimals = _count_decimals(curves)
    data = [_join_curves(curves.n_labels, curves.levels[name], styles[name], decimals) for name in order]
    alt = (
        f"{dataset}: {escape_markup(metric)} along the labels, each of {format_count(n, 'trial')} by itself."
    )
    return FigurePanel(panel_id, "Every repeat", alt, check_figure(data, layout), 340)


def _count_decimals(curves: RepeatCurves) -> int:
    """Return how many decimals tell some hundreds of levels apart: as many as the figure has pixels."""
    ends = [(float(np.nanmin(rows)), float(np.nanmax(rows))) for rows in curves.levels.values()]
    span = max(high for _, high in ends) - min(low for low, _ in ends)
    return max(0, 2 - math.floor(math.log10(span))) if span > 0 else 4


def _join_curves(
    n_labels: NDArray[np.float64], rows: NDArray[np.float64], style: Style, decimals: int
) -> Trace:
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
        "name": escape_markup(style.label),
        "meta": style.id,
        "opacity": 0.45,
        "line": {"color": style.colour, "width": 0.8},
        "hoverinfo": "skip",
    }
