"""What stopping rules cost by the price of a point, and where they stop in the picture of the answer."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.analysis.stop_regret import WHOLE_BUDGET
from albench.report.figures.common import (
    FigurePanel,
    build_area,
    build_foot_label,
    build_vertical_line,
    check_figure,
    escape_markup,
)
from albench.report.html.palette import BASELINE_DASH, BASELINE_HUE, Style, build_styles
from albench.text import list_words

if TYPE_CHECKING:
    from albench.analysis.evidence.stopping import RegretCurve, StoppingEvidence
    from albench.contracts import Floats
    from albench.report.figures.common import Layout, Trace


LEAST = 1.0
"""Regrets below one label are drawn at the lower edge."""
_WHOLE = Style("rb", "the whole budget", BASELINE_HUE, BASELINE_DASH, baseline=True)


def build_regret_panels(stopping: StoppingEvidence, metric: str) -> tuple[FigurePanel, ...]:
    """Return the regret of each rule that stops at all, and of the whole budget; none without regrets."""
    if not stopping.regrets:
        return ()
    never = stopping.list_never()
    styles = build_styles(stopping.rules, "")
    drawn = [(styles[rule], stopping.regrets[rule]) for rule in stopping.rules if rule not in never]
    drawn.append((_WHOLE, stopping.regrets[WHOLE_BUDGET]))
    leading = {each.rule or _WHOLE.label for each in stopping.best}
    data = [
        band for style, curve in drawn if style.label in leading
        for band in _build_band(stopping.prices, curve, style)
    ]  # fmt: skip
    data += [
        _build_line(stopping.prices, curve, style, is_leading=style.label in leading)
        for style, curve in drawn
    ]
    alt = "Least regret: " + "; ".join(
        f"{each.rule or _WHOLE.label} from {each.low:.2g} to {each.high:.2g} labels a point"
        for each in stopping.best
    )
    layout = _build_layout([curve.mean for _, curve in drawn], metric)
    return (
        FigurePanel(
            "stop-regret",
            f"Regret of each rule by the price of a point, with {stopping.strategy}",
            alt,
            check_figure(data, layout),
            height=430,
        ),
    )


def _build_line(prices: Floats, curve: RegretCurve, style: Style, *, is_leading: bool) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [float(f"{price:.4g}") for price in prices],
        "y": [float(f"{value:.4g}") for value in np.maximum(curve.mean, LEAST)],
        "name": escape_markup(style.label),
        "line": {"color": style.colour, "width": 2.6 if is_leading else 1.4, "dash": style.plotly_dash},
        "hovertemplate": "%{y:.3~g} labels at %{x:.3~g} a point",
    }


def _build_band(prices: Floats, curve: RegretCurve, style: Style) -> list[Trace]:
    if curve.low is None or curve.high is None:
        return []
    x = [float(f"{price:.4g}") for price in prices]
    low, high = (
        [float(f"{value:.4g}") for value in np.maximum(end, LEAST)] for end in (curve.low, curve.high)
    )
    return [build_area(x, low, high, style, showlegend=False)]


def _build_layout(means: list[Floats], metric: str) -> Layout:
    highest = max(float(mean.max()) for mean in means)
    powers = range(math.ceil(math.log10(max(highest, 10 * LEAST))) + 1)
    return {
        "showlegend": True,
        "legend": {"orientation": "h", "y": -0.22, "x": 0, "font": {"size": 11}},
        "xaxis": {
            "type": "log",
            "range": [-1, 3],
            "tickmode": "array",
            "tickvals": [0.1, 1, 10, 100, 1000],
            "ticktext": ["0.1", "1", "10", "100", "1,000"],
            "title": {"text": f"labels that a point (0.01) of {escape_markup(metric)} is worth"},
            "showgrid": True,
        },
        "yaxis": {
            "type": "log",
            "range": [0, math.log10(max(highest, 10 * LEAST)) + 0.05],
            "tickmode": "array",
            "tickvals": [10**power for power in powers],
            "ticktext": [f"{10**power:,}" for power in powers],
            "title": {"text": "regret in labels"},
        },
    }


_FONT = {"size": 12}
_LINE_HEIGHT = 17
HINDSIGHT = "hindsight"


def mark_stops(panel: FigurePanel, stopping: StoppingEvidence, hue: str) -> FigurePanel:
    """Return learning curves with the mean stop of the rules that the answer names, and of hindsight.

    They stand in the place of what is saved. The same where none is named.
    """
    stops = _find_stops(stopping)
    if not stops:
        return panel
    lines = [_draw_line(x, hue if name != HINDSIGHT else "#888") for name, x in stops]
    labels = [_write_label(name, x, place) for place, (name, x) in enumerate(stops)]
    layout = panel.figure["layout"] | {"shapes": lines, "annotations": labels}
    words = list_words([f"{name} stops at {x:.0f}" for name, x in stops])
    return replace(
        panel,
        alt=f"{panel.title}; of {stopping.strategy} {words} labels.",
        figure=check_figure(panel.figure["data"], layout),
    )


def _find_stops(stopping: StoppingEvidence) -> list[tuple[str, float]]:
    """Return what stops and after how many labels on average, in the order of labels."""
    rules = [each.rule for each in stopping.list_widest() if each.rule]
    costs = [cost for rule in dict.fromkeys(rules) if (cost := stopping.find_cost(rule)) is not None]
    stops = [(cost.rule, cost.n_labels) for cost in costs]
    if stops and stopping.hindsight_labels is not None:
        stops.append((HINDSIGHT, stopping.hindsight_labels))
    return sorted(stops, key=lambda stop: stop[1])


def _draw_line(x: float, colour: str) -> dict[str, Any]:
    return build_vertical_line(x, {"color": colour, "width": 1.4, "dash": "dot"})


def _write_label(name: str, x: float, place: int) -> dict[str, Any]:
    # Each a line lower than the one before it: names of neighbours would lie on each other.
    words = build_foot_label(x, f"{escape_markup(name)} {x:.0f}")
    return words | {"yshift": 4 + _LINE_HEIGHT * place, "font": _FONT}
