"""From the evidence of streams to one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.narrative.checks.streams import run_stream_checks
from albench.narrative.remarks import Remarks
from albench.narrative.repeats import write_repeats
from albench.narrative.streams.answer import write_stream_answer
from albench.narrative.streams.notes import list_stream_notes, write_stream_tests
from albench.narrative.streams.wording import format_share
from albench.report.contexts import PageContext, StreamPageContext, StreamSizes, StreamSliceContext
from albench.report.fill_templates import fill_template, load_templates
from albench.report.html import embed
from albench.report.html.assets import read_page_assets
from albench.report.html.numbers import format_count
from albench.report.page import build_page, read_sizes
from albench.report.render import build_slices_context, list_hidden, write_page
from albench.report.streams.figures import (
    StreamFigures,
    build_answer_picture,
    build_small_pictures,
    build_stream_figures,
    name_curve,
)
from albench.report.streams.leaderboard import (
    build_stream_leaderboard_table,
    build_stream_lines,
    build_stream_styles,
    choose_lines,
)
from albench.report.tables.repeats import build_repeats_grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from albench.analysis.source import StreamReportSource
    from albench.analysis.streams.evidence.conclusions import StreamEvidence, StreamSliceEvidence
    from albench.report.page import Page
    from albench.spec.experiment import Entry
    from albench.spec.stream_experiment import StreamExperiment


# Each has a line of its own and one of its random: more cannot be told apart in one figure.
SHOWN = 4
FAILURE_COLUMNS = ("dataset", "model", "strategy", "manager", "drift", "budget", "repeat")


def render_streams(evidence: StreamEvidence, page: Page, sizes: Sequence[StreamSizes] = ()) -> str:
    """Return the report as one HTML document that loads nothing."""
    templates = load_templates()
    shell = PageContext(
        page=page,
        evidence=evidence,
        answer=write_stream_answer(evidence),
        checks=run_stream_checks(evidence),
        facts=_list_facts(evidence),
        settings=_list_settings(evidence),
        failure_columns=FAILURE_COLUMNS,
    )
    own = _build_slice_context(evidence, evidence.primary, page)
    others = build_slices_context(
        evidence,
        "stream_slice.html.j2",
        lambda of, words, drawn: _build_slice_context(evidence, of, page, words=words, drawn=drawn),
    )
    contexts = (
        read_page_assets(),
        shell,
        own,
        _build_page_context(evidence, page, own, tuple(sizes)),
        others,
    )
    return fill_template(templates.get_template("stream_page.html.j2"), *contexts)


def _list_facts(evidence: StreamEvidence) -> tuple[str, ...]:
    design, of = evidence.design, evidence.primary.slice
    repeats = format_count(design.n_repeats, "repeat")
    return (
        format_count(len(design.datasets), "stream"),
        format_count(len(design.pairs), "strategy", "strategies"),
        f"up to {repeats}" if evidence.repeats else repeats,
        of.model,
        f"budget {format_share(of.budget)}",
        *([f"{of.drift} drift"] if of.drift not in ("", "none") else []),
    )


def _list_settings(evidence: StreamEvidence) -> tuple[str, ...]:
    of = evidence.primary.slice
    return (*_list_facts(evidence)[2:], f"{of.oracle} oracle", f"windows of {evidence.design.window:,} rows")


def _build_slice_context(
    evidence: StreamEvidence, of: StreamSliceEvidence, page: Page, *, words: str = "", drawn: bool = True
) -> StreamSliceContext:
    styles = build_stream_styles(of.strategies)
    curve_name = name_curve(of, evidence.design.window)
    csv = embed.format_table_csv(build_stream_leaderboard_table(of)) if of.primary else ""
    return StreamSliceContext(
        primary=of,
        styles=styles,
        lines=build_stream_lines(of),
        figures=build_stream_figures(of, styles, curve_name) if drawn else StreamFigures({}),
        curve_name=curve_name,
        window=evidence.design.window,
        n_repeats=evidence.design.n_repeats,
        is_decisive=bool(evidence.repeats) and of.slice.metric == evidence.design.metrics[0],
        highlighted=page.highlighted,
        words=words,
        tests=tuple(write_stream_tests(of)) if of.primary else (),
        csv=embed.build_csv_download(csv) if csv else None,
    )


def _build_page_context(
    evidence: StreamEvidence, page: Page, own: StreamSliceContext, sizes: tuple[StreamSizes, ...]
) -> StreamPageContext:
    primary = evidence.primary
    first = choose_lines(primary, page.highlighted)
    shown = [line.style for line in first]
    names = [line.of.row.strategy for line in own.lines]
    legend = dict.fromkeys([*names[:1], *page.highlighted, *names])
    return StreamPageContext(
        hidden=list_hidden(names, page.highlighted, own.styles, SHOWN),
        legend=[own.styles[name] for name in legend if name in own.styles],
        notes=[*list_stream_notes(evidence), *(f"{warning}." for warning in page.warnings)],
        first=first,
        remarks=Remarks(repeats=tuple(write_repeats(evidence.repeats))),
        contenders=names,
        spent=build_repeats_grid(evidence, names),
        picture=build_answer_picture(primary, shown, own.curve_name),
        small=build_small_pictures(primary, shown),
        sizes=sizes,
    )


def write_stream_report(run: StreamReportSource, path: Path) -> Path:
    """Write the report of a run on streams, as ``write_report`` that of a run on pools."""
    page = build_page(run, path, list_axes(run.experiment), _list_warnings(run))
    text = render_streams(run.evidence, page, list_stream_sizes(run.trials, run.evidence.design.datasets))
    return write_page(text, path)


def _list_warnings(run: StreamReportSource) -> Iterator[str]:
    yield from run.notes
    for dataset in run.folder.read_datasets():
        yield from (f"{dataset['label']}: {text}" for text in dataset["warnings"])


def list_axes(experiment: StreamExperiment) -> tuple[Sequence[Entry[Any]], ...]:
    """Return the axes whose components a page of streams lists."""
    models = [entry.task for entry in experiment.models]
    return (experiment.strategies, experiment.managers, experiment.drifts, models, experiment.oracles)


def list_stream_sizes(trials: pl.DataFrame, datasets: Sequence[str]) -> tuple[StreamSizes, ...]:
    """Return the sizes of the streams on which trials have finished."""
    sizes = read_sizes(trials, ("n_rows", "n_features", "n_classes"))
    return tuple(StreamSizes(label, *sizes[label]) for label in datasets if label in sizes)
