"""All repeats of a dataset, each as a thin line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from albench.report.figures.common import Panel, checked, plain
from albench.report.figures.curves import LABELS
from albench.report.numbers import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from albench.report.figures.common import Trace
    from albench.report.palette import Style
    from albench.report.repeats import Repeats

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
