"""Numbers and places of streams as sentences write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.text import format_count

if TYPE_CHECKING:
    from albench.analysis.streams.evidence.cells import Spending
    from albench.analysis.streams.evidence.conclusions import StreamSliceEvidence

_NEGLIGIBLE = 0.1
AT_EQUAL_SPENDING = "random at the same spending"


def format_share(share: float, space: str = " ") -> str:
    """Return a share of labels in percent, in three digits: ``10 %``, ``0.5 %``."""
    return f"{100 * share:.3g}{space}%"


def describe_stream_place(evidence: StreamSliceEvidence, strategy: str) -> str:
    """Return ``on sea with sgd``, ``on 3 streams with sgd`` or ``on 2 of 3 streams with sgd``."""
    covered = evidence.list_covered_cells(strategy)
    n = len(evidence.datasets)
    if n == 1:
        where = evidence.datasets[0]
    elif len(covered) in (0, n):
        where = format_count(n, "stream")
    else:
        where = f"{len(covered)} of {format_count(n, 'stream')}"
    return f"on {where} with {evidence.slice.model}"


def describe_budget(budget: float, spending: Spending | None) -> str:
    """Return ``at 10 % of the labels``, or what was bought: ``with 7 % of the labels (10 % allowed)``."""
    if spending is None or abs(spending.share - budget) <= _NEGLIGIBLE * budget:
        return f"at {format_share(budget)} of the labels"
    return f"with {100 * spending.share:.2g} % of the labels ({format_share(budget)} allowed)"
