"""`albench list`."""

from __future__ import annotations

import json
from typing import Any

import click

from albench.cli import options

KINDS = {
    "strategies": "strategy",
    "models": "model",
    "datasets": "dataset",
    "metrics": "metric",
    "signals": "signal",
    "seed_sets": "seed_set",
    "oracles": "oracle",
    "splits": "split",
}


@click.command("list", epilog="Example: albench list strategies")
@click.argument("axis", type=click.Choice(list(KINDS)), required=False)
@options.as_json
def command(axis: str | None, *, as_json: bool) -> None:
    """List what is built in: all axes, or one of them with a line each."""
    from albench.catalogue import catalogue

    found = catalogue()
    chosen = {axis: KINDS[axis]} if axis else KINDS
    if as_json:
        click.echo(
            json.dumps({name: found[kind] for name, kind in chosen.items()}, indent=1, ensure_ascii=False)
        )
        return
    if axis:
        click.echo(_lines(found[KINDS[axis]]))
        return
    for name, kind in KINDS.items():
        click.echo(f"{name}: {', '.join(found[kind])}")
    click.echo("\n`albench list strategies` says what each is; `albench show strategy margin` says more.")


def _lines(entries: dict[str, dict[str, Any]]) -> str:
    width = max(map(len, entries), default=0)
    groups: dict[str, list[str]] = {}
    for name, facts in entries.items():
        line = f"  {name:<{width}}  {_size(facts)}{facts['summary']}"
        groups.setdefault(facts.get("family") or facts.get("task", ""), []).append(line)
    return "\n".join((f"{family}\n" if family else "") + "\n".join(lines) for family, lines in groups.items())


def _size(facts: dict[str, Any]) -> str:
    """Return rows, features and classes of a dataset; nothing for anything else."""
    if "content" not in facts:
        return ""
    data = facts["content"]
    told = f"{data['n_rows']} x {data['n_features']}, {len(data['classes'])} classes" if data else ""
    return f"{told:<23} "
