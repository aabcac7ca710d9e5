"""From the evidence to one HTML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from albench.files import written
from albench.report.at_a_glance import clauses, facts, marked
from albench.report.figures.common import shortened
from albench.report.figures.critical_difference import diagram
from albench.report.figures.repeats import repeats_of
from albench.report.html import assets, embed, numbers
from albench.report.html.palette import styles
from albench.report.html.theme import CONFIG, DARK, LIGHT, PAPER, THEMES
from albench.report.notes import notes
from albench.report.page import flat, page_of
from albench.report.picks_map import gallery, map_stories
from albench.report.sections import imbalances, of_slice, per_dataset
from albench.report.slices import axes, by_models, choices, key_of, words_of
from albench.report.tables.leaderboard import leaderboard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import jinja2

    from albench.analysis.evidence import Evidence
    from albench.report.page import Page
    from albench.report.sections import DatasetPart
    from albench.report.slices import Choice
    from albench.report.source import Run

# More lines than this in one figure cannot be told apart; the rest is one click away.
SHOWN = 9
FAILURES_SHOWN = 200
# Bytes of exploratory slices with figures; those beyond keep their tables.
ROOM = 1_900_000
# Datasets times strategies, from which on some tables are packed until they are looked at.
MANY_CELLS = 150
FILTERS = (
    numbers.level,
    numbers.signed,
    numbers.percent,
    numbers.span,
    numbers.saving_span,
    numbers.rank_span,
    numbers.p_value,
    numbers.seconds,
    numbers.times,
    numbers.tied,
    embed.json_block,
    flat,
    clauses,
    marked,
    map_stories,
    shortened,
)


class Rest(NamedTuple):
    """Tables as HTML, packed or not."""

    text: str
    packed: bool


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
    templates = _templates()
    body = _body(evidence, page, templates) if evidence.slices else {}
    return templates.get_template("page.html.j2").render(**_shell(evidence, page), **body)


def _shell(evidence: Evidence, page: Page) -> dict[str, Any]:
    script, plotly = assets.script(), assets.plotly_js()
    return {
        "page": page,
        "evidence": evidence,
        "light": LIGHT,
        "dark": DARK,
        "paper": PAPER,
        "css": assets.static("report.css"),
        "script": script,
        "plotly": plotly.packed,
        "policy": assets.policy(assets.sha256(script), plotly.sha256),
        "themes": {name: theme.template() for name, theme in THEMES.items()},
        "config": CONFIG,
        "failures_shown": FAILURES_SHOWN,
    }


def _body(evidence: Evidence, page: Page, templates: jinja2.Environment) -> dict[str, Any]:
    primary = evidence.primary
    chosen = choices([found.slice for found in evidence.slices], primary.slice)
    own = of_slice(primary, page, imbalances(primary))
    names = [name for name in own["styles"] if name != page.baseline]
    class_names = {one.dataset: dict(enumerate(one.stories[0].classes)) for one in page.maps}
    context = {"styles": own["styles"], "class_names": class_names}
    return {
        **own,
        "on_dataset": _on_dataset(templates, context, len(primary.cells)),
        "names": names,
        "hidden": [own["styles"][name].id for name in own["contenders"][SHOWN - 1 :]],
        "notes": notes(page, evidence),
        "facts": facts(primary, own["styles"], page.repeats),
        "choices": chosen,
        "axes": axes(evidence, chosen),
        "transfers": by_models(evidence.transfers),
        "others": _others(evidence, page, chosen),
        "bodies": list(_bodies(evidence, page, chosen)),
        "per_dataset": per_dataset(primary, page, own["styles"]),
    }


def _on_dataset(
    templates: jinja2.Environment, context: dict[str, Any], n_cells: int
) -> Callable[[DatasetPart], Rest]:
    """Return what renders the last tables about a dataset, packed where there are many."""
    template = templates.get_template("on_dataset.html.j2")

    def rendered(part: DatasetPart) -> Rest:
        text = template.render(part=part, **context)
        return Rest(embed.packed(text), packed=True) if n_cells > MANY_CELLS else Rest(text, packed=False)

    return rendered


def _others(evidence: Evidence, page: Page, chosen: Sequence[Choice]) -> list[dict[str, Any]]:
    return [
        {
            "words": words_of(found.slice, chosen),
            "key": key_of(found.slice, chosen),
            "slice": found,
            "board": leaderboard(found, styles(found.strategies, page.baseline)),
        }
        for found in evidence.slices
        if not found.primary
    ]


def _bodies(evidence: Evidence, page: Page, chosen: Sequence[Choice]) -> Iterator[tuple[str, str]]:
    """Yield the key and the packed part of each exploratory slice, with figures while there is room."""
    template, room = _templates(embed.data_within).get_template("slice.html.j2"), ROOM
    imbalance = imbalances(evidence.primary)
    for found in evidence.slices:
        if found.primary:
            continue
        context = of_slice(found, page, imbalance, drawn=room > 0)
        text = template.render(evidence=evidence, page=page, words=words_of(found.slice, chosen), **context)
        body = embed.packed(text)
        room -= len(body)
        yield key_of(found.slice, chosen), body


def _templates(data_script: Callable[[Any], str] = embed.data_script) -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("albench.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {function.__name__: function for function in FILTERS}
    environment.filters["data_script"] = data_script
    environment.globals |= {"count": numbers.count, "diagram": diagram}
    return environment


def write_report(run: Run, path: Path) -> Path:
    """Write the report of a run; tables that lie in its folder are linked.

    Parameters
    ----------
    run : Run
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
    page = page_of(
        run.experiment,
        run.trials,
        resolved=run.folder.read_text("resolved.yaml"),
        environments=run.folder.environments(),
        warnings=tuple(
            f"{data['label']}: {text}" for data in run.folder.datasets() for text in data["warnings"]
        ),
        files=_tables(run.folder.tables, path.parent),
        repeats_of=repeats_of(run.experiment, run.trials, run.curves, primary.slice),
        maps=gallery(
            run.experiment,
            run.folder,
            trials=run.trials,
            curves=run.curves,
            queries=run.queries,
            primary=primary,
        ),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    text = render(evidence, page)
    with written(path) as handle:
        handle.write(text.encode())
    return path


def _tables(folder: Path, start: Path) -> tuple[str, ...]:
    names = sorted(path.name for path in folder.glob("*") if path.suffix in {".csv", ".parquet"})
    there = Path(os.path.relpath(folder, start)).as_posix()
    return tuple(f"{there}/{name}" for name in names)
