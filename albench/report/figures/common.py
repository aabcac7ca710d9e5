"""What the figures share: panels, safe text, lines with bands, Plotly's check of every property."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import Curve
    from albench.report.palette import Style

Trace = dict[str, Any]
Layout = dict[str, Any]


@dataclass(frozen=True)
class Panel:
    """One figure with its heading; ``figure`` holds Plotly's ``data`` and ``layout``.

    Attributes
    ----------
    id : str
        Unique in a page, safe in HTML.
    title : str
        As the spec has it: the template escapes it.
    alt : str
        What the figure shows, for those who do not see it.
    style : Style or None
        The strategy that the whole panel is about, if it is about one.
    """

    id: str
    title: str
    alt: str
    figure: dict[str, Any]
    height: int
    note: str = ""
    style: Style | None = None


def plain(text: str) -> str:
    """Return text in which Plotly finds no markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def checked(data: Sequence[Trace], layout: Layout) -> dict[str, Any]:
    """Return a figure after Plotly has checked the name and the value of every property.

    Raises
    ------
    ValueError
        For a property that Plotly does not know.
    """
    from plotly.graph_objects import Figure

    found: dict[str, Any] = Figure(data=list(data), layout=layout).to_plotly_json()
    # The page has one template for all figures; Plotly's default one would add 6 kB to each.
    found["layout"].pop("template", None)
    return found


def line(curve: Curve, style: Style) -> Trace:
    """Return the mean of a curve as a line."""
    return {
        "type": "scatter",
        "mode": "lines" if curve.n_labels.size > 1 else "markers",
        "x": curve.n_labels.tolist(),
        "y": curve.mean.tolist(),
        "name": plain(style.label),
        "meta": style.id,
        "line": {"color": style.colour, "width": 2, "dash": style.plotly_dash},
        "marker": {"color": style.colour, "size": 7},
        "hovertemplate": "%{y:.4~g}",
    }


def bands(curve: Curve, style: Style) -> list[Trace]:
    """Return the pointwise interval of a curve as a band; nothing where it has none."""
    known = np.isfinite(curve.low) & np.isfinite(curve.high)
    if known.sum() <= 1:
        return []
    x, low, high = (values[known].tolist() for values in (curve.n_labels, curve.low, curve.high))
    band: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": x + x[::-1],
        "y": high + low[::-1],
        "fill": "toself",
        "fillcolor": style.tint(0.11),
        "line": {"width": 0},
        "meta": style.id,
        "hoverinfo": "skip",
    }
    return [band]


def level_line(x: Sequence[float], y: float) -> Trace:
    """Return a thin dashed horizontal line; its colour is the theme's ink."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [min(x), max(x)],
        "y": [y, y],
        "line": {"width": 1.2, "dash": "7px,4px"},
        "hoverinfo": "skip",
    }


def line_label(y: float, text: str) -> Layout:
    """Return the words that stand over the left end of a horizontal line."""
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": y,
        "xshift": 3,
        "yanchor": "bottom",
        "text": text,
    }


def row_axis(names: Sequence[str]) -> Layout:
    """Return a vertical axis with one row per name, the first on top; long names are cut."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": [plain(shortened(name)) for name in names],
        "range": [len(names) - 0.4, -0.6],
        "showgrid": False,
        "ticks": "",
    }


def shortened(name: str, most: int = 22) -> str:
    """Return a name of at most ``most`` signs, its end kept."""
    return name if len(name) <= most else f"{name[: most - 7]}…{name[-6:]}"
