"""`albench list`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

import click

from albench.cli import options
from albench.cli.output import print_json, print_text
from albench.registry.catalogue import LISTINGS, load_catalogue

if TYPE_CHECKING:
    from albench.contracts import Kind

STRATEGY = ("strategy", "needs", "cost")
FOOTER = """

`needs` is what a strategy asks of the trial (a wrapper: beside what it wraps), `cost` how a query grows with
the pool; `albench show strategy NAME` says more. skactiveml.pool.CLASS, of albench[skactiveml], and
./my.py:CLASS are strategies, too."""
_INDENT = 6 * " "


class AxisChoice(click.Choice[str]):
    """An axis, also where one of its components is named."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the axis."""
        return super().convert(LISTINGS.get(cast("Kind", value), value), param, ctx)


@click.command("list", epilog="Example: albench list strategies")
@click.argument("axis", type=AxisChoice(list(LISTINGS.values())), required=False)
@options.JSON
def command(axis: str | None, *, as_json: bool) -> None:
    """List what is built in: all axes, or one of them with a line each."""
    # No regressors: the labels of an experiment are classes.
    entries = {
        kind: {name: facts for name, facts in catalogue.items() if facts.get("task") != "regression"}
        for kind, catalogue in load_catalogue().items()
    }
    chosen = {name: entries[kind] for kind, name in LISTINGS.items() if axis in (None, name)}
    if as_json:
        print_json(chosen)
        return
    if axis:
        print_text(_format_entries(chosen[axis]) + (FOOTER if axis == "strategies" else ""))
        return
    for name, components in chosen.items():
        print_text(f"{name}: {', '.join(components)}")
    print_text("\n`albench list strategies` says what each is; `albench show strategy margin` says more.")


def _format_entries(entries: dict[str, dict[str, Any]]) -> str:
    columns = [_make_columns(name, facts) for name, facts in entries.items()]
    widths = [max(map(len, column)) for column in zip(*columns, strict=True)]
    heads = [_align_cells(cells, widths) for cells in columns]
    groups: dict[str, list[str]] = {}
    for facts, line in zip(entries.values(), _fit_to_terminal(heads, entries), strict=True):
        groups.setdefault(facts.get("family") or facts.get("task", ""), []).append(line)
    text = "\n".join((f"{family}\n" if family else "") + "\n".join(lines) for family, lines in groups.items())
    return f"{_align_cells(STRATEGY, widths).rstrip()}\n{text}" if len(widths) == len(STRATEGY) else text


def _fit_to_terminal(heads: list[str], entries: dict[str, dict[str, Any]]) -> list[str]:
    """Return heads and summaries; if a terminal is too narrow for one, every summary below its head."""
    summaries = [facts["summary"] for facts in entries.values()]
    lines = [head + summary for head, summary in zip(heads, summaries, strict=True)]
    if not sys.stdout.isatty():
        return lines
    # Seldom needed, and a tenth of the start.
    import shutil
    import textwrap

    room = shutil.get_terminal_size().columns
    if max(map(len, lines)) <= room:
        return lines
    filled = textwrap.TextWrapper(room, _INDENT, _INDENT, break_on_hyphens=False).fill
    below = map(filled, summaries)
    return [f"{head.rstrip()}\n{text}" for head, text in zip(heads, below, strict=True)]


def _align_cells(cells: tuple[str, ...], widths: list[int]) -> str:
    return "".join(f"  {cell:<{width}}" for cell, width in zip(cells, widths, strict=True)) + "  "


def _make_columns(name: str, facts: dict[str, Any]) -> tuple[str, ...]:
    """Return what stands before the summary: of a strategy needs and cost, of a dataset its size."""
    if "cost" in facts:
        return name, ", ".join(facts.get("default_needs", facts["needs"])) or "-", facts["cost"]
    if "content" not in facts:
        return (name,)
    data = facts["content"]
    size = f"{data['n_rows']} x {data['n_features']}, {len(data['classes'])} classes" if data else ""
    return name, size
