"""Tables of dataset by strategy for a paper: levels, areas and label savings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from albench.analysis.cell_summaries import summarise_cells
from albench.narrative.wording import describe_undefined
from albench.report.figures.saving import build_saving_row
from albench.report.html.embed import format_csv
from albench.report.html.numbers import format_level, format_percent, format_saving_span
from albench.report.paper.markup import NONE, GridCell, GridTable
from albench.report.slices import format_value
from albench.report.tables.leaderboard import HEADLINE
from albench.text import NARROW_SPACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.cell_summaries import CellSummary
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.source import ReportSource
    from albench.report.figures.saving import SavingRow
    from albench.spec.repeats import Repeats, UntilDecided

_BOUNDS = {"known": "", "at least": "\u2265 ", "at most": "\u2264 "}


def describe_setting(results: ReportSource, evidence: SliceEvidence) -> str:
    """Return the slice that a table is of, but for its metric."""
    slice_ = evidence.slice
    seed_set = f"seed size {slice_.seed_size} ({slice_.seed_set})"
    settings = f"batch {slice_.batch_size}, budget {slice_.budget}, {slice_.oracle} oracle"
    settings += f", columns as {slice_.preprocessing}" if slice_.preprocessing else ""
    return (
        f"{format_value(slice_, 'model')}, {seed_set}, {settings}; {results.experiment.repeats.total} repeats"
    )


def read_summaries(
    results: ReportSource, evidence: SliceEvidence, kind: Literal["levels", "area"], at: int | None
) -> tuple[CellSummary, ...]:
    """Return mean and spread of each dataset and strategy, the strategies in the leaderboard's order."""
    place = {name: i for i, name in enumerate(_list_strategies(evidence))}
    cells = summarise_cells(
        results.experiment,
        results.trials,
        results.curves,
        evidence.slice,
        quantity=kind,
        at=at,
        withheld=evidence.control.fired,
    )
    return tuple(
        sorted(cells, key=lambda cell: (evidence.datasets.index(cell.dataset), place[cell.strategy]))
    )


def _list_strategies(evidence: SliceEvidence) -> tuple[str, ...]:
    return (evidence.baseline, *evidence.contenders)


def build_summary_table(
    results: ReportSource, evidence: SliceEvidence, kind: Literal["levels", "area"], at: int | None
) -> GridTable:
    """Return the table of mean and standard deviation of a metric, or of the area under its curve."""
    summaries = read_summaries(results, evidence, kind, at)
    n_asked = results.experiment.repeats.total
    metric = evidence.slice.metric
    quantity = (
        f"Area under the curve of {metric} (its mean level along the labels)"
        if kind == "area"
        else f"{metric} {_describe_labels(summaries, at)}"
    )
    better = "" if evidence.greater_is_better else ", lower is better"
    sentences = [
        f"{quantity}{better}: mean and standard deviation ({describe_setting(results, evidence)}).",
        _describe_marks(summaries, results.experiment.repeats, withheld=evidence.control.fired),
    ]
    if any(cell.n_repeats == 0 for cell in summaries):
        sentences.append(f"{NONE}: no repeat is finished.")
    return GridTable(
        name=kind,
        caption=" ".join(sentences),
        datasets=evidence.datasets,
        strategies=_list_strategies(evidence),
        cells={
            (cell.dataset, cell.strategy): _format_summary(cell, n_asked)
            for cell in summaries
            if cell.mean is not None
        },
    )


def _format_summary(cell: CellSummary, n_asked: int) -> GridCell:
    return GridCell(
        number=format_level(cell.mean),
        spread="" if cell.sd is None else f"\u00b1{NARROW_SPACE}{format_level(cell.sd)}",
        remark="" if cell.n_repeats >= n_asked else f"({cell.n_repeats} of {n_asked})",
        mark="best" if cell.is_best else "equal" if cell.is_equal else "",
    )


