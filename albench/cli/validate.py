"""`albench validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from albench.cli import options
from albench.cli.output import print_text

if TYPE_CHECKING:
    from pathlib import Path


@click.command("validate", epilog="Example: albench validate experiments/quickstart.yaml")
@options.SPEC
def command(spec: Path) -> None:
    """Find mistakes in an experiment file: syntax, names, parameters, files, columns.

    No module of yours is imported and no data is loaded: `plan` does that.
    """
    from albench.spec.read import check_spec

    for warning in check_spec(spec):
        print_text(warning, err=True)
    print_text(f"{spec}: valid; the data were not read: `albench plan` counts their rows and classes")
