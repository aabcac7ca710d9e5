"""Sentences on whether a strategy that is not built in is better than the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.recommendation import describe_place
from albench.narrative.wording import format_difference, format_gain, list_names
from albench.text import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.rows import Recommendation, Row
    from albench.narrative.primary_slice import PrimarySlice


def write_own_strategies(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield how the best strategy that is not built in compares with the others."""
    recommendation = primary.evidence.recommendation
    own = [row for row in primary.compared if row.strategy in evidence.own_strategies]
    if recommendation is None or not own or len(own) == len(primary.compared):
        return
    best = own[0]
    name = (
        f"{best.strategy}, the best of {len(own)} that are not built in," if len(own) > 1 else best.strategy
    )
    if best.strategy != recommendation.strategy:
        yield _describe_later(primary, recommendation, best, name)
    elif recommendation.outcome == "better":
        others = [row.strategy for row in primary.compared if row.strategy not in evidence.own_strategies]
        yield _describe_first(primary, recommendation, name, others)


def _describe_later(primary: PrimarySlice, recommendation: Recommendation, best: Row, name: str) -> str:
    first = primary.find_row(recommendation.strategy)
    gains = (
        f"averaged over the labels it has {format_gain(best)} against random in {primary.metric}, "
        f"{first.strategy} {format_gain(first)}"
    )
    if best.strategy in recommendation.find_same_picks(first.strategy):
        return f"{name} makes the same picks as {first.strategy}."
    is_equal = best.strategy in recommendation.equals
    judgement = "is not told apart from" if is_equal else "is worse than"
    strategies = format_count(len(primary.compared), "strategy", "strategies")
    place = describe_place(primary, first)
    lead = _describe_lead(recommendation, best.strategy, primary.metric, f"; the lead of {first.strategy} is")
    return f"{name} {judgement} {first.strategy}, the first of {strategies} {place}: {gains}{lead}."


def _describe_first(
    primary: PrimarySlice, recommendation: Recommendation, name: str, others: list[str]
) -> str:
    same = recommendation.find_same_picks(recommendation.strategy)
    equals = [other for other in others if other in (*same, *recommendation.equals)]
    place = describe_place(primary, primary.find_row(recommendation.strategy))
    if not equals:
        beaten = "the other strategy" if len(others) == 1 else f"the {len(others)} other strategies"
        return f"{name} is better than {beaten} and random {place}."
    over = f" over {equals[0]}" if len(equals) > 1 else ""
    lead = _describe_lead(recommendation, equals[0], primary.metric, f": its lead{over} is")
    return f"{name} comes first {place}, but is not told apart from {list_names(equals)}{lead}."


def _describe_lead(recommendation: Recommendation, strategy: str, metric: str, words: str) -> str:
    """Return the difference of the first to a strategy, and what would show it; empty where it is shown."""
    lead = recommendation.find_lead(strategy)
    if lead is None or lead.interval is None:
        return ""
    difference = f"{words} {format_difference(lead.difference, lead.interval)} in {metric}"
    if max(-lead.interval.low, lead.interval.high) <= recommendation.rope:
        return f"{difference}, less than the {recommendation.rope:g} that matter"
    if lead.repeats_needed is None:
        return difference
    # Of an estimate more digits say nothing.
    return f"{difference}, which about {float(f'{lead.repeats_needed:.2g}'):,.0f} repeats would show"
