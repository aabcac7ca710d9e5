"""Tables of a report as text for a paper, and as downloads of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from albench.analysis.streams.evidence.conclusions import StreamSliceEvidence
from albench.narrative.wording import describe_undefined
from albench.report.html.embed import format_csv, format_table_csv
from albench.report.paper.markup import NONE, format_rows
from albench.report.tables.grids import list_targets
from albench.report.tables.leaderboard import (
    COLUMNS,
    build_leaderboard,
    build_leaderboard_table,
    format_cell,
    list_columns,
    read_values,
)
from albench.tables import IN_PAPERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Cell, Interval
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.source import ReportSource
    from albench.report.html.embed import Field
    from albench.report.tables.leaderboard import Leaderboard

TableFormat = Literal["markdown", "latex", "csv"]
TableKind = Literal["leaderboard", "levels", "area", "saving"]


def export_table(
    results: ReportSource,
    form: TableFormat,
    axes: Mapping[str, str | int] | None = None,
    *,
    kind: TableKind = "leaderboard",
    at: int | None = None,
) -> str:
    """Return a table of a slice as text, its strategies in the order of the leaderboard.

    CSV has every number in full, with text that a spreadsheet would run as a formula guarded; Markdown and
    LaTeX (``booktabs``) have them rounded as the page has.

    Parameters
    ----------
    results : ReportSource
    form : {"markdown", "latex", "csv"}
    axes : mapping, optional
        Another slice than the primary one, as for :meth:`Results.leaderboard`.
    kind : {"leaderboard", "levels", "area", "saving"}
        A row a strategy; or dataset by strategy: the metric, the area under its curve, labels saved.
    at : int, optional
        Labels at which levels are taken; the budget by default.

    Raises
    ------
    ResultsError
        If curves do not reach ``at``, or an experiment on streams has no such table.
    """
    evidence: SliceEvidence | StreamSliceEvidence = results.evidence.find_slice(axes or {})
    if isinstance(evidence, StreamSliceEvidence):
        from albench.report.streams.export import export_stream_table

        return export_stream_table(evidence, form, kind)
    if kind == "leaderboard":
        return _export_leaderboard(results, evidence, form)
    from albench.report.paper import tables
    from albench.report.paper.markup import format_grid_latex, format_grid_markdown

    if kind == "saving":
        if form == "csv":
            return tables.format_savings_csv(evidence)
        table = tables.build_saving_grid(results, evidence)
    else:
        if form == "csv":
            return tables.format_summaries_csv(tables.read_summaries(results, evidence, kind, at))
        table = tables.build_summary_table(results, evidence, kind, at)
    return format_grid_markdown(table) if form == "markdown" else format_grid_latex(table)


def _export_leaderboard(results: ReportSource, evidence: SliceEvidence, form: TableFormat) -> str:
    if form == "csv":
        return format_table_csv(build_leaderboard_table(evidence))
    setting = ""
    if form == "latex":
        from albench.report.paper.tables import describe_setting

        of, datasets = describe_setting(results, evidence), ", ".join(evidence.datasets)
        setting = f"{evidence.slice.metric}, {of} on {datasets}"
    return format_rows(_list_rows(evidence), form, setting)


def _list_rows(evidence: SliceEvidence) -> list[list[str]]:
    """Return the titles of the columns, then the lines of the leaderboard."""
    columns = [COLUMNS[name] for name in IN_PAPERS]
    verdicts = not evidence.control.fired
    return [
        [column.title for column in columns],
        *(
            [format_cell(line, column, verdicts=verdicts, missing=NONE) for column in columns]
            for line in build_leaderboard(evidence).lines
        ),
    ]


_ENDS = ("saving_low", "saving_high")
_CELL = ("n_repeats", "n_paired", "n_failed", "flat", "area", "difference", "win_rate", "fit_s", "query_s")
_SAVING = ("saving", "labels_strategy", "labels_random", "level", "censored")


def _get_ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def format_leaderboard_csv(board: Leaderboard, *, verdicts: bool) -> str:
    """Return the leaderboard as CSV; wins, losses and p are empty where the verdicts are withheld."""
    names = [column.name for column in list_columns(board)]
    return format_csv(names, [read_values(line, verdicts=verdicts) for line in board.lines])


def format_cells_csv(evidence: SliceEvidence, *, verdicts: bool) -> str:
    """Return dataset by strategy as CSV, one line a cell, savings at every target among the columns."""
    targets = list_targets(evidence)
    header = ["dataset", "strategy", *_CELL, "low", "high", *(("verdict",) if verdicts else ())]
    header += [f"{name}_{target}" for target in targets for name in (*_SAVING, "undefined", *_ENDS)]

    def list_fields(cell: Cell) -> list[Field]:
        fields: list[Field] = [cell.dataset, cell.strategy, *(getattr(cell, name) for name in _CELL)]
        fields += [*_get_ends(cell.interval), *((cell.verdict,) if verdicts else ())]
        savings = {saving.target: saving for saving in cell.savings}
        for target in targets:
            saving = savings.get(target)
            fields += [getattr(saving, name, None) for name in _SAVING]
            fields.append(describe_undefined(saving.undefined) if saving and saving.undefined else None)
            fields += _get_ends(saving.interval if saving else None)
        return fields

    return format_csv(header, [list_fields(cell) for cell in evidence.cells])
