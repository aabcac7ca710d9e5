"""Panels of the page as one figure for paper: side by side, on white, over one legend."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING, Any

from albench.report.figures.common import escape_markup
from albench.report.paper.legend import (
    ROW_HEIGHT,
    LegendEntry,
    arrange_legend,
    build_legend_lines,
    build_legend_names,
)
from albench.report.paper.style import (
    COLUMN_WIDTHS,
    SMALL,
    SMALL_PLOT_HEIGHT,
    TEXT,
    TITLE,
    build_canvas,
    build_text,
    estimate_width,
    fit_text,
    restyle_item,
    restyle_trace,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.report.figures.common import FigurePanel, Layout, Trace
    from albench.report.paper.arrangement import Arrangement

# Room for text, in pixels: Plotly's margins would grow at the cost of the plots, in each file as it sees fit.
_TITLE_ROOM, _LABELS_ROOM, _AXIS_TITLE_ROOM = 20, 16, 15
_EDGE, _GAP = 10, 14
_TICK, _N_TICKS, _APART = 6, 6, 3
_MOST_ACROSS = 4


@dataclass(frozen=True)
class PaperFigure:
    """A figure for a paper.

    Attributes
    ----------
    name : str
        Says what is in it: the file's name without its ending.
    figure : dict
        Plotly's ``data`` and ``layout``, the latter with width and height in pixels of 1/96 inch.
    """

    name: str
    figure: dict[str, Any]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.figure["layout"]["width"], self.figure["layout"]["height"]


@dataclass(frozen=True)
class _Box:
    """The plot of a panel within a figure: pixels from the left and from the top."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


