"""`albench report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from albench.cli import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("report", epilog="Example: albench report experiments/quickstart.yaml")
@options.spec
@options.results
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), help="Where to; results/NAME/report.html if not given."
)
def command(spec: Path, results: Path, output: str | None) -> None:
    """Write the page and the tables again from what is there; a partial run is told as such."""
    from pathlib import Path

    import albench

    found = albench.open_results(spec, results=results)
    click.echo(found.report(Path(output) if output else None))
