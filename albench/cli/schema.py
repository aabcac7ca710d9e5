"""`albench schema`."""

from __future__ import annotations

import json

import click


@click.command("schema", epilog="Example: albench schema > albench.schema.json")
def command() -> None:
    """Print the JSON schema of an experiment file, for editors."""
    from albench.spec.schema import build_schema

    click.echo(json.dumps(build_schema(), indent=1, ensure_ascii=False))
