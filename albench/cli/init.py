"""`albench init`."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from albench.cli import options
from albench.cli.output import print_text


@click.command("init", epilog="Example: albench init my.yaml")
@click.argument("spec", type=options.FilePath(), default=Path("experiment.yaml"))
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(spec: Path, *, force: bool) -> None:
    """Write a commented experiment, and beside it the schema that completes it in an editor."""
    from albench.spec.template import render_template, write_schema

    if spec.exists() and not force:
        raise click.UsageError(f"'{spec}' is there already; --force overwrites it")
    options.make_folder(spec.parent, "SPEC")
    spec.write_text(render_template(spec.stem), encoding="utf-8")
    schema = write_schema(spec.parent)
    print_text(f"wrote {spec} and {schema}\nnext: albench run {quote(str(spec))}")
