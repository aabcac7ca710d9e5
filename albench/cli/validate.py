"""`albench validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from albench.cli import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("validate", epilog="Example: albench validate experiments/quickstart.yaml")
@options.add_spec
def command(spec: Path) -> None:
    """Find mistakes in an experiment file: syntax, names, parameters, files, columns.

    No module of yours is imported and no data is loaded: `plan` does that.
    """
    from albench.spec.read import check_spec

    for warning in check_spec(spec):
        click.echo(warning, err=True)
    click.echo(f"{spec}: valid")
