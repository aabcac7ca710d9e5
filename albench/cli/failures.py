"""How failures are listed: equal ones together, each with a command that shows one of them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.text import list_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from albench.narrative.failures import FailedRow

_ERRORS_SHOWN = 10
_NAMES_SHOWN = 3


def format_failures(failures: pl.DataFrame) -> Iterator[str]:
    """Yield two lines for each error: what ended with it, and the command that runs the first of them again.

    Parameters
    ----------
    failures : DataFrame
        ``Results.failures``.
    """
    from albench.narrative.failures import group_failures

    groups = list(group_failures(failures).items())
    for reason, rows in groups[:_ERRORS_SHOWN]:
        yield f"  {rows[0]['status']}: {_describe_trials(rows)}: {reason}"
        yield f"    {rows[0]['command']}"
    if len(groups) > _ERRORS_SHOWN:
        yield f"  ... and {len(groups) - _ERRORS_SHOWN:,} other errors, on the page"


def _describe_trials(rows: Sequence[FailedRow]) -> str:
    """Name one trial, or say how many they are and what they have in common."""
    first = rows[0]
    if len(rows) == 1 and "manager" in first:
        words = (first[name] for name in ("dataset", "model", "strategy", "manager"))
        return f"{' '.join(words)} {100 * first['budget']:.12g}% {first['drift']} repeat {first['repeat']}"
    if len(rows) == 1:
        start = "" if first.get("start") is None else f" start {first['start']}"
        return f"{first['dataset']} {first['model']} {_name_job(first)} split {first['split']}{start}"
    jobs, datasets, models = (
        list_first(sorted(set(names)), _NAMES_SHOWN)
        for names in (map(_name_job, rows), (row["dataset"] for row in rows), (row["model"] for row in rows))
    )
    return f"{len(rows):,} of {jobs} on {datasets} with {models}"


def _name_job(row: FailedRow) -> str:
    return row.get("strategy") or "reference"
