"""`albench status`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from albench.cli import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("status", epilog="Example: albench status experiments/quickstart.yaml")
@options.spec
@options.results
@options.as_json
def command(spec: Path, results: Path, *, as_json: bool) -> None:
    """Say what is done, failed and missing of the last run."""
    import albench
    from albench.spec.read import load_experiment

    found = albench.open_results(load_experiment(spec, import_user_code=False), results=results)
    counts = dict(found.trials["status"].value_counts().iter_rows())
    done = counts.pop("done", 0)
    total = done + sum(counts.values()) + found.n_missing
    changed = found.experiment.text != found.folder.read_text("experiment.yaml")
    if as_json:
        data = {"total": total, "done": done, **counts, "missing": found.n_missing, "spec_changed": changed}
        click.echo(json.dumps(data, indent=1))
        return
    other = "".join(f", {n:,} {status}" for status, n in sorted(counts.items()))
    click.echo(f"{found.folder.path}: {done:,} of {total:,} trials done{other}, {found.n_missing:,} missing")
    failed = found.trials.filter(found.trials["status"] != "done")
    for row in failed.head(10).iter_rows(named=True):
        click.echo(
            f"  {row['status']}: {row['dataset']} {row['model']} {row['strategy']} "
            f"split {row['split']} start {row['start']}: {row['reason']}"
        )
    if changed:
        click.echo("the spec has changed since that run; `albench plan` shows what it asks for now")
