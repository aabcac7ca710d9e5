"""`albench fetch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from albench.cli import options
from albench.cli.output import print_text

if TYPE_CHECKING:
    from pathlib import Path


@click.command("fetch", epilog="Example: albench fetch experiments/openml.yaml")
@options.SPEC
@options.CACHE
@options.MIRROR
def command(spec: Path) -> None:
    """Download the datasets of an experiment once; then `run` needs no network.

    What is in the cache already is not downloaded again, unless it was damaged there.
    """
    import albench
    from albench.cli.display import show_phase

    with show_phase("fetching datasets"):
        for done in albench.fetch(spec):
            state = "fetched" if done.new else "already there"
            print_text(
                f"{done.label}: {state}{', as its copy was damaged' if done.damaged else ''}", err=True
            )
