"""`albench export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from albench.cli import options
from albench.cli.output import print_data, print_notes, print_text

if TYPE_CHECKING:
    from albench.report.paper.images import FigureFormat
    from albench.report.tables.export import TableFormat, TableKind
    from albench.results import Results

_FORMATS = {"table": ("markdown", "latex", "csv"), "figures": ("pdf", "svg", "png")}


@click.command(
    "export",
    epilog="Examples: albench export my.yaml table --kind levels --format latex -o levels.tex; "
    "albench export my.yaml figures --columns 2",
)
@options.SPEC
@click.argument("what", type=click.Choice(list(_FORMATS)))
@click.option(
    "--format",
    "form",
    type=click.Choice([form for forms in _FORMATS.values() for form in forms]),
    help="markdown, latex or csv of a table; pdf, svg or png of figures. The first if not given.",
)
@click.option(
    "--kind",
    type=click.Choice(["leaderboard", "levels", "area", "saving"]),
    help="Of a table: leaderboard (if not given), a row a strategy; or dataset by strategy: levels, mean and "
    "standard deviation of the metric at the budget, with the best and what is not significantly worse "
    "marked; area, the same under the curves; saving, labels saved against random.",
)
@click.option(
    "--at",
    type=click.IntRange(min=1),
    metavar="LABELS",
    help="Of levels: at so many labels instead of the budget.",
)
@click.option(
    "--columns",
    type=click.Choice(["1", "2"]),
    help="Columns of a paper that a figure is over: 1 is 85 mm wide, 2 are 178 mm. 1 if not given; "
    "panels side by side take 2.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A file for the table (standard output if not given); a folder for figures (results/NAME/figures). "
    "Folders that are missing are made.",
)
@click.option(
    "--slice",
    "axes",
    multiple=True,
    metavar="AXIS=VALUE",
    help="Another slice than the primary one: model=svm_rbf, metric=log_loss, batch_size=10. "
    "As often as needed.",
)
@options.RESULTS
def command(
    spec: Path,
    what: str,
    form: str | None,
    kind: TableKind | None,
    at: int | None,
    columns: str | None,
    output: Path | None,
    axes: tuple[str, ...],
    results: Path,
) -> None:
    """Write a table or the figures for a paper.

    Figures need `pip install 'albench[export]'` and a Chrome or Chromium.
    """
    import albench
    from albench.cli.display import show_phase

    chosen = form or _FORMATS[what][0]
    if chosen not in _FORMATS[what]:
        near = ", ".join(_FORMATS[what])
        raise click.BadParameter(f"'{chosen}' is none of: {near} ({what})", param_hint="--format")
    if columns and what != "figures":
        raise click.BadParameter("only figures have a width", param_hint="--columns")
    if kind and what != "table":
        raise click.BadParameter("only a table has a kind", param_hint="--kind")
    if at and kind != "levels":
        raise click.BadParameter("only levels are taken at a number of labels", param_hint="--at")
    chosen_slice = dict(_parse_axis(text) for text in axes)
    with show_phase("reading results"):
        opened = albench.open_results(spec, results=results)
        print_notes(opened.notes)
    if what == "figures":
        _export_figures(opened, cast("FigureFormat", chosen), int(columns or 1), output, chosen_slice)
    else:
        _export_table(opened, cast("TableFormat", chosen), kind or "leaderboard", at, output, chosen_slice)


def _export_figures(
    opened: Results, form: FigureFormat, n_columns: int, output: Path | None, axes: dict[str, str]
) -> None:
    from albench.cli.display import show_phase
    from albench.report.paper.figures import draw_results
    from albench.report.paper.images import write_figures

    folder = options.make_folder(output, "--output") if output else opened.folder.make_figures()
    with show_phase("drawing figures"):
        drawn = draw_results(opened, axes, n_columns)
        print_notes(drawn.notes)
        files = list(write_figures(drawn.figures, folder, form))
    for file in files:
        print_text(file)


def _export_table(
    opened: Results,
    form: TableFormat,
    kind: TableKind,
    at: int | None,
    output: Path | None,
    axes: dict[str, str],
) -> None:
    from albench.report.tables.export import export_table

    if output is not None:
        options.make_folder(output.parent, "--output")
        if output.is_dir():
            raise click.BadParameter(
                f"'{output}' is a folder: name a file for the table", param_hint="--output"
            )
    text = export_table(opened, form, axes, kind=kind, at=at)
    if output is None:
        print_data(text)
    else:
        output.write_text(text, encoding="utf-8", newline="")


def _parse_axis(text: str) -> tuple[str, str]:
    name, is_set, value = text.partition("=")
    if not is_set:
        raise click.BadParameter(f"'{text}' is no AXIS=VALUE, as model=svm_rbf is", param_hint="--slice")
    return name, value
