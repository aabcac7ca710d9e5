"""What a run did not bring about, in a few lines: how many trials failed, why, and how to look into one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from albench.tables import SKIPPED
from albench.text import format_count, list_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    FailedRow = dict[str, Any]

_SHOWN = 3
_KEY_PREFIX = 12
# Trials of one fault end in different rounds.
_ROUND = re.compile(r" \(in round \d+, with \d+ labels\)$")


def describe_failures(
    failures: pl.DataFrame, problems: Sequence[str], *, n_trials: int, n_missing: int
) -> tuple[str, ...]:
    """Return how many trials and references failed or are missing, and a line a reason, the commonest first.

    Parameters
    ----------
    failures : DataFrame
        As :attr:`albench.results.Results.failures`.
    problems : sequence of str
        What went wrong in the run just now, whether it is stored as a failure or not.
    """
    groups = group_failures(failures)
    rows = [row for group in groups.values() for row in group]
    others = [problem for problem in problems if not any(reason in problem for reason in groups)]
    n_references = sum(row.get("strategy") is None for row in rows)
    counts = [
        (len(rows) - n_references, "failed"),
        (n_missing, "missing"),
        (n_references, "failed as references"),
        (len(others), "with another problem"),
    ]
    if not any(n for n, _ in counts):
        return ()
    summary = ", ".join(f"{n:,} {what}" for n, what in counts if n)
    lines = [*_describe_groups(groups), *(f"  {other}" for other in others)]
    more = [f"  and {len(lines) - _SHOWN:,} more"] if len(lines) > _SHOWN else []
    return (f"of {format_count(n_trials, 'trial')}: {summary}", *lines[:_SHOWN], *more)


def group_failures(failures: pl.DataFrame) -> dict[str, list[FailedRow]]:
    """Return the failures of each reason, the commonest first."""
    groups: dict[str, list[FailedRow]] = {}
    for row in failures.iter_rows(named=True):
        if row["status"] != SKIPPED:
            groups.setdefault(_get_reason(row), []).append(row)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def _get_reason(row: FailedRow) -> str:
    return _ROUND.sub("", (row["reason"] or str(row["status"])).partition("\n")[0])


def _describe_groups(groups: dict[str, list[FailedRow]]) -> Iterator[str]:
    for reason, rows in groups.items():
        names = list(dict.fromkeys(row.get("strategy") or "reference" for row in rows))
        key = str(rows[0]["key"])[:_KEY_PREFIX]
        example = f'results.failures has its traceback, albench.debug(spec, "{key}") raises it again'
        yield f"  {len(rows):,} of {list_first(names, _SHOWN)}: {reason} ({example})"
