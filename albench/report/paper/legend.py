"""The legend of a figure for paper, laid out here: Plotly's takes room from the plots as it sees fit."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from albench.report.figures.common import escape_markup
from albench.report.paper.style import AXES_OF_PIXELS, SMALL, build_text, estimate_width, fit_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from albench.report.figures.common import Layout, Trace

ROW_HEIGHT = 14
_LINE, _GAP = 28, 12
_FEWEST = 2


@dataclass(frozen=True)
class LegendEntry:
    """A line with its name; ``left`` is in pixels, ``row`` counts from 0."""

    trace: Trace
    text: str
    row: int
    left: float


def arrange_legend(traces: Iterable[Trace], order: Mapping[str, int], width: float) -> list[LegendEntry]:
    """Return one entry for each name of traces, in rows; none where there is nothing to tell apart.

    Parameters
    ----------
    order : mapping
        Name -> its place; names that are not there come last.
    """
    named = {unescape(trace["name"]): trace for trace in traces if "name" in trace}
    if len(named) < _FEWEST:
        return []
    texts = {name: fit_text(name, SMALL, width - _LINE - _GAP) for name in named}
    widths = {name: _LINE + _GAP + estimate_width(texts[name], SMALL) for name in named}
    rows: list[list[str]] = [[]]
    for name in sorted(named, key=lambda name: order.get(name, len(order))):
        if rows[-1] and sum(widths[other] for other in rows[-1]) + widths[name] > width:
            rows.append([])
        rows[-1].append(name)
    entries = []
    for row, names in enumerate(rows):
        left = (width - sum(widths[name] for name in names)) / 2
        for name in names:
            entries.append(LegendEntry(named[name], texts[name], row, left))
            left += widths[name]
    return entries


def build_legend_lines(entries: Sequence[LegendEntry], top: float) -> list[Trace]:
    """Return a short line with a marker in its middle for each entry, or the marker alone."""
    return [_build_line(entry, top + (entry.row + 0.5) * ROW_HEIGHT) for entry in entries]


def _build_line(entry: LegendEntry, y: float) -> Trace:
    trace = {key: entry.trace[key] for key in ("type", "mode", "line") if key in entry.trace}
    marker = {key: value for key, value in entry.trace.get("marker", {}).items() if key != "maxdisplayed"}
    middle, size = entry.left + _LINE / 2, marker.get("size", 0)
    if "lines" not in trace["mode"]:
        return trace | AXES_OF_PIXELS | {"x": [entry.left + _LINE - size], "y": [y], "marker": marker}
    ends = {"x": [entry.left, middle, entry.left + _LINE], "y": [y] * 3}
    return trace | AXES_OF_PIXELS | ends | {"marker": marker | {"size": [0, size, 0]}}


def build_legend_names(entries: Sequence[LegendEntry], top: float) -> list[Layout]:
    """Return the names beside the lines."""
    return [
        build_text(
            escape_markup(entry.text),
            entry.left + _LINE + 2,
            top + (entry.row + 0.5) * ROW_HEIGHT,
            SMALL,
            "left middle",
        )
        for entry in entries
    ]
