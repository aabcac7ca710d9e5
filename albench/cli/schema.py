"""`albench schema`."""

from __future__ import annotations

import click

from albench.cli.output import print_data


@click.command("schema", epilog="Example: albench schema > albench.schema.json")
def command() -> None:
    """Print the JSON schema of an experiment file, for editors."""
    from albench.spec.template import read_schema

    print_data(read_schema())
