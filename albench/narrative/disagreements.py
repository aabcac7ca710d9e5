"""Slices that disagree about a strategy, in sentences."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations
from typing import TYPE_CHECKING

from albench.analysis.evidence.cells import Slice
from albench.narrative.wording import list_names
from albench.text import list_first, list_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.between_slices import Disagreement

    Values = list[tuple[str, ...]]

_MOST_NAMED = 5
_MOST_PAIRS = 3
_MOST_IN_ANSWER = 3


def describe_disagreements(disagreements: Sequence[Disagreement]) -> str:
    """Return a sentence that says of each disagreement in how many slices, and what tells them apart."""
    clauses = "; ".join(map(_describe_disagreement, disagreements))
    return f"Slices disagree: on average over these datasets {clauses}."


def name_disagreements(disagreements: Sequence[Disagreement]) -> str:
    """Return a short sentence: which strategies, and of one strategy what tells the slices apart."""
    first = disagreements[0]
    difference = _describe_difference(first) if len(disagreements) == 1 else None
    if difference and not any(separator in "".join(difference) for separator in (",", " and ", " / ")):
        ahead = f"{first.strategy} is better than random with {difference[0]}"
        is_one_metric = len(_list_values((*first.better, *first.worse), ["metric"])) == 1
        # Of several metrics the reader would take the primary one to be meant.
        if is_one_metric or difference[0].startswith("metric "):
            return f"{ahead}, worse with {difference[1]}{_describe_shared(first)} (ALB014)."
    names = list_first([disagreement.strategy for disagreement in disagreements], _MOST_IN_ANSWER)
    return f"Slices disagree about {names} (ALB014)."


def _describe_disagreement(of: Disagreement) -> str:
    start = f"{of.strategy} is better than random in {len(of.better)} of {len(of.among)} slices"
    difference = _describe_difference(of)
    if difference is None:
        return f"{start} and worse in {len(of.worse)} (Robustness on the page has them all)"
    better, worse = difference
    return f"{start}, with {better}, and worse in {len(of.worse)}, with {worse}{_describe_shared(of)}"


def _describe_shared(of: Disagreement) -> str:
    """Return what the better and the worse slices share and others do not, of which nothing is said."""
    sides = (*of.better, *of.worse)
    names = [
        _format_values([axis], values)
        for axis in _find_axes(of.among)
        if len(values := _list_values(sides, [axis])) == 1
    ]
    return f", both with {list_words(names)}" if names else ""


def _describe_difference(of: Disagreement) -> tuple[str, str] | None:
    """Return what only the better and only the worse slices have: values of one axis, or pairs of two axes.

    Of several axes those with the fewest values; None where nothing tells the slices apart, or only pairs
    that are too many to read.
    """
    for n in (1, 2):
        sides = [
            (axes, _list_values(of.better, axes), _list_values(of.worse, axes))
            for axes in combinations(_find_axes(of.among), n)
        ]
        able = [(axes, better, worse) for axes, better, worse in sides if not set(better) & set(worse)]
        if able:
            axes, better, worse = min(able, key=lambda side: len(side[1]) + len(side[2]))
            few = n == 1 or max(len(better), len(worse)) <= _MOST_PAIRS
            return (_format_values(axes, better), _format_values(axes, worse)) if few else None
    return None


def _find_axes(among: Sequence[Slice]) -> list[str]:
    """Return the axes in which slices differ; the query model only where it is not the model."""
    axes = [axis.name for axis in fields(Slice) if len({getattr(of, axis.name) for of in among}) > 1]
    if "model" in axes and all(of.model == of.query_model for of in among):
        axes.remove("query_model")
    return axes


def _list_values(slices: Sequence[Slice], axes: Sequence[str]) -> Values:
    return list(dict.fromkeys(tuple(str(getattr(of, axis)) for axis in axes) for of in slices))


def _format_values(axes: Sequence[str], values: Values) -> str:
    names = [axis.replace("_", " ") for axis in axes]
    if len(names) == 1:
        return f"{names[0]} {list_names([value for (value,) in values], _MOST_NAMED)}"
    pairs = (zip(names, pair, strict=True) for pair in values)
    texts = [" / ".join(f"{name} {value}" for name, value in pair) for pair in pairs]
    return list_names(texts, _MOST_NAMED)
