"""What a notebook shows of results on streams: the answer, a small leaderboard, what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.streams.wording import format_share
from albench.report.html.numbers import format_count, format_level, format_signed, format_span
from albench.report.notebook_view import format_row, format_view
from albench.report.streams.leaderboard import build_stream_lines, build_stream_styles, choose_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from albench.analysis.streams import StreamEvidence, StreamRow

_TITLES = ("strategy", "random", "difference", "labels bought")


def format_stream_results_html(
    evidence: StreamEvidence,
    answer: Sequence[str],
    failures: Sequence[str],
    *,
    highlighted: Collection[str],
    page: Path,
) -> str:
    """Return the answer as HTML, its verdict in bold, over the table of the page's first screen.

    Parameters
    ----------
    evidence : StreamEvidence
    answer : sequence of str
        Its sentences, the verdict first.
    failures : sequence of str
        What failed, in lines.
    highlighted : collection of str
        Strategies that the table always has.
    page : Path
        Where the page is, or will be.
    """
    primary = evidence.primary
    every = build_stream_lines(primary, build_stream_styles(primary.strategies))
    lines = choose_lines(every, highlighted)
    titles = (_TITLES[0], primary.slice.metric, *_TITLES[1:])
    body = "".join(format_row("td", _list_cells(line.of)) for line in lines)
    n_more = len(every) - len(lines)
    more = f"{format_count(n_more, 'more strategy', 'more strategies')}, " if n_more else ""
    table = (
        f"<table><thead>{format_row('th', titles)}</thead><tbody>{body}</tbody></table>"
        f"<div>{more}tests and recovery: <code>results.leaderboard()</code></div>"
    )
    return format_view(answer, table, failures, page)


def _list_cells(line: StreamRow) -> tuple[str, ...]:
    row = line.row
    difference = format_signed(row.difference, "nothing paired")
    if row.difference is not None:
        difference += f" {format_span(row.interval_these)}"
    bought = format_share(line.spending.share) if line.spending else "none"
    return row.strategy, format_level(row.area), format_level(line.random_level), difference, bought
