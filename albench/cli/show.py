"""`albench show`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from albench.cli import options

TRIAL, DATASET = "trial", "dataset"
KINDS = ("strategy", "model", DATASET, "metric", "signal", "seed_set", "oracle", "split")


@click.command(
    "show",
    epilog="Examples: albench show strategy qbc; albench show dataset plants my.yaml; "
    "albench show trial 3f9c experiments/quickstart.yaml",
)
@click.argument("kind", type=click.Choice((*KINDS, TRIAL)))
@click.argument("name")
@click.argument("spec", type=click.Path(path_type=Path, dir_okay=False), required=False)
@options.results
@options.cache
@options.as_json
def command(kind: str, name: str, spec: Path | None, results: Path, *, as_json: bool) -> None:
    """Show a component: what it does, its parameters, what it needs, where it comes from.

    NAME is built in, or an import path (skactiveml.pool.Badge, ./my.py:Mine).

    `albench show dataset LABEL SPEC` shows the data that an experiment calls so: rows, types, classes, hash.

    `albench show trial KEY SPEC` tells one trial pick by pick; the first signs of its KEY are enough.
    """
    if kind == TRIAL:
        if spec is None:
            raise click.UsageError("whose trial? `albench show trial KEY SPEC` takes the experiment file too")
        _trial(name, spec, results, as_json=as_json)
        return
    if spec is not None and kind != DATASET:
        raise click.UsageError(
            f"'{spec}': only `albench show trial KEY SPEC` and `albench show dataset LABEL SPEC` take an "
            "experiment file"
        )
    from albench.cli.facts import component_facts, dataset_facts
    from albench.cli.facts_text import text

    facts = component_facts(kind, name) if spec is None else dataset_facts(name, spec)
    click.echo(json.dumps(facts, indent=1, ensure_ascii=False) if as_json else text(name, facts))


def _trial(key: str, spec: Path, results: Path, *, as_json: bool) -> None:
    from dataclasses import asdict

    import albench
    from albench.report.picks import told

    found = albench.open_results(spec, results=results).story(key)
    if as_json:
        rounds = [asdict(one) for one in found.rounds]
        told_as = {"trial": dict(found.trial), "classes": found.classes, "rounds": rounds}
        click.echo(json.dumps(told_as, indent=1, ensure_ascii=False, default=str))
    else:
        click.echo("\n".join(told(found)))
