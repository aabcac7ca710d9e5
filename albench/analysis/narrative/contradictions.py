"""Slices that contradict each other about a strategy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import combinations
from typing import TYPE_CHECKING

from albench.analysis.evidence import Slice
from albench.analysis.narrative.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import SliceEvidence

    Values = list[tuple[str, ...]]

_MOST_NAMED = 5
_MOST_PAIRS = 3


@dataclass(frozen=True)
class Disagreement:
    """A strategy that is clearly better than random in some slices and clearly worse in others.

    Clearly: on average over the datasets at hand, corrected for the number of strategies in the slice.

    Attributes
    ----------
    among : tuple of Slice
        All that count, those included in which nothing is clear.
    """

    strategy: str
    better: tuple[Slice, ...]
    worse: tuple[Slice, ...]
    among: tuple[Slice, ...]


def disagreements(found: Sequence[SliceEvidence]) -> tuple[Disagreement, ...]:
    """Return what the slices contradict each other about; slices whose control fired do not count."""
    heard = [one for one in found if not one.control.fired]
    among = tuple(one.slice for one in heard)
    names = dict.fromkeys(row.strategy for one in heard for row in one.rows[1:] if not row.label_looking)
    made = (Disagreement(name, _where(heard, name, 1), _where(heard, name, -1), among) for name in names)
    return tuple(one for one in made if one.better and one.worse)


def _where(found: Sequence[SliceEvidence], strategy: str, side: int) -> tuple[Slice, ...]:
    return tuple(
        one.slice for one in found for row in one.rows if row.strategy == strategy and row.side == side
    )


def told(found: Sequence[Disagreement]) -> str:
    """Return a sentence that says of each disagreement in how many slices, and what tells them apart."""
    return f"Slices disagree: on average over these datasets {'; '.join(map(_clause, found))}."


def summary(found: Sequence[Disagreement]) -> str:
    """Return a sentence about all disagreements; of several it only names the strategies."""
    if len(found) == 1:
        return told(found)
    names = _named([one.strategy for one in found])
    return (
        f"Slices disagree about {names}: on average over these datasets each is better "
        "than random in some and worse in others (ALB014 on the page says in which)."
    )


def _clause(found: Disagreement) -> str:
    counted = f"{found.strategy} is better than random in {len(found.better)} of {len(found.among)} slices"
    apart = _apart(found)
    if apart is None:
        return f"{counted} and worse in {len(found.worse)} (Robustness on the page has them all)"
    better, worse = apart
    return f"{counted}, with {better}, and worse in {len(found.worse)}, with {worse}"


def _apart(found: Disagreement) -> tuple[str, str] | None:
    """Return what only the better and only the worse slices have: values of one axis, or pairs of two axes.

    Of several axes those with the fewest values; None where nothing tells the slices apart, or only pairs
    that are too many to read.
    """
    for n in (1, 2):
        sides = [
            (axes, _values(found.better, axes), _values(found.worse, axes))
            for axes in combinations(_axes(found.among), n)
        ]
        able = [(axes, better, worse) for axes, better, worse in sides if not set(better) & set(worse)]
        if able:
            axes, better, worse = min(able, key=lambda one: len(one[1]) + len(one[2]))
            few = n == 1 or max(len(better), len(worse)) <= _MOST_PAIRS
            return (_words(axes, better), _words(axes, worse)) if few else None
    return None


def _axes(among: Sequence[Slice]) -> list[str]:
    """Return the axes in which slices differ; the query model only where it is not the model."""
    axes = [axis.name for axis in fields(Slice) if len({getattr(one, axis.name) for one in among}) > 1]
    if "model" in axes and all(one.model == one.query_model for one in among):
        axes.remove("query_model")
    return axes


def _values(slices: Sequence[Slice], axes: Sequence[str]) -> Values:
    return list(dict.fromkeys(tuple(str(getattr(one, axis)) for axis in axes) for one in slices))


def _words(axes: Sequence[str], values: Values) -> str:
    names = [axis.replace("_", " ") for axis in axes]
    if len(names) == 1:
        return f"{names[0]} {_named([value for (value,) in values])}"
    pairs = (zip(names, pair, strict=True) for pair in values)
    return _named([" / ".join(f"{name} {value}" for name, value in pair) for pair in pairs])


def _named(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
    return listed(names)
