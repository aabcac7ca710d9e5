"""From the evidence to one HTML file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from albench.analysis.evidence.conclusions import SliceEvidence
from albench.files import write_file
from albench.narrative import run_checks, write_answer, write_remarks
from albench.planning.plan import explain_places
from albench.report.contexts import OtherSlice, PageContext, PoolPageContext, Rest, SlicesContext
from albench.report.figures.noise import build_dataset_noise_panels, build_noise_panels
from albench.report.fill_templates import fill_template, load_templates
from albench.report.first_screen import build_first_screen
from albench.report.html import embed
from albench.report.html.assets import read_page_assets
from albench.report.labelling import build_labelling_parts
from albench.report.money import build_money_part
from albench.report.notes import list_notes
from albench.report.oracle_screen import build_oracle_screen
from albench.report.page import build_pool_page, list_facts, list_settings
from albench.report.picks_map import build_picks_maps
from albench.report.sections import build_dataset_parts, build_slice_context, get_imbalances
from albench.report.slices import build_axes, describe_slice, encode_slice, group_by_pair, list_choices
from albench.report.tables.leaderboard import build_leaderboard
from albench.report.tables.repeats import build_repeats_grid
from albench.report.tables.stopping import build_stopping_context
from albench.store.declarations import describe_changes, was_declared_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import jinja2

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.source import ReportSource
    from albench.analysis.streams.evidence.conclusions import StreamEvidence
    from albench.report.contexts import DatasetPart, SliceContext
    from albench.report.html.palette import Style
    from albench.report.page import Page

# More lines than this in one figure cannot be told apart; the rest is one click away.
SHOWN = 9
# Bytes of exploratory slices with figures; those beyond keep their tables.
ROOM = 1_980_000
# Datasets times strategies, from which on some tables are packed until they are looked at.
MANY_CELLS = 150


def render(evidence: Evidence, page: Page) -> str:
    """Return the report as one HTML document that loads nothing.

    Returns
    -------
    str
        The same for the same arguments, byte for byte.
    """
    templates = load_templates()
    shell = PageContext(
        page=page,
        evidence=evidence,
        answer=(*write_answer(evidence), *page.shifts),
        checks=run_checks(evidence),
        facts=list_facts(evidence, page),
        settings=list_settings(evidence, page),
    )
    contexts: list[Any] = [read_page_assets(), shell]
    if evidence.slices:
        primary, imbalances = evidence.primary, get_imbalances(evidence.primary)
        own = build_slice_context(primary, page, imbalances)
        contexts += [
            own,
            _build_page_context(evidence, page, own, templates),
            build_slices_context(
                evidence,
                "slice.html.j2",
                lambda of, words, drawn: build_slice_context(of, page, imbalances, words=words, drawn=drawn),
            ),
        ]
        if evidence.stopping is not None:
            contexts.append(build_stopping_context(evidence.stopping, primary.slice.metric))
    return fill_template(templates.get_template("page.html.j2"), *contexts)


def _build_page_context(
    evidence: Evidence, page: Page, own: SliceContext, templates: jinja2.Environment
) -> PoolPageContext:
    primary, remarks = evidence.primary, write_remarks(evidence)
    money = build_money_part(primary, own.styles)
    named = [*own.contenders[:1], *page.highlighted]
    return PoolPageContext(
        hidden=list_hidden(own.contenders, page.highlighted, own.styles, SHOWN - 1),
        legend=[own.styles[name] for name in dict.fromkeys([*named, *own.styles])],
        notes=[*remarks.coverage, *list_notes(page, evidence)],
        remarks=remarks,
        # What the first sentence speaks of.
        first_screen=build_first_screen(money.axis.evidence, page.highlighted)
        if money is not None and evidence.has_money_budget
        else build_first_screen(primary, page.highlighted, evidence.stopping, evidence.pilot),
        oracle_screen=build_oracle_screen(evidence),
        transfers=group_by_pair(evidence.transfers, lambda of: (of.query_model, of.model)),
        preprocessings=group_by_pair(evidence.preprocessings, lambda of: (of.first, of.other)),
        on_dataset=_build_dataset_renderer(own, templates),
        per_dataset=build_dataset_parts(primary, page, own.styles),
        money=money,
        spent=build_repeats_grid(evidence, own.contenders),
        noise=build_noise_panels(evidence.oracles, own.styles),
        noise_on_datasets=build_dataset_noise_panels(evidence.oracles, own.styles),
    )


def _build_dataset_renderer(
    own: SliceContext, templates: jinja2.Environment
) -> Callable[[DatasetPart], Rest]:
    """Return what renders the last tables about a dataset, packed where there are many."""
    template = templates.get_template("on_dataset.html.j2")
    packed = len(own.primary.cells) > MANY_CELLS

    def render_part(part: DatasetPart) -> Rest:
        text = template.render(part=part, styles=own.styles)
        return Rest(embed.compress_text(text) if packed else text, packed)

    return render_part


def list_hidden(
    names: Sequence[str], highlighted: Sequence[str], styles: Mapping[str, Style], n_shown: int
) -> list[str]:
    """Return the styles that figures first leave out: neither among the first strategies nor highlighted."""
    order = list(dict.fromkeys([*names[:1], *highlighted, *names]))
    return [styles[name].id for name in order[n_shown:] if name not in highlighted]


def build_slices_context(
    evidence: Evidence | StreamEvidence, template_name: str, build_context: Callable[[Any, str, bool], Any]
) -> SlicesContext:
    """Return what a page says of the exploratory slices, with their figures while there is room.

    Parameters
    ----------
    build_context : callable
        From a slice, what tells it apart in words, and whether it has figures, to what its template takes.
    """
    template, room = load_templates(embed.render_data_within).get_template(template_name), ROOM
    choices = list_choices([of.slice for of in evidence.slices], evidence.primary.slice)
    others, bodies = [], []
    for of in evidence.slices:
        if not of.primary:
            words, key = describe_slice(of.slice, choices), encode_slice(of.slice, choices)
            board = build_leaderboard(of) if isinstance(of, SliceEvidence) else None
            others.append(OtherSlice(words, key, of, board))
            body = embed.compress_text(fill_template(template, build_context(of, words, room > 0)))
            room -= len(body)
            bodies.append((key, body))
    return SlicesContext(choices, build_axes(evidence, choices), others, bodies)


def write_report(run: ReportSource, path: Path) -> Path:
    """Write the report of a run; tables that lie in its folder are linked."""
    evidence = run.evidence
    primary = evidence.primary
    page = replace(
        build_pool_page(run, path, _list_warnings(run)),
        shifts=tuple(_describe_shifts(run)),
        is_declared=was_declared_before(run.folder.read_declarations()),
        maps=build_picks_maps(run, primary),
        labelling=build_labelling_parts(run.experiment, primary),
    )
    return write_page(render(evidence, page), path)


def write_page(text: str, path: Path) -> Path:
    """Write a page, and the folder that it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
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
