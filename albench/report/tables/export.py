"""Tables of a report as text for a paper, and as downloads of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from albench.narrative.wording import describe_undefined
from albench.report.html.embed import format_csv, format_table_csv
from albench.report.tables.grids import list_targets
from albench.report.tables.leaderboard import (
    COLUMNS,
    build_leaderboard,
    build_leaderboard_table,
    format_cell,
    read_values,
)
from albench.tables import IN_PAPERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence import Cell, Interval, SliceEvidence
    from albench.report.html.embed import Field
    from albench.report.source import ReportSource
    from albench.report.tables.leaderboard import Leaderboard

TableFormat = Literal["markdown", "latex", "csv"]
TABLE_FORMATS: tuple[TableFormat, ...] = get_args(TableFormat)

_NONE = "\u2013"
_MARKDOWN = {ord(sign): f"\\{sign}" for sign in "\\`*_[]|#"}
_MARKDOWN |= {ord("<"): "&lt;", ord("&"): "&amp;", ord("\n"): " "}
_LATEX = {
    **{ord(sign): f"\\{sign}" for sign in "&%$#_{}"},
    ord("\\"): r"\textbackslash{}",
    ord("~"): r"\textasciitilde{}",
    ord("^"): r"\textasciicircum{}",
    ord("|"): r"\textbar{}",
    ord("<"): "$<$",
    ord(">"): "$>$",
    ord("\u2212"): "$-$",
    ord("\u2013"): "--",
    ord("\u202f"): "\\,",
    ord("\u00b5"): r"$\mu$",
    ord("\n"): " ",
}


def export_table(
    results: ReportSource, form: TableFormat, axes: Mapping[str, str | int] | None = None
) -> str:
    """Return the leaderboard of a slice as text, random first and then the best.

    ``axes`` says where it is another one than the primary slice, as for :meth:`Results.leaderboard`.
    CSV has every number in full, with text that a spreadsheet would run as a formula guarded; Markdown and
    LaTeX (``booktabs``, with the slice in a comment) have them rounded as the page has.
    """
    evidence = results.evidence.find_slice(axes or {})
    if form == "csv":
        return format_table_csv(build_leaderboard_table(evidence))
    rows = _list_rows(evidence)
    if form == "markdown":
        return _format_markdown(rows)
    return f"% {_describe_setting(results, evidence)}\n{_format_latex(rows)}"


def _describe_setting(results: ReportSource, evidence: SliceEvidence) -> str:
    """Return what the caption of a table must not leave out."""
    from albench.report.slices import format_value

    slice_ = evidence.slice
    seed_set = f"seed size {slice_.seed_size} ({slice_.seed_set})"
    settings = f"batch {slice_.batch_size}, budget {slice_.budget}, {slice_.oracle} oracle"
    datasets = f"{results.experiment.repeats.total} repeats on {', '.join(evidence.datasets)}"
    return f"{slice_.metric}, {format_value(slice_, 'model')}, {seed_set}, {settings}; {datasets}"


def _list_rows(evidence: SliceEvidence) -> list[list[str]]:
    """Return the titles of the columns, then the lines of the leaderboard."""
    columns = [COLUMNS[name] for name in IN_PAPERS]
    verdicts = not evidence.control.fired
    return [
        [column.title for column in columns],
        *(
            [format_cell(line, column, verdicts=verdicts, missing=_NONE) for column in columns]
            for line in build_leaderboard(evidence).lines
        ),
    ]


def _format_markdown(rows: Sequence[Sequence[str]]) -> str:
    header, *body = ([cell.translate(_MARKDOWN) for cell in row] for row in rows)
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (header, rule, *body))


def _format_latex(rows: Sequence[Sequence[str]]) -> str:
    header, *body = ([cell.translate(_LATEX) for cell in row] for row in rows)
    columns = "l" + "r" * (len(header) - 1)
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", _format_latex_row(header), r"\midrule"]
    return "\n".join([*lines, *map(_format_latex_row, body), r"\bottomrule", r"\end{tabular}"]) + "\n"


def _format_latex_row(cells: Sequence[str]) -> str:
    # After a line break, a bracket would be read as its optional argument.
    guarded = ["{" + cell + "}" if cell.startswith("[") else cell for cell in cells]
    return " & ".join(guarded) + r" \\"


_ENDS = ("saving_low", "saving_high")
_CELL = ("n_repeats", "n_paired", "n_failed", "flat", "area", "difference", "win_rate", "fit_s", "query_s")
_SAVING = ("saving", "labels_strategy", "labels_random", "level", "censored")


def _get_ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def format_leaderboard_csv(board: Leaderboard, *, verdicts: bool) -> str:
    """Return the leaderboard as CSV; wins, losses and p are empty where the verdicts are withheld."""
    return format_csv(list(COLUMNS), [read_values(line, verdicts=verdicts) for line in board.lines])


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
