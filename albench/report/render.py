"""From the evidence to one HTML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from albench.report import assets, blocks, numbers
from albench.report.downloads import cells_csv, leaderboard_csv
from albench.report.figures.sections import figures
from albench.report.grids import QUARTERS, difference_grid, level_table, saving_table, targets
from albench.report.leaderboard import leaderboard
from albench.report.notes import notes, slice_words, varying
from albench.report.page import flat, page_of
from albench.report.palette import styles
from albench.report.theme import CONFIG, DARK, LIGHT

if TYPE_CHECKING:
    import jinja2
    import polars as pl

    from albench.analysis.evidence import Evidence
    from albench.report.page import Page
    from albench.spec.experiment import Experiment
    from albench.store.folder import Folder

# More lines than this in one figure cannot be told apart; the rest is one click away.
SHOWN = 9
FAILURES_SHOWN = 200
FILTERS = (
    numbers.level,
    numbers.signed,
    numbers.percent,
    numbers.span,
    numbers.percent_span,
    numbers.p_value,
    numbers.seconds,
    numbers.tied,
    blocks.json_block,
    flat,
)


class Run(Protocol):
    """What a report is written from."""

    @property
    def experiment(self) -> Experiment:
        """The experiment."""
        ...

    @property
    def folder(self) -> Folder:
        """Its results folder."""
        ...

    @property
    def trials(self) -> pl.DataFrame:
        """The table ``trials``."""
        ...

    @property
    def evidence(self) -> Evidence:
        """What the analysis concludes."""
        ...


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
    template = _templates().get_template("page.html.j2")
    return template.render(**_shell(evidence, page), **(_body(evidence, page) if evidence.slices else {}))


def _shell(evidence: Evidence, page: Page) -> dict[str, Any]:
    script, plotly = assets.static("report.js"), assets.plotly_js()
    return {
        "page": page,
        "evidence": evidence,
        "light": LIGHT,
        "dark": DARK,
        "css": assets.static("report.css"),
        "script": script,
        "plotly": plotly.packed,
        "policy": assets.policy(assets.sha256(script), plotly.sha256),
        "themes": {"light": LIGHT.template(), "dark": DARK.template()},
        "config": CONFIG,
        "failures_shown": FAILURES_SHOWN,
    }


def _body(evidence: Evidence, page: Page) -> dict[str, Any]:
    primary = evidence.primary
    looks = styles(primary.strategies, page.baseline)
    board = leaderboard(primary, looks)
    contenders = [line.row.strategy for line in (*board.ranked, *board.label_looking)]
    verdicts = not primary.control.fired
    return {
        "primary": primary,
        "styles": looks,
        "board": board,
        "contenders": contenders,
        "verdicts": verdicts,
        "hidden": [looks[name].id for name in contenders[SHOWN - 1 :]],
        "notes": notes(page, evidence),
        "figures": figures(primary, looks, page.baseline, contenders),
        "grid": difference_grid(primary, contenders),
        "quarters": QUARTERS,
        "levels": level_table(primary, looks, page.baseline),
        "targets": targets(primary),
        "savings": saving_table(primary, contenders, looks),
        "others": _others(evidence, page),
        "csv": {
            "leaderboard": blocks.csv_link(leaderboard_csv(board, verdicts=verdicts)),
            "datasets": blocks.csv_link(cells_csv(primary, verdicts=verdicts)),
        },
    }


def _others(evidence: Evidence, page: Page) -> list[dict[str, Any]]:
    fields = varying([found.slice for found in evidence.slices])
    return [
        {
            "words": slice_words(found.slice, fields),
            "slice": found,
            "board": leaderboard(found, styles(found.strategies, page.baseline)),
        }
        for found in evidence.slices
        if not found.primary
    ]


def _templates() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("albench.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {function.__name__: function for function in FILTERS}
    environment.globals["count"] = numbers.count
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
    page = page_of(
        run.experiment,
        run.trials,
        resolved=run.folder.read_text("resolved.yaml"),
        environments=run.folder.environments(),
        warnings=tuple(
            f"{data['label']}: {text}" for data in run.folder.datasets() for text in data["warnings"]
        ),
        files=_tables(run.folder.tables, path.parent),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(run.evidence, page), encoding="utf-8", newline="")
    return path


def _tables(folder: Path, start: Path) -> tuple[str, ...]:
    names = sorted(path.name for path in folder.glob("*") if path.suffix in {".csv", ".parquet"})
    there = Path(os.path.relpath(folder, start)).as_posix()
    return tuple(f"{there}/{name}" for name in names)
