"""`albench schema`."""

from __future__ import annotations

import click

from albench.cli.output import print_json


@click.command(
    "schema",
    short_help="Print the JSON schema of an experiment, for editors.",
    epilog="Example: albench schema > albench.schema.json",
)
def command() -> None:
    """Print the JSON schema of an experiment file, for editors."""
    from albench.spec.schema import build_schema

    print_json(build_schema())
