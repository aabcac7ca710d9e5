"""What a run did not bring about, in a few lines: how many trials failed, why, and how to look into one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from albench.tables import SKIPPED
from albench.text import format_count, list_first

if TYPE_CHECKING:
    import polars as pl

_REASONS = 3
_STRATEGIES = 3
_KEY_PREFIX = 12
# Trials of one fault end in different rounds.
_ROUND = re.compile(r" \(in round \d+, with \d+ labels\)$")


def describe_failures(failures: pl.DataFrame, *, n_trials: int, n_missing: int) -> tuple[str, ...]:
    """Return how many trials and references failed or are missing, and a line a reason, the commonest first.

    Parameters
    ----------
    failures : DataFrame
        As :attr:`albench.results.Results.failures`.
    n_trials : int
        Trials of the experiment.
    n_missing : int
        Those that have not been run.
    """
    groups: dict[str, list[dict[str, str | None]]] = {}
    for row in failures.iter_rows(named=True):
        if row["status"] != SKIPPED:
            groups.setdefault(_get_reason(row), []).append(row)
    rows = [row for group in groups.values() for row in group]
    n_references = sum(row.get("strategy") is None for row in rows)
    parts = []
    if len(rows) > n_references:
        parts.append(f"{len(rows) - n_references:,} of {format_count(n_trials, 'trial')} failed")
    if n_references:
        parts.append(f"{format_count(n_references, 'reference')} failed")
    if n_missing:
        parts.append(f"{n_missing:,} of {format_count(n_trials, 'trial')} are missing")
    common = sorted(groups.items(), key=lambda item: -len(item[1]))
    lines = [_describe_group(reason, group) for reason, group in common[:_REASONS]]
    if len(common) > _REASONS:
        lines.append(f"  and for {len(common) - _REASONS} other reasons")
    return (", ".join(parts), *lines) if parts else ()


def _get_reason(row: dict[str, str | None]) -> str:
    return _ROUND.sub("", (row["reason"] or str(row["status"])).partition("\n")[0])


def _describe_group(reason: str, rows: list[dict[str, str | None]]) -> str:
    names = list(dict.fromkeys(row.get("strategy") or "reference" for row in rows))
    key = str(rows[0]["key"])[:_KEY_PREFIX]
    example = f'results.failures has its traceback, albench.debug(spec, "{key}") raises it again'
    return f"  {len(rows):,} of {list_first(names, _STRATEGIES)}: {reason} ({example})"
