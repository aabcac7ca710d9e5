"""The leaderboard of streams: its lines, and the same as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench.report.html.palette import Style, build_styles
from albench.report.tables.leaderboard import find_scale, mark_interval, read_path
from albench.tables import (
    RECOVERY_LEADERBOARD,
    STREAM_LEADERBOARD,
    STREAM_METRICS,
    build_schema,
    pair_with_random,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import polars as pl

    from albench.analysis.streams.evidence.conclusions import StreamRow, StreamSliceEvidence
    from albench.report.tables.leaderboard import IntervalMark
    from albench.tables import LeaderboardColumn

MOST_ROWS = 6


@dataclass(frozen=True)
class StreamLine:
    """A row of the evidence with what the page draws of it."""

    of: StreamRow
    style: Style
    mark: IntervalMark | None


def build_stream_styles(strategies: tuple[str, ...]) -> Mapping[str, Style]:
    """Return the style of each strategy; none is a baseline, since each has a random of its own."""
    return build_styles(strategies, "")


def build_stream_lines(evidence: StreamSliceEvidence) -> tuple[StreamLine, ...]:
    """Return the lines of a slice, the best first."""
    styles = build_stream_styles(evidence.strategies)
    scale = find_scale(line.row for line in evidence.rows)
    return tuple(
        StreamLine(line, styles[line.row.strategy], mark_interval(line.row, scale)) for line in evidence.rows
    )


def choose_lines(evidence: StreamSliceEvidence, highlighted: Collection[str]) -> tuple[StreamLine, ...]:
    """Return the first line, those that are highlighted and those that come next, in their order."""
    lines = build_stream_lines(evidence)
    names = [line.of.row.strategy for line in lines]
    own = [name for name in names if name in highlighted]
    chosen = list(dict.fromkeys([*names[:1], *own, *names]))[:MOST_ROWS]
    return tuple(line for line in lines if line.of.row.strategy in chosen)


def build_stream_leaderboard_table(evidence: StreamSliceEvidence) -> pl.DataFrame:
    """Return the leaderboard of a slice as a table, a row a strategy (``STREAM_LEADERBOARD``)."""
    import polars as pl

    metrics = pair_with_random(STREAM_METRICS)
    further = RECOVERY_LEADERBOARD if any(line.recovery for line in evidence.rows) else ()
    rows = [
        [*_read_values(line, STREAM_LEADERBOARD), *_read_levels(line), *_read_values(line, further)]
        for line in evidence.rows
    ]
    schema = build_schema("stream_leaderboard", metrics, further)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _read_values(line: StreamRow, columns: Sequence[LeaderboardColumn]) -> list[Any]:
    return [read_path(line, column.value) for column in columns]


def _read_levels(line: StreamRow) -> list[float | None]:
    levels = [line.levels.get(name, (None, None)) for name in STREAM_METRICS]
    return [value for pair in levels for value in pair]
