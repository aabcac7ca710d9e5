"""What a notebook shows of results on streams: a small leaderboard below the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.streams.wording import format_share
from albench.report.html.numbers import format_level, format_signed, format_span
from albench.report.notebook_view import format_table
from albench.report.streams.leaderboard import build_stream_lines, build_stream_styles, choose_lines

if TYPE_CHECKING:
    from collections.abc import Collection

    from albench.analysis.streams import StreamEvidence, StreamRow

_TITLES = ("strategy", "random", "difference", "labels bought")


def format_first_stream_screen(evidence: StreamEvidence, highlighted: Collection[str]) -> str:
    """Return the table of the page's first screen as HTML, with those that are highlighted."""
    primary = evidence.primary
    every = build_stream_lines(primary, build_stream_styles(primary.strategies))
    lines = choose_lines(every, highlighted)
    titles = (_TITLES[0], primary.slice.metric, *_TITLES[1:])
    rows = (_list_cells(line.of) for line in lines)
    return format_table(titles, rows, len(every) - len(lines), "tests and recovery")


def _list_cells(line: StreamRow) -> tuple[str, ...]:
    row = line.row
    difference = format_signed(row.difference, "nothing paired")
    if row.difference is not None:
        difference += f" {format_span(row.interval_these)}"
    bought = format_share(line.spending.share) if line.spending else "none"
    return row.strategy, format_level(row.area), format_level(line.random_level), difference, bought