def _describe_labels(summaries: Sequence[CellSummary], at: int | None) -> str:
    numbers = {cell.n_labels for cell in summaries if cell.n_labels is not None}
    if len(numbers) == 1:
        return f"at {numbers.pop()} labels"
    return "at the end of the budget" if at is None else f"in the last round of at most {at} labels"


def _describe_marks(
    summaries: Sequence[CellSummary], repeats: Repeats | UntilDecided, *, withheld: bool
) -> str:
    best = "Bold: best on the dataset"
    if withheld:
        return f"{best}; nothing is tested, since two random orders differ significantly."
    if all(cell.p_holm is None for cell in summaries):
        return f"{best}; nothing is tested: there are too few repeats."
    units = "repeats" if repeats.starts == 1 else "splits" if repeats.splits > 1 else "starts of the split"
    return (
        f"{best}; underlined: not significantly worse (paired t test over the {units} against the best, 5 %, "
        f"corrected by Holm over the strategies of the dataset)."
    )


def format_summaries_csv(summaries: Sequence[CellSummary]) -> str:
    """Return one line a dataset and strategy, with all digits; p is that of the test against the best."""
    fields = ("dataset", "strategy", "n_repeats", "n_labels", "mean", "sd", "is_best", "p_holm")
    return format_csv(fields, [[getattr(cell, name) for name in fields] for cell in summaries])


def list_savings(evidence: SliceEvidence) -> dict[tuple[str, str], SavingRow]:
    """Return the label savings, by dataset and by strategy in the leaderboard's order, without random."""
    return {
        (dataset, strategy): build_saving_row(evidence, dataset, strategy, HEADLINE)
        for dataset in evidence.datasets
        for strategy in evidence.contenders
    }


def build_saving_grid(results: ReportSource, evidence: SliceEvidence) -> GridTable:
    """Return the table of labels saved against random, a bound where a curve never reaches the level."""
    savings = list_savings(evidence)
    return GridTable(
        name="saving",
        caption=(
            f"Labels saved against random at the worse of the two final levels of {evidence.slice.metric}, "
            f"with 95 % intervals ({describe_setting(results, evidence)}). "
            "Bold: the largest saving on the dataset. \u2265, \u2264: bounds, since random or the strategy "
            f"never reaches that level. {NONE}: no saving can be given."
        ),
        datasets=evidence.datasets,
        strategies=evidence.contenders,
        cells={place: _format_saving(row, savings, place[0]) for place, row in savings.items()},
    )


def _format_saving(row: SavingRow, savings: Mapping[tuple[str, str], SavingRow], dataset: str) -> GridCell:
    if row.mark == "undefined":
        return GridCell(NONE)
    rivals = [
        other.at
        for (where, _), other in savings.items()
        if where == dataset and other.mark in ("known", "at least")
    ]
    interval = row.saving.interval if row.saving and row.mark == "known" else None
    is_best = row.mark != "at most" and row.at > 0 and row.at == max(rivals)
    return GridCell(
        number=_BOUNDS[row.mark] + format_percent(row.at),
        spread=format_saving_span(row.at, interval, missing="").replace(f"{NARROW_SPACE}%", ""),
        mark="best" if is_best else "",
    )


def format_savings_csv(evidence: SliceEvidence) -> str:
    """Return one line a dataset and strategy, with all digits and the reason where there is no number."""
    lines = []
    for (dataset, strategy), row in list_savings(evidence).items():
        saving = row.saving
        interval = saving.interval if saving else None
        ends = (interval.low, interval.high) if interval else (None, None)
        lines.append(
            [
                dataset,
                strategy,
                saving.saving if saving else None,
                *ends,
                row.at if row.mark in ("at least", "at most") else None,
                row.mark if row.mark in ("at least", "at most") else None,
                describe_undefined(saving.undefined) if saving and saving.undefined else None,
            ]
        )
    header = ("dataset", "strategy", "saving", "low", "high", "bound", "bound_is", "undefined")
    return format_csv(header, lines)
