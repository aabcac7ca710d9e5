"""Tables and figures of a report as files for a paper."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, get_args

from albench.errors import ResultsError
from albench.report.html.embed import csv_text
from albench.report.tables.grids import targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from albench.analysis.evidence import Cell, Interval, Row, SliceEvidence
    from albench.report.figures.common import Panel
    from albench.report.html.embed import Field
    from albench.report.source import Run
    from albench.report.tables.leaderboard import Leaderboard

TableFormat = Literal["markdown", "latex", "csv"]
FigureFormat = Literal["svg", "pdf", "png"]
TABLE_FORMATS: tuple[TableFormat, ...] = get_args(TableFormat)
FIGURE_FORMATS: tuple[FigureFormat, ...] = get_args(FigureFormat)
WIDTH, SCALE, LEGEND_ROWS = 640, 2, 24

_HEADER = (
    "Strategy",
    "Mean rank",
    "Difference to random",
    "95 % interval",
    "Labels saved",
    "Win / tie / loss",
    "p (Holm)",
    "Query time per label",
)
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


def export_table(results: Run, form: TableFormat, axes: Mapping[str, str | int] | None = None) -> str:
    """Return the leaderboard of a slice as text, random first and then by mean rank.

    ``axes`` says where it is another one than the primary slice, as for :meth:`Results.leaderboard`.
    CSV has every number in full, with text that a spreadsheet would run as a formula guarded; Markdown and
    LaTeX (``booktabs``, with the slice in a comment) have them rounded as the page has.
    """
    if form == "csv":
        from albench.analysis.leaderboard import leaderboard
        from albench.report.html.embed import frame_csv

        return frame_csv(leaderboard(results.evidence.chosen(axes or {})))
    found = results.evidence.chosen(axes or {})
    rows = _rows(found)
    return _markdown(rows) if form == "markdown" else f"% {_setting(results, found)}\n{_latex(rows)}"


def _setting(results: Run, found: SliceEvidence) -> str:
    """Return what the caption of a table must not leave out."""
    from albench.report.slices import value_of

    one = found.slice
    return (
        f"{one.metric}, {value_of(one, 'model')}, seed size {one.seed_size} ({one.seed_set}), "
        f"batch {one.batch_size}, budget {one.budget}, {one.oracle} oracle; "
        f"{results.experiment.repeats.total} repeats on {', '.join(found.datasets)}"
    )


def _rows(found: SliceEvidence) -> list[tuple[str, ...]]:
    from albench.report.html.palette import styles
    from albench.report.tables.leaderboard import leaderboard

    baseline = found.rows[0].strategy
    board = leaderboard(found, styles(found.strategies, baseline))
    return [
        _fields(line.row, own=line.row.strategy == baseline, withheld=found.control.fired)
        for line in board.lines
    ]


def _fields(row: Row, *, own: bool, withheld: bool) -> tuple[str, ...]:
    from albench.report.html import numbers

    rank = _NONE if row.mean_rank is None else f"{row.mean_rank:.2f}"
    if row.interval_rank is not None:
        rank += f" {numbers.rank_span(row.interval_rank)}"
    cost = numbers.seconds(row.query_s_per_label, _NONE)
    if own:
        return (row.strategy, rank, *[_NONE] * 5, cost)
    saved = numbers.percent(row.median_saving, _NONE)
    if row.interval_saving is not None:
        saved += f" {numbers.saving_span(row.median_saving or 0.0, row.interval_saving)}"
    verdicts = "withheld" if withheld else f"{row.wins} / {row.ties} / {row.losses}"
    return (
        row.strategy,
        rank,
        numbers.signed(row.difference, _NONE),
        numbers.span(row.interval_these, _NONE),
        saved,
        verdicts,
        "withheld" if withheld else numbers.p_value(row.p_holm),
        cost,
    )


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = [_HEADER, ("---", *["---:"] * (len(_HEADER) - 1))]
    body = [[field.translate(_MARKDOWN) for field in row] for row in rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in (*lines, *body))


def _latex(rows: Sequence[Sequence[str]]) -> str:
    columns = "l" + "r" * (len(_HEADER) - 1)
    header, *body = ([field.translate(_LATEX) for field in row] for row in (_HEADER, *rows))
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", _latex_row(header), r"\midrule"]
    return "\n".join([*lines, *map(_latex_row, body), r"\bottomrule", r"\end{tabular}"]) + "\n"


def _latex_row(fields: Sequence[str]) -> str:
    # After a line break, a bracket would be read as its optional argument.
    guarded = ["{" + field + "}" if field.startswith("[") else field for field in fields]
    return " & ".join(guarded) + r" \\"


def export_figures(
    results: Run, folder: Path, form: FigureFormat, axes: Mapping[str, str | int] | None = None
) -> tuple[Path, ...]:
    """Write the figures of a slice, each with title and legend, on white; return their files.

    ``axes`` says where it is another one than the primary slice, as for :meth:`Results.leaderboard`.

    Raises
    ------
    ResultsError
        If kaleido (``pip install 'albench[export]'``) or a Chrome that it could use is not there.
    """
    if find_spec("kaleido") is None:
        raise ResultsError("figures as files need kaleido: pip install 'albench[export]'")
    import plotly.io
    from kaleido.errors import ChromeNotFoundError

    panels = _panels(results.evidence.chosen(axes or {}))
    files = tuple(folder / f"{panel.id}.{form}" for panel in panels)
    folder.mkdir(parents=True, exist_ok=True)
    figures = [_figure(panel) for panel in panels]
    try:
        plotly.io.write_images(
            figures,
            list(files),
            width=[figure.layout.width for figure in figures],
            height=[figure.layout.height for figure in figures],
            scale=SCALE if form == "png" else 1,
        )
    except ChromeNotFoundError as error:
        message = "figures as files need a Chrome: install one, or name its program in BROWSER_PATH"
        raise ResultsError(message) from error
    return files


def _panels(found: SliceEvidence) -> list[Panel]:
    from albench.report.figures.by_section import figures
    from albench.report.html.palette import styles
    from albench.report.tables.leaderboard import leaderboard

    baseline = found.rows[0].strategy
    looks = styles(found.strategies, baseline)
    names = [line.row.strategy for line in leaderboard(found, looks).lines[1:]]
    made = figures(found, looks, baseline, names)
    savings = made.savings.get("final", [])
    return [*made.mean, *made.levels, *made.differences, *savings, *made.cost, *made.control, *made.profile]


def _figure(panel: Panel) -> Any:
    from plotly.graph_objects import Figure

    from albench.report.figures.common import plain
    from albench.report.html.theme import PAPER

    figure = Figure(panel.figure)
    named = [trace for trace in figure.data if trace.name]
    several = len({trace.name for trace in named}) > 1
    for trace in figure.data:
        trace.showlegend = bool(trace.name) and several
    figure.update_layout(
        template=PAPER.template(),
        paper_bgcolor="white",
        title={"text": plain(panel.title), "x": 0.01, "font": {"size": 14}},
        margin={"l": 8, "r": 18, "t": 40, "b": 8},
        showlegend=several,
        legend={"orientation": "v"},
        width=WIDTH,
        height=max(panel.height + 40, LEGEND_ROWS * len(named) if several else 0),
    )
    return figure


_VERDICTS = ("wins", "ties", "losses", "undecided", "p_these", "p", "p_holm", "testable")


_LEADERBOARD = ("n_datasets", "mean_rank", "area", "median_saving", "n_censored", "difference", "win_rate")


_TIMES = ("fit_s", "query_s", "query_s_per_label")


_CELL = ("n_repeats", "n_paired", "n_failed", "flat", "area", "difference", "win_rate", "fit_s", "query_s")


_SAVING = ("saving", "labels_strategy", "labels_random", "level", "censored", "undefined")


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def leaderboard_csv(board: Leaderboard, *, verdicts: bool) -> str:
    """Return the leaderboard as CSV; without wins, losses and p where the verdicts are withheld."""
    judged = _VERDICTS if verdicts else ()
    intervals = tuple(
        f"{of}_{end}" for of in ("these", "like_these", "rank", "saving") for end in ("low", "high")
    )
    bayes = ("p_better", "p_equal", "p_worse") if verdicts else ()
    header = ("strategy", "label_looking", *_LEADERBOARD, *intervals, *judged, *bayes, *_TIMES)

    def fields(row: Row) -> list[Field]:
        found = row.bayes
        return [
            row.strategy,
            row.label_looking,
            *(getattr(row, name) for name in _LEADERBOARD),
            *_ends(row.interval_these),
            *_ends(row.interval_like_these),
            *_ends(row.interval_rank),
            *_ends(row.interval_saving),
            *(getattr(row, name) for name in judged),
            *((found.better, found.equal, found.worse) if found else (None,) * 3)[: len(bayes)],
            *(getattr(row, name) for name in _TIMES),
        ]

    return csv_text(header, [fields(line.row) for line in board.lines])


def cells_csv(evidence: SliceEvidence, *, verdicts: bool) -> str:
    """Return dataset by strategy as CSV, one line a cell, savings at every target among the columns."""
    wanted = targets(evidence)
    header = ["dataset", "strategy", *_CELL, "low", "high", *(("verdict",) if verdicts else ())]
    header += [f"{name}_{target}" for target in wanted for name in (*_SAVING, "saving_low", "saving_high")]

    def fields(cell: Cell) -> list[Field]:
        found: list[Field] = [cell.dataset, cell.strategy, *(getattr(cell, name) for name in _CELL)]
        found += [*_ends(cell.interval), *((cell.verdict,) if verdicts else ())]
        savings = {saving.target: saving for saving in cell.savings}
        for target in wanted:
            saving = savings.get(target)
            found += [getattr(saving, name, None) for name in _SAVING]
            found += _ends(saving.interval if saving else None)
        return found

    return csv_text(header, [fields(cell) for cell in evidence.cells])
