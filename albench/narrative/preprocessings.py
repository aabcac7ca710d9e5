"""Sentences on which preprocessing is better, where several are compared on the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.wording import format_difference
from albench.text import format_count, format_fixed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence.between_slices import PreprocessingContrast
    from albench.analysis.evidence.conclusions import Evidence
    from albench.narrative.primary_slice import PrimarySlice

_MOST = 3


def write_preprocessing_question(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield a sentence for each of a few preprocessings beside the first one, with the first strategy."""
    recommendation = primary.evidence.recommendation
    if recommendation is None:
        return
    own = [each for each in evidence.preprocessings if each.strategy == recommendation.strategy]
    for other in list(dict.fromkeys(contrast.other for contrast in own))[:_MOST]:
        among = [contrast for contrast in own if contrast.other == other]
        yield _describe_one(among[0], primary.metric) if len(among) == 1 else _describe_many(among)


def _describe_one(contrast: PreprocessingContrast, metric: str) -> str:
    interval = contrast.interval
    difference = format_difference(contrast.difference, interval)
    if interval is not None and (interval.low > 0 or interval.high < 0):
        judgement = f"{contrast.other if interval.low > 0 else contrast.first} is better"
    else:
        judgement = "that cannot be told apart"
    levels = (
        f"{contrast.other} ends at {metric} {format_fixed(contrast.other_level)} and {contrast.first} at "
        f"{format_fixed(contrast.first_level)}"
    )
    return f"With {contrast.strategy}, {levels} ({difference}): {judgement}."


def _describe_many(contrasts: Sequence[PreprocessingContrast]) -> str:
    """Count datasets: representations are compared within each, never averaged over them."""
    first = contrasts[0]
    intervals = [contrast.interval for contrast in contrasts if contrast.interval is not None]
    better = sum(interval.low > 0 for interval in intervals)
    worse = sum(interval.high < 0 for interval in intervals)
    return (
        f"With {first.strategy}, {first.other} ends better than {first.first} on {better} and worse on "
        f"{worse} of {format_count(len(contrasts), 'dataset')}, by the interval of each."
    )
