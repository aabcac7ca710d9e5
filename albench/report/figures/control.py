"""The A/A control: one arm of random against the other, dataset by dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.report.figures.common import Panel, checked, plain, row_axis, whiskers
from albench.report.html.numbers import signed, span

if TYPE_CHECKING:
    from albench.analysis.evidence import Control
    from albench.report.figures.common import Trace
    from albench.report.html.palette import Style


def control_panel(control: Control, style: Style, metric: str) -> Panel:
    """Return the difference of random's arms on each dataset, with its interval."""
    datasets = list(control.differences)
    layout = {
        "xaxis": {
            "title": {"text": f"arm less arm, in {plain(metric)}"},
            "zeroline": True,
            "showgrid": True,
            "nticks": 6,
            "tickformat": ".3~g",
        },
        "yaxis": row_axis(datasets),
    }
    words = [
        f"{name}: {signed(control.differences[name])} {span(control.intervals.get(name))}"
        for name in datasets
    ]
    figure = checked([_points(control, datasets, words, style)], layout)
    return Panel("control-arms", "Random against random", "; ".join(words), figure, 80 + 26 * len(datasets))


def _points(control: Control, datasets: list[str], words: list[str], style: Style) -> Trace:
    arms = [
        (control.differences[name] - found.low, found.high - control.differences[name])
        if found
        else (0.0, 0.0)
        for name, found in ((name, control.intervals.get(name)) for name in datasets)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [control.differences[name] for name in datasets],
        "y": list(range(len(datasets))),
        "text": [plain(text) for text in words],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"size": 9, "color": style.colour},
        "error_x": whiskers(arms, style),
    }
