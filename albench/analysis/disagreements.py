"""Strategies that are better than random in one slice and worse in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.evidence import Disagreement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import Slice, SliceEvidence


def find_disagreements(slices: Sequence[SliceEvidence]) -> tuple[Disagreement, ...]:
    """Return the strategies that the slices disagree about; slices whose control fired do not count."""
    able = [evidence for evidence in slices if not evidence.control.fired]
    among = tuple(evidence.slice for evidence in able)
    rows = (row for evidence in able for row in evidence.rows[1:])
    names = dict.fromkeys(row.strategy for row in rows if not row.label_looking)
    sides = ((name, _list_slices(able, name, 1), _list_slices(able, name, -1)) for name in names)
    return tuple(
        Disagreement(name, better, worse, among) for name, better, worse in sides if better and worse
    )


def _list_slices(slices: Sequence[SliceEvidence], strategy: str, side: int) -> tuple[Slice, ...]:
    rows = ((evidence.slice, row) for evidence in slices for row in evidence.rows)
    return tuple(name for name, row in rows if row.strategy == strategy and row.side == side)
