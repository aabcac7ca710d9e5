"""What a strategy costs: seconds of fitting and querying, and gain against the price of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.report.figures.common import (
    FigurePanel,
    build_log_axis,
    build_points,
    build_row_axis,
    check_figure,
    escape_markup,
    shorten_name,
)
from albench.report.html.numbers import format_seconds, format_signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence.rows import Row
    from albench.report.figures.common import Layout, Trace
    from albench.report.html.palette import Style

FIT, QUERY = "circle-open", "circle"


def build_time_panel(rows: Sequence[Row], styles: Mapping[str, Style]) -> FigurePanel:
    """Return fit and query seconds of a trial, one row per strategy, on a log axis."""
    seconds = [value for row in rows for value in (row.fit_s, row.query_s)]
    layout: Layout = {
        "xaxis": build_log_axis(seconds, "CPU time of a trial", format_seconds, right=0.06),
        "yaxis": build_row_axis([row.strategy for row in rows]),
    }
    data = [_build_times(place, row, styles[row.strategy]) for place, row in enumerate(rows)]
    alt = "; ".join(
        f"{row.strategy}: fits {format_seconds(row.fit_s)}, queries {format_seconds(row.query_s)}"
        for row in rows
    )
    title = "A trial's fits (ring) and queries (dot)"
    return FigurePanel("cost-time", title, alt, check_figure(data, layout), height=80 + 28 * len(rows))


def _build_times(place: int, row: Row, style: Style) -> Trace:
    marks = [
        (value, symbol, f"{word} {format_seconds(value)}")
        for value, symbol, word in ((row.fit_s, FIT, "fits"), (row.query_s, QUERY, "queries"))
        if value is not None and value > 0
    ]
    seconds, words = [value for value, _, _ in marks], [f"{row.strategy}: {text}" for _, _, text in marks]
    marker = {
        "symbol": [symbol for _, symbol, _ in marks],
        "size": 10,
        "color": style.colour,
        "line": {"color": style.colour, "width": 1.6},
    }
    return build_points(seconds, [place] * len(marks), words) | {"meta": style.id, "marker": marker}


def build_gain_panel(rows: Sequence[Row], styles: Mapping[str, Style], metric: str) -> FigurePanel:
    """Return each strategy's mean difference to random against its seconds per queried label."""
    longest = max((len(shorten_name(row.strategy)) for row in rows), default=0)
    drawn = [row for row in rows if row.difference is not None and (row.query_s_per_label or 0) > 0]
    layout: Layout = {
        "xaxis": build_log_axis(
            [row.query_s_per_label for row in drawn],
            "CPU time of querying one label",
            format_seconds,
            right=0.1 + 0.025 * longest,
        ),
        "yaxis": {
            "title": {"text": f"gain in {escape_markup(metric)} over random"},
            "zeroline": True,
            "tickformat": ".3~g",
        },
    }
    data = [_build_gain(row, styles[row.strategy]) for row in drawn]
    alt = "; ".join(
        f"{row.strategy}: {format_signed(row.difference)} for {format_seconds(row.query_s_per_label)} a label"
        for row in drawn
    )
    return FigurePanel("cost-gain", "What the gain costs", alt, check_figure(data, layout), height=320)


def _build_gain(row: Row, style: Style) -> Trace:
    interval, here = row.interval_these, row.difference or 0.0
    words = (
        f"{row.strategy}: {format_signed(row.difference)}, {format_seconds(row.query_s_per_label)} a label"
    )
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [row.query_s_per_label],
        "y": [here],
        "text": [escape_markup(shorten_name(row.strategy))],
        "textposition": "middle right",
        "hovertext": [escape_markup(words)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "meta": style.id,
        "marker": {"size": 10, "color": style.colour},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [interval.high - here if interval else 0.0],
            "arrayminus": [here - interval.low if interval else 0.0],
            "color": style.colour,
            "thickness": 1.4,
            "width": 0,
        },
    }
