"""`albench export`."""

from __future__ import annotations

from pathlib import Path

import click

from albench.cli import options
from albench.cli.output import print_data, print_notes, print_text

_FORMATS = {"table": ("markdown", "latex", "csv"), "figures": ("svg", "pdf", "png")}


@click.command("export", epilog="Example: albench export experiments/quickstart.yaml table --format latex")
@options.add_spec
@click.argument("what", type=click.Choice(list(_FORMATS)))
@click.option(
    "--format",
    "form",
    type=click.Choice([form for forms in _FORMATS.values() for form in forms]),
    help="markdown, latex or csv of a table; svg, pdf or png of figures. The first if not given.",
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
@options.add_results
def command(
    spec: Path, what: str, form: str | None, output: Path | None, axes: tuple[str, ...], results: Path
) -> None:
    """Write the leaderboard or the figures for a paper.

    Figures need `pip install 'albench[export]'` and a Chrome.
    """
    import albench
    from albench.report.tables.export import FIGURE_FORMATS, TABLE_FORMATS, export_figures, export_table

    chosen = form or _FORMATS[what][0]
    if chosen not in _FORMATS[what]:
        near = ", ".join(_FORMATS[what])
        raise click.BadParameter(f"'{chosen}' is none of: {near} ({what})", param_hint="--format")
    chosen_slice = dict(_parse_axis(text) for text in axes)
    opened = albench.open_results(spec, results=results)
    print_notes(opened.notes)
    if what == "figures":
        place = options.make_folder(output, "--output") if output else opened.folder.make_figures()
        image = next(candidate for candidate in FIGURE_FORMATS if candidate == chosen)
        for file in export_figures(opened, place, image, chosen_slice):
            print_text(file)
        return
    if output is not None:
        options.make_folder(output.parent, "--output")
        if output.is_dir():
            raise click.BadParameter(
                f"'{output}' is a folder: name a file for the table", param_hint="--output"
            )
    text = export_table(
        opened, next(candidate for candidate in TABLE_FORMATS if candidate == chosen), chosen_slice
    )
    if output is None:
        print_data(text)
    else:
        output.write_text(text, encoding="utf-8", newline="")


def _parse_axis(text: str) -> tuple[str, str]:
    name, is_set, value = text.partition("=")
    if not is_set:
        raise click.BadParameter(f"'{text}' is no AXIS=VALUE, as model=svm_rbf is", param_hint="--slice")
    return name, value
