"""Slices that contradict each other about a strategy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from albench.analysis.evidence import Slice
from albench.analysis.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import SliceEvidence

_MOST_NAMED = 3


@dataclass(frozen=True)
class Disagreement:
    """A strategy that is clearly better than random in some slices and clearly worse in others.

    Clearly: on average over the datasets at hand, corrected for the number of strategies in the slice.
    """

    strategy: str
    better: tuple[Slice, ...]
    worse: tuple[Slice, ...]


def disagreements(found: Sequence[SliceEvidence]) -> tuple[Disagreement, ...]:
    """Return what the slices contradict each other about; slices whose control fired do not count."""
    heard = [one for one in found if not one.control.fired]
    names = dict.fromkeys(row.strategy for one in heard for row in one.rows[1:] if not row.label_looking)
    made = (Disagreement(name, _where(heard, name, 1), _where(heard, name, -1)) for name in names)
    return tuple(one for one in made if one.better and one.worse)


def _where(found: Sequence[SliceEvidence], strategy: str, side: int) -> tuple[Slice, ...]:
    return tuple(
        one.slice for one in found for row in one.rows if row.strategy == strategy and row.side == side
    )


def told(found: Disagreement, among: Sequence[Slice]) -> str:
    """Return a sentence about a disagreement that names what the slices differ in."""
    better, worse = (_named(slices, among) for slices in (found.better, found.worse))
    return (
        f"Slices disagree about {found.strategy}: on average over these datasets it is better than random "
        f"with {better} and worse with {worse}."
    )


def _named(slices: Sequence[Slice], among: Sequence[Slice]) -> str:
    names = [name_of(one, among) for one in slices]
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
    return listed(names)


def name_of(one: Slice, among: Sequence[Slice]) -> str:
    """Return a slice's values on those axes in which the slices at hand differ."""
    axes = [axis.name for axis in fields(Slice) if len({getattr(other, axis.name) for other in among}) > 1]
    if "model" in axes and all(other.model == other.query_model for other in among):
        axes.remove("query_model")
    words = [f"{axis.replace('_', ' ')} {getattr(one, axis)}" for axis in axes]
    return " / ".join(words)
