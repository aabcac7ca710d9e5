"""Performance profiles: which share of the repeats gets how far (Agarwal et al., 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.report.figures.common import FigurePanel, check_figure, escape_markup
from albench.report.html.numbers import format_level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.details import Details
    from albench.report.html.palette import Style


def build_profile_panels(details: Details | None, styles: Mapping[str, Style]) -> tuple[FigurePanel, ...]:
    """Return the profiles of all strategies in one panel; nothing where there is no headroom to share."""
    if details is None or not details.normalised:
        return ()
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": details.thresholds.round(4).tolist(),
            "y": gains.profile.round(4).tolist(),
            "name": escape_markup(gains.strategy),
            "meta": styles[gains.strategy].id,
            "line": {
                "color": styles[gains.strategy].colour,
                "width": 2,
                "dash": styles[gains.strategy].plotly_dash,
            },
            "hovertemplate": "%{y:.0%}",
        }
        for gains in details.normalised
    ]
    layout = {
        "hovermode": "x unified",
        "xaxis": {"title": {"text": "share of the headroom"}, "tickformat": ".0%"},
        "yaxis": {"title": {"text": "repeats above it"}, "tickformat": ".0%", "range": [0, 1.02]},
    }
    alt = "Interquartile means: " + ", ".join(
        f"{gains.strategy} {format_level(gains.iqm)}" for gains in details.normalised
    )
    return (FigurePanel("profile", "Performance profile", alt, check_figure(data, layout), 320),)
