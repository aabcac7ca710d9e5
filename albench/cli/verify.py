"""`albench verify`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.cli.exits import DONE, GATE, INCOMPLETE

if TYPE_CHECKING:
    from pathlib import Path

    from albench.planning.decisions import Rerun
    from albench.verification import CellOutcome, Comparison, Verification

_SHOWN = 20


@click.command("verify", epilog="Example: albench verify experiments/replays/lu2023.yaml --data my/folder")
@options.spec
@options.data
@options.results
@click.option("-j", "--jobs", type=int, default=None, help="Worker processes; -1 for one per core.")
@options.rerun
@options.allow_mixed
@options.cache
@options.as_json
@click.option("--quiet", is_flag=True, help="Show no progress.")
def command(
    spec: Path,
    results: Path,
    jobs: int | None,
    rerun: Rerun,
    *,
    allow_mixed_environments: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Compare an experiment with the published numbers that it expects.

    Trials and references that a published number speaks of are run if they are not there yet. Each
    difference is shown with its repeat, and whether a tie stood at a cut. The exit code is 4 if the bar of a
    file is missed, 3 if trials of it are missing or the experiment has none of its cells and repeats.
    """
    import albench
    from albench.cli.display import display

    if jobs == 0:
        raise click.BadParameter("0 workers cannot run anything; 1 runs in this process", param_hint="--jobs")
    experiment = options.experiment(spec)
    found = albench.verify(
        experiment,
        results=results,
        n_jobs=jobs,
        rerun=rerun,
        allow_mixed_environments=allow_mixed_environments,
        display=display(quiet=quiet),
    )
    click.echo(json.dumps(_data(found), indent=1) if as_json else _text(found))
    for problem in found.problems[:10]:
        click.echo(f"failed: {problem}", err=True)
    if found.missed:
        return GATE
    return DONE if found.complete else INCOMPLETE


def _text(found: Verification) -> str:
    return "\n\n".join(_block(comparison) for comparison in found.comparisons)


def _block(it: Comparison) -> str:
    """Return a table of the cells of one comparison, and its differences."""
    rows = [_row(it, cell) for cell in it.cells]
    heads = ["", "matched", "published", "found", "with a tie", "missing"]
    width = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [_judged(it), *(_line(row, width) for row in [heads, *rows] if rows)]
    lines += [f"  differs: {difference}" for difference in it.differences[:_SHOWN]]
    if len(it.differences) > _SHOWN:
        lines.append(f"  ... and {len(it.differences) - _SHOWN} more differences (--json lists all)")
    if it.outside:
        lines.append(f"  not compared, since the experiment lacks the cell or repeat: {_left_out(it)}")
    return "\n".join(lines)


def _left_out(it: Comparison) -> str:
    first = f"line {it.first_outside} of {it.expected.file} ({it.first_outside_is_of})"
    return first if it.outside == 1 else f"{it.outside} published numbers, the first in {first}"


def _line(row: list[str], width: list[int]) -> str:
    first, *others = (
        text.ljust(n) if i == 0 else text.rjust(n) for i, (text, n) in enumerate(zip(row, width, strict=True))
    )
    return "  ".join(["  " + first, *others]).rstrip()


def _row(it: Comparison, cell: CellOutcome) -> list[str]:
    digits = it.expected.digits if it.expected.digits is not None else 5
    numbers = ["" if value is None else f"{value:.{digits}f}" for value in (cell.published, cell.found)]
    named = " ".join(value for _, value in cell.cell) or "all"
    tied = "" if it.expected.kind in {"means", "references"} else f"{cell.tied}"
    return [named, f"{cell.matched}/{cell.compared}", *numbers, tied, f"{cell.missing or ''}"]


def _judged(it: Comparison) -> str:
    expected = it.expected
    if it.empty:
        return f"{expected.kind} of {expected.file}: nothing to compare"
    close = "the same rows"
    if expected.digits is not None:
        close = f"to {expected.digits} digits"
    elif expected.within is not None:
        close = f"within {expected.within:g} SD/sqrt(n)"
    bar = f"{it.matched} of {it.compared} {close}, {100 * expected.matched:.4g}% expected"
    verdict = "met" if it.passed else ("MISSED" if it.compared else "incomplete")
    return f"{expected.kind} of {expected.file}: {bar}: {verdict}"


def _data(found: Verification) -> dict[str, Any]:
    return {
        "passed": found.passed,
        "comparisons": [_comparison(it) for it in found.comparisons],
        "problems": list(found.problems),
    }


def _comparison(it: Comparison) -> dict[str, Any]:
    return {
        **dict(it.expected),
        "passed": it.passed,
        "compared": it.compared,
        "agree": it.matched,
        "missing": it.missing,
        "outside": it.outside,
        "first_outside": it.first_outside,
        "first_outside_is_of": it.first_outside_is_of,
        "cells": [{**asdict(cell), "cell": dict(cell.cell)} for cell in it.cells],
        "differences": [{**asdict(found), "cell": dict(found.cell)} for found in it.differences],
    }
