"""What figures share: panels, safe text, lines with bands, marks over them, Plotly's check of properties."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from albench.analysis.evidence.cells import Curve, Interval
    from albench.report.html.palette import Style


Trace = dict[str, Any]
Layout = dict[str, Any]
_BARE_AXIS = {"visible": False, "showgrid": False}
SMALL_LAYOUT: Layout = {
    "hovermode": "x unified",
    "xaxis": _BARE_AXIS,
    "yaxis": _BARE_AXIS,
    "margin": {"l": 2, "r": 6, "t": 4, "b": 4},
}
"""Of small pictures side by side: no axes, hardly a margin."""


@dataclass(frozen=True)
class FigurePanel:
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


_WORDS = frozenset({"text", "name", "meta"})
_PAIR = 2
_DECADES = 2.5  # a log axis over more of them has a tick a decade


def escape_markup(text: str) -> str:
    """Return text in which Plotly finds no markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def check_figure(data: Sequence[Trace], layout: Layout) -> dict[str, Any]:
    """Return a figure after Plotly has checked the name and the value of every property.

    Of arrays the first item is checked, once for all figures that differ in their numbers alone.

    Raises
    ------
    ValueError
        For a property that Plotly does not know.
    """
    for trace in data:
        _check_properties(json.dumps({"data": [_reduce_arrays(trace)]}))
    _check_properties(json.dumps({"layout": _reduce_arrays(layout)}))
    return {"data": list(data), "layout": layout}


