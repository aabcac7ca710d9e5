"""`albench verify`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.cli.exits import DONE, GATE, INCOMPLETE
from albench.cli.output import print_json, print_text

if TYPE_CHECKING:
    from pathlib import Path

    from albench.planning.decisions import Rerun
    from albench.verification.outcome import CellOutcome, Comparison, Verification

_SHOWN = 20


@click.command("verify", epilog="Example: albench verify experiments/replays/lu2023.yaml --data my/folder")
@options.SPEC
@options.DATA
@options.RESULTS
@options.JOBS
@options.RERUN
@options.ALLOW_MIXED
@options.CACHE
@options.JSON
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
    from albench.cli.display import open_display

    with open_display(quiet=quiet) as display:
        display.show_phase("reading data")
        verification = albench.verify(
            options.read_experiment(spec),
            results=results,
            n_jobs=jobs,
            rerun=rerun,
            allow_mixed_environments=allow_mixed_environments,
            display=display,
        )
    if as_json:
        print_json(_make_json(verification))
    else:
        print_text("\n\n".join(map(_format_comparison, verification.comparisons)))
    for problem in verification.problems[:10]:
        print_text(f"failed: {problem}", err=True)
    if verification.missed:
        return GATE
    return DONE if verification.complete else INCOMPLETE


def _format_comparison(comparison: Comparison) -> str:
    """Return a table of the cells of one comparison, and its differences."""
    rows = [_format_row(comparison, cell) for cell in comparison.cells]
    heads = ["", "matched", "published", "found", "with a tie", "missing"]
    width = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [_format_verdict(comparison), *(_format_line(row, width) for row in [heads, *rows] if rows)]
    lines += [f"  differs: {difference}" for difference in comparison.differences[:_SHOWN]]
    if len(comparison.differences) > _SHOWN:
        lines.append(f"  ... and {len(comparison.differences) - _SHOWN} more differences (--json lists all)")
    if comparison.outside:
        lines.append(
            f"  not compared, since the experiment lacks the cell or repeat: {_format_left_out(comparison)}"
        )
    return "\n".join(lines)


def _format_left_out(comparison: Comparison) -> str:
    first = (
        f"line {comparison.first_outside} of {comparison.expected.file} ({comparison.first_outside_is_of})"
    )
    return (
        first if comparison.outside == 1 else f"{comparison.outside} published numbers, the first in {first}"
    )


def _format_line(row: list[str], width: list[int]) -> str:
    first, *others = (
        text.ljust(n) if i == 0 else text.rjust(n) for i, (text, n) in enumerate(zip(row, width, strict=True))
    )
    return "  ".join(["  " + first, *others]).rstrip()


def _format_row(comparison: Comparison, cell: CellOutcome) -> list[str]:
    digits = comparison.expected.digits if comparison.expected.digits is not None else 5
    numbers = ["" if value is None else f"{value:.{digits}f}" for value in (cell.published, cell.found)]
    named = " ".join(value for _, value in cell.cell) or "all"
    tied = "" if comparison.expected.kind in {"means", "references"} else f"{cell.tied}"
    return [named, f"{cell.matched}/{cell.compared}", *numbers, tied, f"{cell.missing or ''}"]


def _format_verdict(comparison: Comparison) -> str:
    expected = comparison.expected
    if comparison.empty:
        return f"{expected.kind} of {expected.file}: nothing to compare"
    close = "the same rows"
    if expected.digits is not None:
        close = f"to {expected.digits} digits"
    elif expected.within is not None:
        close = f"within {expected.within:g} SD/sqrt(n)"
    bar = f"{comparison.matched} of {comparison.compared} {close}, {100 * expected.matched:.4g}% expected"
    verdict = "met" if comparison.passed else ("MISSED" if comparison.compared else "incomplete")
    return f"{expected.kind} of {expected.file}: {bar}: {verdict}"


def _make_json(verification: Verification) -> dict[str, Any]:
    return {
        "passed": verification.passed,
        "comparisons": [_make_comparison_json(comparison) for comparison in verification.comparisons],
        "problems": list(verification.problems),
    }


def _make_comparison_json(comparison: Comparison) -> dict[str, Any]:
    return {
        **dict(comparison.expected),
        "passed": comparison.passed,
        "compared": comparison.compared,
        "agree": comparison.matched,
        "missing": comparison.missing,
        "outside": comparison.outside,
        "first_outside": comparison.first_outside,
        "first_outside_is_of": comparison.first_outside_is_of,
        "cells": [{**asdict(cell), "cell": dict(cell.cell)} for cell in comparison.cells],
        "differences": [
            {**asdict(difference), "cell": dict(difference.cell)} for difference in comparison.differences
        ],
    }
