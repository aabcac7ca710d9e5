"""Figures on paper: 8 pt text, thin lines, readable without colour; text and lines at pixels of a figure."""

from __future__ import annotations

import math
from html import unescape
from typing import TYPE_CHECKING, Any

from albench.report.figures.common import shorten_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.report.figures.common import Layout, Trace
    from albench.report.html.palette import Style


_POINT = 96 / 72  # a pixel is 1/96 inch, on screen, in an SVG and in a PDF
_MILLIMETRE = 96 / 25.4
COLUMN_WIDTHS = {1: math.floor(85 * _MILLIMETRE), 2: math.floor(178 * _MILLIMETRE)}
"""Width in pixels of a figure over one column of a two-column paper, and over both."""
PLOT_HEIGHTS, SMALL_PLOT_HEIGHT = {1: 150, 2: 220}, 95
"""Of a panel alone, by columns, and of one among several."""

TITLE, TEXT, SMALL = 9 * _POINT, 8 * _POINT, 7 * _POINT
FONT = 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif'
INK = "#000000"
_THINNER = 0.6  # a line of 2 px on the page is 0.9 pt in print
# Widths of characters of a wide font (DejaVu Sans), in units of its size.
_NARROW, _WIDE, _USUAL, _BOLD = 0.4, 0.97, 0.64, 1.12
_NARROW_SIGNS, _WIDE_SIGNS = frozenset("fijlrtI.,:;'|!()[] -"), frozenset("mwMW@%\u2026\u2212+=<>")
# Seven against five dashes: the first thirty-five strategies differ in one of the two.
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "triangle-down", "star")
_MARKER, _MOST_MARKERS = 5.5, 6
_SHORTEST = 9  # characters of a name


def choose_symbols(styles: Mapping[str, Style]) -> dict[str, str]:
    """Return the marker of each strategy but the baseline."""
    contenders = [label for label, style in styles.items() if not style.baseline]
    return {label: SYMBOLS[place % len(SYMBOLS)] for place, label in enumerate(contenders)}


def estimate_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how many pixels a text takes at most in a usual font."""
    widths = (_NARROW if sign in _NARROW_SIGNS else _WIDE if sign in _WIDE_SIGNS else _USUAL for sign in text)
    return size * sum(widths) * (_BOLD if bold else 1)


def fit_text(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """Return a text, shortened if it takes more pixels than there are."""
    n = len(text)
    while n > _SHORTEST and estimate_width(shorten_name(text, n), size, bold=bold) > width:
        n -= 1
    return shorten_name(text, n)


def build_template() -> dict[str, Any]:
    """Return the page's Plotly template for paper, in the sizes of print."""
    from albench.report.html.theme import PAPER

    template = PAPER.build_template()
    layout = template["layout"]
    layout["font"] = {"family": FONT, "size": TEXT, "color": INK}
    layout["paper_bgcolor"] = "white"
    layout["margin"] = {"l": 0, "r": 0, "t": 0, "b": 0}
    for axis in (layout["xaxis"], layout["yaxis"]):
        axis |= {
            "automargin": False,
            "tickfont": {"size": SMALL, "color": INK},
            "linecolor": PAPER.muted,
            "tickcolor": PAPER.muted,
            "linewidth": 0.75,
            "tickwidth": 0.75,
            "ticklen": 3,
            "gridwidth": 0.5,
            "zerolinewidth": 0.75,
        }
    layout["annotationdefaults"] |= {"font": {"size": SMALL, "color": INK}, "bgcolor": "rgba(0,0,0,0)"}
    return template


def restyle_trace(trace: Trace, symbols: Mapping[str, str]) -> Trace:
    """Return a trace of the page in the line widths of print; a strategy's line and point get its marker."""
    restyled = dict(trace)
    marker = dict(trace.get("marker", {}))
    if "line" in trace:
        restyled["line"] = _thin_line(trace["line"])
    if "size" in marker:
        marker["size"] *= _THINNER
    if trace.get("mode") == "markers+text":
        # Names beside points that lie close together would cover each other.
        restyled |= {"mode": "markers", "name": trace["text"][0], "text": []}
    symbol = symbols.get(unescape(restyled.get("name", "")))
    if symbol and trace.get("mode") == "lines":
        restyled["mode"] = "lines+markers"
        marker |= {"size": _MARKER, "maxdisplayed": _MOST_MARKERS, "color": trace["line"]["color"]}
    if symbol:
        marker["symbol"] = symbol
    if marker:
        restyled["marker"] = marker
    for error in ("error_x", "error_y"):
        if error in trace:
            restyled[error] = trace[error] | {"thickness": trace[error]["thickness"] * _THINNER}
    return restyled


def restyle_item(item: Layout) -> Layout:
    """Return an annotation or a shape of the page in the sizes of print."""
    restyled = dict(item)
    if "text" in item:
        restyled["font"] = item.get("font", {}) | {"size": SMALL}
    if "arrowwidth" in item:
        restyled["arrowwidth"] = item["arrowwidth"] * _THINNER
    if "line" in item:
        restyled["line"] = _thin_line(item["line"])
    return restyled


def _thin_line(line: dict[str, Any]) -> dict[str, Any]:
    return line | {"width": round(line["width"] * _THINNER, 2)} if "width" in line else line


_AXES = "99"  # behind those of any number of panels
AXES_OF_PIXELS: Trace = {"xaxis": f"x{_AXES}", "yaxis": f"y{_AXES}"}


def build_canvas(width: int, height: int) -> Layout:
    """Return the layout of a figure whose pixels are the units of two axes of their own."""
    return {
        "template": build_template(),
        "width": width,
        "height": height,
        f"xaxis{_AXES}": {"visible": False, "range": [0, width], "anchor": f"y{_AXES}"},
        f"yaxis{_AXES}": {"visible": False, "range": [height, 0], "anchor": f"x{_AXES}"},
    }


def build_text(text: str, x: float, y: float, size: float, anchors: str) -> Layout:
    """Return text, free of markup but its own, at a point; ``anchors`` as ``"left top"``."""
    x_anchor, y_anchor = anchors.split()
    return {
        "text": text,
        "font": {"size": size, "color": INK},
        "xref": f"x{_AXES}",
        "yref": f"y{_AXES}",
        "x": x,
        "y": y,
        "xanchor": x_anchor,
        "yanchor": y_anchor,
    }


def build_path(points: list[tuple[float, float]], colour: str, width: float) -> Layout:
    """Return a line through points."""
    path = "L".join(f"{x} {y}" for x, y in points)
    line = {"color": colour, "width": width}
    return {"type": "path", "path": f"M{path}", "line": line, "xref": f"x{_AXES}", "yref": f"y{_AXES}"}