def _reduce_arrays(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "" if key in _WORDS else _reduce_arrays(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = value if len(value) <= _PAIR or isinstance(value[0], dict) else value[:1]
        return [_reduce_arrays(item) for item in items]
    return 0.5 if isinstance(value, float) else value


@lru_cache(maxsize=4096)
def _check_properties(figure: str) -> None:
    from plotly.graph_objects import Figure

    Figure(**json.loads(figure))


def count_decimals(curves: Sequence[Curve]) -> int:
    """Return how many decimals tell a thousand levels of a panel of these curves apart."""
    ends = [(float(curve.mean.min()), float(curve.mean.max())) for curve in curves if curve.mean.size]
    span = max((high for _, high in ends), default=0.0) - min((low for low, _ in ends), default=0.0)
    return max(0, 3 - math.floor(math.log10(span))) if math.isfinite(span) and span > 0 else 5


def build_line(curve: Curve, style: Style, decimals: int = 5) -> Trace:
    """Return the mean of a curve as a line."""
    return {
        "type": "scatter",
        "mode": "lines" if curve.n_labels.size > 1 else "markers",
        "x": curve.n_labels.tolist(),
        "y": curve.mean.round(decimals).tolist(),
        "name": escape_markup(style.label),
        "meta": style.id,
        "line": {"color": style.colour, "width": 2, "dash": style.plotly_dash},
        "marker": {"color": style.colour, "size": 7},
        "hovertemplate": "%{y:.4~g}",
    }


def build_points(x: list[Any], y: list[Any], words: Iterable[str], mode: str = "markers") -> Trace:
    """Return points that say some words each to those who point at them."""
    return {
        "type": "scatter",
        "mode": mode,
        "x": x,
        "y": y,
        "text": [escape_markup(text) for text in words],
        "hovertemplate": "%{text}<extra></extra>",
    }


def build_bands(curve: Curve, style: Style, decimals: int = 5) -> list[Trace]:
    """Return the pointwise interval of a curve as a band, in parts where it has none in between."""
    has_interval = np.isfinite(curve.low) & np.isfinite(curve.high)
    parts = np.split(np.arange(has_interval.size), np.flatnonzero(np.diff(has_interval)) + 1)
    ends = curve.n_labels, curve.low.round(decimals), curve.high.round(decimals)
    bands = []
    for part in parts:
        if len(part) > 1 and has_interval[part[0]]:
            x, low, high = (of[part].tolist() for of in ends)
            bands.append(build_area(x, low, high, style, meta=style.id))
    return bands


def build_area(x: list[float], low: list[float], high: list[float], style: Style, **properties: Any) -> Trace:
    """Return the area between two lines, in the tint of a strategy."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x + x[::-1],
        "y": high + low[::-1],
        "fill": "toself",
        "fillcolor": style.format_tint(0.11),
        "line": {"width": 0},
        **properties,
        "hoverinfo": "skip",
    }


def drop_links(traces: Sequence[Trace]) -> list[Trace]:
    """Return traces that the legend of the page leaves alone."""
    return [{name: value for name, value in trace.items() if name != "meta"} for trace in traces]


def measure_arms(value: float, interval: Interval | None) -> tuple[float, float]:
    """Return how far an interval reaches below a value and above it; not at all if there is none."""
    return (value - interval.low, interval.high - value) if interval else (0.0, 0.0)


def build_whiskers(arms: Sequence[tuple[float, float]], style: Style) -> Layout:
    """Return the reach of each point's interval below and above it."""
    return {
        "type": "data",
        "symmetric": False,
        "arrayminus": [below for below, _ in arms],
        "array": [above for _, above in arms],
        "color": style.colour,
        "thickness": 1.6,
        "width": 0,
    }


def build_level_line(x: Sequence[float], y: float) -> Trace:
    """Return a thin dashed horizontal line; its colour is the theme's ink."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [min(x), max(x)],
        "y": [y, y],
        "line": {"width": 1.2, "dash": "7px,4px"},
        "hoverinfo": "skip",
    }


def build_line_label(y: float, text: str) -> Layout:
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


def build_log_axis(
    values: Sequence[float | None], title: str, format_tick: Callable[[float], str], *, right: float
) -> Layout:
    """Return a log axis over the positive values, ``right`` of its width kept free at the end for words."""
    powers = [math.log10(value) for value in values if value is not None and value > 0]
    low, high = (min(powers), max(powers)) if powers else (-3.0, 0.0)
    if high - low < 1:
        low, high = low - (1 - high + low) / 2, high + (1 - high + low) / 2
    low, high = low - 0.06 * (high - low), high + right * (high - low)
    steps = (1,) if high - low > _DECADES else (1, 3)
    ticks = [step * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for step in steps]
    visible = [tick for tick in ticks if low <= math.log10(tick) <= high]
    return {
        "type": "log",
        "range": [low, high],
        "tickmode": "array",
        "tickvals": visible,
        "ticktext": [format_tick(tick) for tick in visible],
        "title": {"text": title},
        "showgrid": True,
    }


def build_row_axis(names: Sequence[str]) -> Layout:
    """Return a vertical axis with one row per name, the first on top; long names are cut."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": [escape_markup(shorten_name(name)) for name in names],
        "range": [len(names) - 0.4, -0.6],
        "showgrid": False,
        "ticks": "",
    }


def shorten_name(name: str, most: int = 22) -> str:
    """Return a name of at most ``most`` signs, its end kept."""
    return name if len(name) <= most else f"{name[: most - 7]}…{name[-6:]}"


MARK_FONT = {"size": 13, "weight": 700}


def build_arrow(start: tuple[float, float], end: tuple[float, float], colour: str, width: float) -> Layout:
    """Return an arrow from a point to another one, without words."""
    return {
        "x": end[0],
        "y": end[1],
        "ax": start[0],
        "ay": start[1],
        "xref": "x",
        "yref": "y",
        "axref": "x",
        "ayref": "y",
        "text": "",
        "showarrow": True,
        "arrowhead": 2,
        "arrowsize": 1.1,
        "arrowwidth": width,
        "arrowcolor": colour,
    }


def build_bar(x: float, low: float, high: float, colour: str, words: str) -> Layout:
    """Return the shape of a thick vertical line, and its words at the left if there are any."""
    line = {"color": colour, "width": 4}
    bar = {"type": "line", "x0": x, "x1": x, "y0": low, "y1": high, "line": line}
    beside = {"x": x, "y": (low + high) / 2, "xanchor": "right", "xshift": -8}
    label = {**beside, "text": words, "font": MARK_FONT}
    return {"shapes": [bar], "annotations": [label] if words else []}


def build_vertical_line(x: float, line: Layout) -> Layout:
    """Return a line over the whole height."""
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def build_foot_label(x: float, text: str, xshift: int = 3) -> Layout:
    """Return words at the right of the foot of a vertical line."""
    beside = {"x": x, "xanchor": "left", "xshift": xshift}
    return {**beside, "yref": "paper", "y": 0, "yanchor": "bottom", "text": text}
