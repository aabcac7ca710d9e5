"""From the evidence to one HTML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.files import write_file
from albench.narrative import run_checks, write_answer, write_remarks
from albench.planning.plan import explain_places
from albench.report.contexts import DatasetContext, OtherSlice, PageContext, PrimaryContext, Rest
from albench.report.figures.noise import build_dataset_noise_panels, build_noise_panels
from albench.report.fill_templates import fill_template, load_templates
from albench.report.first_screen import build_first_screen
from albench.report.html import assets, embed
from albench.report.html.palette import build_styles
from albench.report.labelling import build_labelling_parts
from albench.report.money import build_money_part
from albench.report.notes import list_notes
from albench.report.page import build_page, list_facts, list_settings
from albench.report.picks_map import build_picks_maps
from albench.report.sections import build_dataset_parts, build_slice_context, get_imbalances
from albench.report.slices import (
    build_axes,
    describe_slice,
    encode_slice,
    group_by_models,
    group_by_preprocessing,
    list_choices,
)
from albench.report.stopping import build_stopping_context
from albench.report.tables.leaderboard import build_leaderboard
from albench.report.tables.repeats import build_repeats_grid
from albench.store.declarations import describe_changes, was_declared_before
from albench.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import jinja2

    from albench.analysis.evidence import Evidence
    from albench.report.contexts import DatasetPart, SliceContext
    from albench.report.page import Page
    from albench.report.slices import Choice
    from albench.report.source import ReportSource

# More lines than this in one figure cannot be told apart; the rest is one click away.
SHOWN = 9
# Bytes of exploratory slices with figures; those beyond keep their tables.
ROOM = 1_980_000
# Datasets times strategies, from which on some tables are packed until they are looked at.
MANY_CELLS = 150


def render(evidence: Evidence, page: Page) -> str:
    """Return the report as one HTML document that loads nothing.

    Parameters
    ----------
    evidence : Evidence
        What the analysis concludes.
    page : Page
        Where the numbers come from.

    Returns
    -------
    str
        The same for the same arguments, byte for byte.
    """
    templates = load_templates()
    script, plotly = assets.read_script(), assets.pack_plotly()
    shell = PageContext(
        page=page,
        evidence=evidence,
        answer=(*write_answer(evidence), *page.shifts),
        checks=run_checks(evidence),
        css=assets.read_static("report.css"),
        script=script,
        plotly=plotly.packed,
        policy=assets.format_policy(assets.hash_script(script), plotly.sha256),
        facts=list_facts(evidence, page),
        settings=list_settings(evidence, page),
    )
    contexts: list[Any] = [shell]
    if evidence.slices:
        primary = evidence.primary
        own = build_slice_context(primary, page, get_imbalances(primary))
        contexts += [own, _build_primary_context(evidence, page, own, templates)]
        if evidence.stopping is not None:
            contexts.append(build_stopping_context(evidence.stopping, primary.slice.metric))
    return fill_template(templates.get_template("page.html.j2"), *contexts)


def _build_primary_context(
    evidence: Evidence, page: Page, own: SliceContext, templates: jinja2.Environment
) -> PrimaryContext:
    primary = evidence.primary
    choices = list_choices([other.slice for other in evidence.slices], primary.slice)
    remarks = write_remarks(evidence)
    money = build_money_part(primary, own.styles, page.baseline, own.contenders)
    named = [*own.contenders[:1], *page.highlighted]
    order = list(dict.fromkeys([*named, *own.contenders]))
    return PrimaryContext(
        names=[name for name in own.styles if name != page.baseline],
        hidden=[own.styles[name].id for name in order[SHOWN - 1 :] if name not in page.highlighted],
        legend=[own.styles[name] for name in dict.fromkeys([*named, *own.styles])],
        notes=[*remarks.coverage, *list_notes(page, evidence)],
        remarks=remarks,
        # What the first sentence speaks of.
        first_screen=build_first_screen(money.axis.evidence, money.board, page.highlighted)
        if money is not None and evidence.has_money_budget
        else build_first_screen(primary, own.board, page.highlighted, evidence.stopping, evidence.pilot),
        choices=choices,
        axes=build_axes(evidence, choices),
        transfers=group_by_models(evidence.transfers),
        preprocessings=group_by_preprocessing(evidence.preprocessings),
        others=_list_others(evidence, page, choices),
        bodies=list(_render_others(evidence, page, choices)),
        on_dataset=_build_dataset_renderer(own, templates),
        per_dataset=build_dataset_parts(primary, page, own.styles),
        money=money,
        spent=build_repeats_grid(evidence, own.contenders),
        noise=build_noise_panels(evidence.oracles, own.styles, page.baseline),
        noise_on_datasets=build_dataset_noise_panels(evidence.oracles, own.styles, page.baseline),
    )


def _build_dataset_renderer(
    own: SliceContext, templates: jinja2.Environment
) -> Callable[[DatasetPart], Rest]:
    """Return what renders the last tables about a dataset, packed where there are many."""
    template = templates.get_template("on_dataset.html.j2")
    packed = len(own.primary.cells) > MANY_CELLS

    def render_part(part: DatasetPart) -> Rest:
        text = fill_template(template, DatasetContext(part, own.styles))
        return Rest(embed.compress_text(text) if packed else text, packed)

    return render_part


def _list_others(evidence: Evidence, page: Page, choices: Sequence[Choice]) -> list[OtherSlice]:
    return [
        OtherSlice(
            describe_slice(other.slice, choices),
            encode_slice(other.slice, choices),
            other,
            build_leaderboard(other, build_styles(other.strategies, page.baseline)),
        )
        for other in evidence.slices
        if not other.primary
    ]


def _render_others(evidence: Evidence, page: Page, choices: Sequence[Choice]) -> Iterator[tuple[str, str]]:
    """Yield the key and the packed part of each exploratory slice, with figures while there is room."""
    template, room = load_templates(embed.render_data_within).get_template("slice.html.j2"), ROOM
    imbalance = get_imbalances(evidence.primary)
    for other in evidence.slices:
        if other.primary:
            continue
        words = describe_slice(other.slice, choices)
        context = build_slice_context(other, page, imbalance, words=words, drawn=room > 0)
        body = embed.compress_text(fill_template(template, context))
        room -= len(body)
        yield encode_slice(other.slice, choices), body


def write_report(run: ReportSource, path: Path) -> Path:
    """Write the report of a run; tables that lie in its folder are linked.

    Parameters
    ----------
    run : ReportSource
        What ``albench.run`` and ``albench.open_results`` return.
    path : Path
        The HTML file to write.

    Returns
    -------
    Path
        The file.
    """
    evidence = run.evidence
    primary = evidence.primary
    page = build_page(
        run.experiment,
        run.trials,
        resolved=run.folder.read_text("resolved.yaml"),
        environments=run.folder.read_environments(),
        warnings=_list_warnings(run),
        partly_labelled={
            dataset["label"]: (dataset["n_rows"], dataset["n_unlabelled"])
            for dataset in run.folder.read_datasets()
            if "n_unlabelled" in dataset
        },
        shifts=tuple(_describe_shifts(run)),
        is_declared=was_declared_before(run.folder.read_declarations()),
        files=list_tables(run.folder.tables, path.parent),
        maps=build_picks_maps(
            run.experiment,
            run.folder,
            trials=run.trials,
            curves=run.curves,
            queries=run.queries,
            primary=primary,
        ),
        labelling=build_labelling_parts(run.experiment, primary),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    text = render(evidence, page)
    with write_file(path) as handle:
        handle.write(text.encode())
    return path


def _describe_shifts(run: ReportSource) -> Iterator[str]:
    """Yield how labelled rows differ from unlabelled ones, dataset by dataset; a pilot says so itself."""
    from albench.datasets.representativeness import Representativeness

    for dataset in run.folder.read_datasets() if not run.experiment.pilot.budget else ():
        comparison = Representativeness(
            **dataset.get("representativeness", {"auc": 0.5, "low": 0, "high": 1})
        )
        if comparison.is_shifted:
            yield (
                f"The labelled rows of {dataset['label']} differ from its unlabelled ones: "
                f"{comparison.describe_shift()}."
            )


def _list_warnings(run: ReportSource) -> tuple[str, ...]:
    """Return what a reader should know about the data, and which classes strategies mean."""
    pools = run.experiment.pilot_pools
    datasets = [dataset for dataset in run.folder.read_datasets() if dataset["label"] not in pools]
    data = (f"{dataset['label']}: {text}" for dataset in datasets for text in dataset["warnings"])
    classes = {dataset["label"]: dataset["classes"] for dataset in datasets}
    changes = describe_changes(run.folder.read_declarations())
    return (*run.notes, *changes, *data, *explain_places(run.experiment, classes))


def list_tables(folder: Path, start: Path) -> tuple[str, ...]:
    """Return the tables that lie in a folder, as paths from where a page is."""
    names = sorted(f"{table}.{suffix}" for table in TABLES for suffix in ("csv", "parquet"))
    there = Path(os.path.relpath(folder, start)).as_posix()
    return tuple(f"{there}/{name}" for name in names if (folder / name).is_file())
