"""`albench schema`."""

from __future__ import annotations

from pathlib import Path

import click

from albench.cli.output import print_data

_FILE = Path(__file__).parents[1] / "spec" / "experiment.schema.json"
"""Written by ``python -m albench.spec.schema`` and tested to be current."""


@click.command(
    "schema",
    epilog="Example: albench schema > albench.schema.json",
)
def command() -> None:
    """Print the JSON schema of an experiment file, for editors."""
    # In characters that every encoding has: its text needs none to be replaced.
    print_data(_FILE.read_text(encoding="ascii"))
