"""What stopping rules cost: regret by the price of a point of the metric."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stop_regret import WHOLE_BUDGET
from albench.report.figures.common import FigurePanel, build_area, check_figure, escape_markup
from albench.report.html.palette import BASELINE_DASH, BASELINE_HUE, Style, build_styles

if TYPE_CHECKING:
    from albench.analysis.evidence import RegretCurve, StoppingEvidence
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
