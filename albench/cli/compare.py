"""`albench compare`."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from albench.cli import options
from albench.cli.exits import DONE, GATE
from albench.cli.output import print_json, print_notes, print_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from albench.comparison.runs import CellChange, Change, Contradiction, Place, RunComparison

_SHOWN = 40
_FOLDER = options.ResultsPath()
_ORDER: tuple[Change, ...] = ("worse", "better", "undecided", "unchanged", "identical")


@click.command("compare", epilog="Example: albench compare results/before results/after --fail-on regression")
@click.argument("first", type=_FOLDER)
@click.argument("second", type=_FOLDER)
@click.option("--metric", help="A built-in metric; the primary metric of the first run if not given.")
@click.option(
    "--fail-on",
    type=click.Choice(["regression", "change"]),
    help="Exit with 4 if a cell is worse or has lost trials, or a trial contradicts itself in one "
    "environment; or if any area differs at all, any trial contradicts itself, or a cell is in one run "
    "alone. Also if the runs have no cell in common.",
)
@options.JSON
def command(first: Path, second: Path, metric: str | None, fail_on: str | None, *, as_json: bool) -> int:
    """Compare two results folders cell by cell, over the repeats that both have.

    A cell is worse or better if the mean area under its curves is, by a t test over its repeats that is
    corrected over all cells; on streams, if the mean of the metric over all rows is.
    A trial of one key contradicts itself where the two recorded other numbers, times apart.
    """
    from albench.cli.display import show_phase

    with show_phase("comparing"):
        from albench.comparison.folders import compare

        comparison = compare(first, second, metric=metric)
    print_notes(comparison.notes)
    if as_json:
        print_json(asdict(comparison) | {"regressions": len(comparison.regressions)})
    else:
        print_text(_format_comparison(comparison))
    return GATE if fail_on and (not comparison.cells or _is_gate_failed(comparison, fail_on)) else DONE


def _is_gate_failed(comparison: RunComparison, fail_on: str) -> bool:
    if fail_on == "regression":
        return bool(comparison.regressions) or any(
            contradiction.unexplained for contradiction in comparison.contradictions
        )
    changed = any(cell.change != "identical" or cell.n_lost for cell in comparison.cells)
    return changed or bool(comparison.only_first or comparison.only_second or comparison.contradictions)


def _format_comparison(comparison: RunComparison) -> str:
    counts = Counter(cell.change for cell in comparison.cells)
    changes = ", ".join(f"{counts[change]:,} {change}" for change in _ORDER if counts[change])
    again = _format_contradiction_count(comparison)
    lines = [
        f"{comparison.metric}, second less first: {len(comparison.cells):,} cells in common"
        + (changes and f": {changes}"),
        f"{comparison.n_same:,} trials are the same in both (one key){again}",
        *_limit_lines(map(_format_contradiction, comparison.contradictions), "contradictions"),
    ]
    for name, places in (("first", comparison.only_first), ("second", comparison.only_second)):
        if places:
            lines.append(f"only in the {name}: {len(places):,} cells")
    shown_cells = [cell for cell in comparison.cells if cell.change != "identical" or cell.n_lost]
    shown_cells.sort(key=lambda cell: (not cell.regressed, _ORDER.index(cell.change)))
    return "\n".join([*lines, *_limit_lines(map(_format_cell, shown_cells), "cells that differ")])


def _format_contradiction_count(comparison: RunComparison) -> str:
    n = len(comparison.contradictions)
    if not n:
        return ""
    who = "1 contradicts itself" if n == 1 else f"{n:,} contradict themselves"
    return f", {who}: `albench run SPEC --rerun all` on one of the folders tells if it can be reproduced"


def _limit_lines(lines: Iterable[str], what: str) -> list[str]:
    """Return the first lines, and how many more there are."""
    every = list(lines)
    more = len(every) - _SHOWN
    return every[:_SHOWN] + ([f"  and {more:,} more {what}; --json has them all"] if more > 0 else [])


def _format_contradiction(contradiction: Contradiction) -> str:
    words = ("arm", "split", "start") if len(contradiction.repeat) > 1 else ("repeat",)
    repeat = " ".join(f"{word} {n}" for word, n in zip(words, contradiction.repeat, strict=True))
    where = f"{_format_place(contradiction.place)} {repeat}"
    why = "" if contradiction.unexplained else f", in environments {' and '.join(contradiction.environments)}"
    return f"  contradiction: {where}, key {contradiction.key[:12]}: {', '.join(contradiction.columns)}{why}"


def _format_place(place: Place) -> str:
    from albench.comparison.runs import StreamPlace

    if isinstance(place, StreamPlace):
        setting = f"{place.manager}, budget {100 * place.budget:.3g}%, {place.oracle}, drift {place.drift}"
        return f"{place.dataset} {place.model} {place.strategy} ({setting})"
    dataset, model, _, strategy, seed_size, _, batch_size, oracle, *rest = place
    growth = "".join(f" growing {value:g}-fold" for value in rest if isinstance(value, float))
    columns = "".join(f", {value}" for value in rest if isinstance(value, str))
    return f"{dataset} {model} {strategy} (seed {seed_size}, batch {batch_size}{growth}, {oracle}{columns})"


def _format_cell(cell: CellChange) -> str:
    where = _format_place(cell.place)
    if cell.difference is None:
        amount = "nothing is paired"
    else:
        span = f" [{cell.interval.low:.4f}, {cell.interval.high:.4f}]" if cell.interval else ""
        amount = f"{cell.difference:+.4f}{span} over {cell.n_paired} trials"
    lost = f", {cell.n_lost} that were done have failed" if cell.n_lost else ""
    return f"  {cell.change}: {where}: {amount}{lost}"