@dataclass(frozen=True)
class _Sheet:
    """Where everything lies in a figure of panels."""

    panels: Sequence[FigurePanel]
    arrangement: Arrangement

    @cached_property
    def traces(self) -> list[list[Trace]]:
        """The traces of each panel, restyled."""
        return [[self._restyle_trace(trace) for trace in panel.figure["data"]] for panel in self.panels]

    def _restyle_trace(self, trace: Trace) -> Trace:
        restyled = restyle_trace(trace, self.arrangement.symbols)
        is_level_line = trace.get("mode") == "lines" and not trace.keys() & {"name", "meta"}
        if self.arrangement.reference and is_level_line:
            restyled["name"] = self.arrangement.reference
        return restyled

    @cached_property
    def legend(self) -> list[LegendEntry]:
        traces = (trace for panel in self.traces for trace in panel)
        return arrange_legend(traces, self.arrangement.order, self.arrangement.width)

    @cached_property
    def layouts(self) -> list[Layout]:
        return [panel.figure["layout"] for panel in self.panels]

    @cached_property
    def x_title(self) -> str:
        titles = dict.fromkeys(_read_title(layout, "xaxis") for layout in self.layouts)
        return self.arrangement.x_title or unescape(" / ".join(titles))

    @cached_property
    def y_title(self) -> str:
        return self.arrangement.y_title or unescape(_read_title(self.layouts[0], "yaxis"))

    @cached_property
    def shares_rows(self) -> bool:
        """True if the rows of all panels have the same names, which stand at the left only."""
        return "ticktext" in self.layouts[0]["yaxis"]

    @cached_property
    def boxes(self) -> list[_Box]:
        n_across, width = self.arrangement.n_across, self.arrangement.width
        labels = max(_measure_labels(panel) for panel in self.panels)
        first = labels + (_AXIS_TITLE_ROOM if self.y_title else 0)
        later = _GAP if self.shares_rows else labels
        each = (width - first - (n_across - 1) * later) / n_across - _EDGE
        row_height = _TITLE_ROOM + self.arrangement.plot_height + _LABELS_ROOM
        return [
            _Box(
                first + (place % n_across) * (each + later + _EDGE),
                (place // n_across) * row_height + _TITLE_ROOM,
                each,
                self.arrangement.plot_height,
            )
            for place in range(len(self.panels))
        ]

    @cached_property
    def top_of_x_title(self) -> float:
        return self.boxes[-1].bottom + _LABELS_ROOM

    @cached_property
    def top_of_legend(self) -> float:
        return self.top_of_x_title + (_AXIS_TITLE_ROOM if self.x_title else 0)

    @cached_property
    def height(self) -> int:
        n_legend_rows = self.legend[-1].row + 1 if self.legend else 0
        return math.ceil(self.top_of_legend + n_legend_rows * ROW_HEIGHT + _EDGE / 2)


def _read_title(layout: Layout, axis: str) -> str:
    return str(layout.get(axis, {}).get("title", {}).get("text", ""))


def _measure_labels(panel: FigurePanel) -> float:
    """Return the room that the labels of the vertical axis of a panel take, with their ticks."""
    axis = panel.figure["layout"]["yaxis"]
    if "ticktext" in axis:
        labels = axis["ticktext"]
    else:
        labels = ["100%"] if "%" in axis.get("tickformat", "") else _guess_numbers(panel.figure["data"])
    return max(estimate_width(unescape(label), SMALL) for label in labels) + _TICK


def _guess_numbers(data: Sequence[Trace]) -> list[str]:
    """Return numbers that are as long as those that Plotly writes along an axis of the data."""
    values = [y for trace in data for y in trace["y"] if y is not None and math.isfinite(y)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    exponent = math.floor(math.log10((high - low) / _N_TICKS)) if high > low else -3
    return [f"{end:.{max(0, -exponent)}f}" for end in (low, high)]


def compose_panels(name: str, panels: Sequence[FigurePanel], arrangement: Arrangement) -> PaperFigure:
    """Return panels of the page as one figure in which strategies share a legend."""
    sheet = _Sheet(panels, arrangement)
    layout = build_canvas(arrangement.width, sheet.height) | {"showlegend": False}
    words = [*_build_axis_titles(sheet), *build_legend_names(sheet.legend, sheet.top_of_legend)]
    data = build_legend_lines(sheet.legend, sheet.top_of_legend)
    shapes: list[Layout] = []
    for place, own in enumerate(sheet.layouts):
        suffix = str(place + 1) if place else ""
        data += [trace | {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"} for trace in sheet.traces[place]]
        layout |= _build_axes(sheet, place, suffix)
        words.append(_build_panel_title(sheet, place))
        if not arrangement.reference:
            words += [_move_item(item, suffix) for item in own.get("annotations", ())]
        shapes += [_move_item(item, suffix) for item in own.get("shapes", ())]
    return PaperFigure(name, {"data": data, "layout": layout | {"annotations": words, "shapes": shapes}})


def compose_side_by_side(
    name: str, panels: Sequence[FigurePanel], alone: Arrangement, plot_height: float = SMALL_PLOT_HEIGHT
) -> PaperFigure:
    """Return several panels over both columns, in rows that are as full as can be; a single one alone."""
    if len(panels) == 1:
        return compose_panels(name, panels, alone)
    n_rows = -(-len(panels) // _MOST_ACROSS)
    n_across = -(-len(panels) // n_rows)
    across = replace(alone, width=COLUMN_WIDTHS[2], plot_height=plot_height, n_across=n_across)
    return compose_panels(name, panels, across)


def _build_axes(sheet: _Sheet, place: int, suffix: str) -> Layout:
    box, layout, width = sheet.boxes[place], sheet.layouts[place], sheet.arrangement.width
    x_axis = {key: value for key, value in layout.get("xaxis", {}).items() if key != "title"}
    y_axis = {key: value for key, value in layout.get("yaxis", {}).items() if key != "title"}
    x_axis |= _thin_ticks(x_axis, box.width)
    x_axis["domain"] = [box.left / width, box.right / width]
    y_axis["domain"] = [1 - box.bottom / sheet.height, 1 - box.top / sheet.height]
    if sheet.shares_rows and place % sheet.arrangement.n_across:
        y_axis["showticklabels"] = False
    return {
        f"xaxis{suffix}": x_axis | {"anchor": f"y{suffix}"},
        f"yaxis{suffix}": y_axis | {"anchor": f"x{suffix}"},
    }


def _thin_ticks(axis: Layout, width: float) -> Layout:
    """Return the ticks whose labels have room in so many pixels; those that come first are wanted most."""
    if "tickvals" not in axis:
        return {}
    low, high = axis["range"]
    scale = math.log10 if axis.get("type") == "log" else float
    kept: dict[float, tuple[float, str]] = {}
    for value, label in zip(axis["tickvals"], axis["ticktext"], strict=True):
        at = scale(value) * width / (high - low)
        if all(abs(at - x) > estimate_width(label + other, SMALL) / 2 + _APART for x, other in kept.values()):
            kept[value] = at, label
    return {"tickvals": list(kept), "ticktext": [label for _, label in kept.values()]}


def _move_item(item: Layout, suffix: str) -> Layout:
    """Return an annotation or a shape of a panel at the axes that the panel has in a figure."""
    moved = restyle_item(item)
    for axis in ("x", "y"):
        if f"a{axis}ref" in item:
            moved[f"a{axis}ref"] = axis + suffix
        is_share = item.get(f"{axis}ref", axis) in ("paper", f"{axis} domain")
        moved[f"{axis}ref"] = f"{axis}{suffix} domain" if is_share else f"{axis}{suffix}"
    return moved


def _build_panel_title(sheet: _Sheet, place: int) -> Layout:
    box, title, width = sheet.boxes[place], sheet.panels[place].title, sheet.arrangement.width
    is_alone = len(sheet.panels) == 1
    size, room = (TITLE, width) if is_alone else (TEXT, box.width + _EDGE)
    text, left = fit_text(title, size, room, bold=True), box.left
    if is_alone:
        # A title that is longer than its plot is wide begins before it.
        left = min(left, max(0.0, width - estimate_width(text, size, bold=True)))
    return build_text(f"<b>{escape_markup(text)}</b>", left, box.top - _TITLE_ROOM, size, "left top")


def _build_axis_titles(sheet: _Sheet) -> list[Layout]:
    first, last = sheet.boxes[0], sheet.boxes[min(sheet.arrangement.n_across, len(sheet.panels)) - 1]
    middle = (first.left + last.right) / 2, (first.top + sheet.boxes[-1].bottom) / 2
    x_title = escape_markup(fit_text(sheet.x_title, TEXT, 2 * (sheet.arrangement.width - middle[0])))
    room = sheet.boxes[-1].bottom - first.top
    size = TEXT if estimate_width(sheet.y_title, TEXT) <= room else SMALL
    y_title = escape_markup(fit_text(sheet.y_title, size, room))
    across = build_text(x_title, middle[0], sheet.top_of_x_title, TEXT, "center top")
    upwards = build_text(y_title, 0, middle[1], size, "left middle") | {"textangle": -90}
    return [title for title in (across, upwards) if title["text"]]
