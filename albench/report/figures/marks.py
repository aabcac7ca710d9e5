"""Marks over the curves of a picture: an arrow, a bar, a vertical line, each with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from albench.report.figures.common import Layout

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
