"""Tables and figures of streams for a paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.narrative.streams.wording import format_share
from albench.report.html import numbers
from albench.report.html.embed import format_table_csv
from albench.report.paper.arrangement import arrange_alone
from albench.report.paper.compose import PaperFigure, compose_panels, compose_side_by_side
from albench.report.paper.markup import NONE, format_rows
from albench.report.streams.figures import HOLDOUT, build_answer_picture, build_stream_figures
from albench.report.streams.leaderboard import (
    build_stream_leaderboard_table,
    build_stream_styles,
    choose_lines,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from albench.analysis.streams.evidence.conclusions import StreamRow, StreamSliceEvidence
    from albench.report.tables.export import TableFormat

_TITLES = ("Difference", "95 % interval", "p (Holm)", "Recovery", "Random's", "Labels bought")


def export_stream_table(evidence: StreamSliceEvidence, form: TableFormat, kind: str) -> str:
    """Return the leaderboard of a slice as text, the best strategy first.

    Raises
    ------
    ResultsError
        If another table is asked for than the leaderboard.
    """
    if kind != "leaderboard":
        raise ResultsError(
            f"'{kind}' is a table of pools; streams have the leaderboard, and every stream by strategy is in "
            "the table stream_trials"
        )
    if form == "csv":
        return format_table_csv(build_stream_leaderboard_table(evidence))
    of = evidence.slice
    titles = ["Strategy", of.metric, "Random's", *_TITLES]
    setting = (
        f"{of.metric}, {of.model}, budget {format_share(of.budget)}, {of.oracle} oracle, drift {of.drift} "
        f"on {', '.join(evidence.datasets)}"
    )
    return format_rows([titles, *map(_format_line, evidence.rows)], form, setting)


def _format_line(line: StreamRow) -> list[str]:
    row, recovery = line.row, line.recovery
    return [
        row.strategy,
        numbers.format_level(row.area, NONE),
        numbers.format_level(line.random_level, NONE),
        numbers.format_signed(row.difference, NONE),
        numbers.format_span(row.interval_these, NONE),
        numbers.format_p_value(row.p_these, NONE),
        _format_rows(recovery.median if recovery else None),
        _format_rows(recovery.median_random if recovery else None),
        format_share(line.spending.share) if line.spending else NONE,
    ]


def _format_rows(rows: float | None) -> str:
    return NONE if rows is None else f"{rows:,.0f}"


def compose_stream_figures(
    evidence: StreamSliceEvidence, n_columns: int, highlighted: Collection[str]
) -> Iterator[PaperFigure]:
    """Yield the picture of the answer; curves, spending and those on rows kept apart of all streams.

    Panels side by side are over both columns in any case.
    """
    styles, metric = build_stream_styles(evidence.strategies), evidence.slice.metric
    order = [line.row.strategy for line in evidence.rows]
    alone = replace(arrange_alone(n_columns, order, styles), y_title=metric)
    shown = [line.style for line in choose_lines(evidence, highlighted)]
    picture = build_answer_picture(evidence, shown, metric)
    if picture is not None:
        yield compose_panels("answer", [picture], alone)
        figures = build_stream_figures(evidence, styles, metric)
        yield compose_side_by_side("curves", figures.levels, alone)
        yield compose_side_by_side(
            "spending", figures.spending, replace(alone, y_title="labels bought, share of rows")
        )
        if figures.holdout:
            yield compose_side_by_side("holdout", figures.holdout, replace(alone, y_title=HOLDOUT))
