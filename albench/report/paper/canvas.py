"""Text and lines at pixels of a figure, from its left upper corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.report.paper.style import INK, build_template

if TYPE_CHECKING:
    from albench.report.figures.common import Layout, Trace

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
