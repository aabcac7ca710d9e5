"""Sentences on how to start: which seed set is better, and how much that matters beside the strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.wording import format_difference
from albench.text import format_count, format_fixed, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.between_slices import StartArea, Starting
    from albench.analysis.evidence.conclusions import Evidence
    from albench.narrative.primary_slice import PrimarySlice


def write_starting(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield which seed set to start from, and what that moves; nothing unless several are compared."""
    starting = evidence.starting
    if starting is None or not starting.overall:
        return
    yield _write_choice(starting, primary.metric)
    if starting.by_seed_set is not None and starting.by_strategy is not None:
        yield (
            f"From one seed set to another that average moves by {format_fixed(starting.by_seed_set)} "
            f"(standard deviation), from one strategy to another by {format_fixed(starting.by_strategy)}."
        )


def _write_choice(starting: Starting, metric: str) -> str:
    first, *others = starting.overall
    best, worst = max(others, key=_get_difference), min(others, key=_get_difference)
    strategies = format_count(len(starting.strategies), "strategy", "strategies")
    over = ["the labels", strategies]
    if len(starting.datasets) > 1:
        over.append(format_count(len(starting.datasets), "dataset"))
    average = f"{metric} averaged over {list_words(over)}"
    is_worse = worst.difference_interval is not None and worst.difference_interval.high < 0
    warning = f"; {worst.seed_set} loses most ({_format_gain(worst)})" if is_worse else ""
    if best.difference_interval is not None and best.difference_interval.low > 0:
        return (
            f"Start from {best.seed_set} seed sets: {average} gains {_format_gain(best)} over "
            f"{first.seed_set} seed sets{warning}."
        )
    return (
        f"No seed sets are shown to be better than {first.seed_set} ones: with {best.seed_set} seed sets "
        f"{average} differs by {_format_gain(best)}{warning}."
    )


def _format_gain(area: StartArea) -> str:
    return format_difference(_get_difference(area), area.difference_interval)


def _get_difference(area: StartArea) -> float:
    return 0.0 if area.difference is None else area.difference
