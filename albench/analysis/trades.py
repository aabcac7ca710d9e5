"""What a gain costs: strategies that no other one is better and cheaper than."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.evidence import Trade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import Row


def trades(rows: Sequence[Row]) -> tuple[Trade, ...]:
    """Return gain and query time of each row, random's gain being 0.

    Parameters
    ----------
    rows : sequence of Row
        The baseline's first.
    """
    points = [
        (row.strategy, 0.0 if i == 0 else row.difference, row.query_s_per_label)
        for i, row in enumerate(rows)
        if not row.label_looking
    ]
    known = [(name, gain, cost) for name, gain, cost in points if gain is not None and cost is not None]
    return tuple(
        Trade(name, gain, cost, not any(_dominates(one[1:], (gain, cost)) for one in known))
        for name, gain, cost in known
    )


def _dominates(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] >= other[0] and one[1] <= other[1] and one != other
