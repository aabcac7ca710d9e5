"""The A/A control: one arm of random against the other, dataset by dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.report.figures.common import (
    FigurePanel,
    build_points,
    build_row_axis,
    build_whiskers,
    check_figure,
    escape_markup,
    measure_arms,
)
from albench.report.html.numbers import format_signed, format_span

if TYPE_CHECKING:
    from albench.analysis.evidence.rows import Control
    from albench.report.figures.common import Trace
    from albench.report.html.palette import Style


def build_control_panel(control: Control, style: Style, metric: str) -> FigurePanel:
    """Return the difference of random's arms on each dataset, with its interval."""
    datasets = list(control.differences)
    layout = {
        "xaxis": {
            "title": {"text": f"arm less arm, in {escape_markup(metric)}"},
            "zeroline": True,
            "showgrid": True,
            "nticks": 6,
            "tickformat": ".3~g",
        },
        "yaxis": build_row_axis(datasets),
    }
    words = [
        f"{name}: {format_signed(control.differences[name])} {format_span(control.intervals.get(name))}"
        for name in datasets
    ]
    figure = check_figure([_build_differences(control, datasets, words, style)], layout)
    return FigurePanel(
        "control-arms", "Random against random", "; ".join(words), figure, 80 + 26 * len(datasets)
    )


def _build_differences(control: Control, datasets: list[str], words: list[str], style: Style) -> Trace:
    arms = [measure_arms(control.differences[name], control.intervals.get(name)) for name in datasets]
    points = build_points([control.differences[name] for name in datasets], [*range(len(datasets))], words)
    marker = {"size": 9, "color": style.colour}
    return points | {"marker": marker, "error_x": build_whiskers(arms, style)}
