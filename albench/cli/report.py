"""`albench report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from albench.cli import options
from albench.cli.output import print_notes, print_text

if TYPE_CHECKING:
    from pathlib import Path


@click.command("report", epilog="Example: albench report experiments/quickstart.yaml")
@options.SPEC
@options.RESULTS
@click.option(
    "-o",
    "--output",
    type=options.FilePath(),
    help="Where to; results/NAME/report.html if not given. Folders that are missing are made.",
)
def command(spec: Path, results: Path, output: Path | None) -> None:
    """Write the page and the tables again from what is there; a partial run is told as such."""
    import albench
    from albench.cli.display import open_display

    with open_display(logs=False) as display:
        display.show_phase("reading results")
        opened = albench.open_results(spec, results=results)
        print_notes(opened.notes)
        if output is not None:
            options.make_folder(output.parent, "--output")
        display.show_phase("writing the page")
        page = opened.report(output)
    print_text(page)
