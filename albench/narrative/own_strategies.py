"""Sentences on whether a strategy that is not built in is better than the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.narrative.recommendation import describe_place
from albench.narrative.streams.wording import AT_EQUAL_SPENDING, describe_stream_place
from albench.narrative.wording import format_difference, format_gain, list_names
from albench.text import format_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.rows import Recommendation, Row
    from albench.analysis.streams.evidence.conclusions import StreamEvidence
    from albench.narrative.primary_slice import PrimarySlice


@dataclass(frozen=True)
class _Comparison:
    """The strategies of a slice with a dataset that counts, the best first, and how sentences name things.

    Attributes
    ----------
    mean : str
        What gains are, before the number.
    """

    rows: Sequence[Row]
    recommendation: Recommendation
    metric: str
    baseline: str
    mean: str
    describe_place: Callable[[Row], str]

    @property
    def first(self) -> Row:
        return next(row for row in self.rows if row.strategy == self.recommendation.strategy)


def write_own_strategies(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield how the best strategy that is not built in compares with the others."""
    if (recommendation := primary.evidence.recommendation) is not None:
        mean = "averaged over the labels it has"
        yield from _compare_own(
            _Comparison(
                primary.compared,
                recommendation,
                primary.metric,
                "random",
                mean,
                lambda row: describe_place(primary, row),
            ),
            evidence.own_strategies,
        )


def write_own_stream_strategies(evidence: StreamEvidence) -> Iterator[str]:
    """Yield the same of streams."""
    primary = evidence.primary
    if (recommendation := primary.recommendation) is not None:
        rows = [line.row for line in primary.rows if line.row.difference is not None]
        yield from _compare_own(
            _Comparison(
                rows,
                recommendation,
                f"prequential {primary.slice.metric.replace('_', '-')}",
                AT_EQUAL_SPENDING,
                "it has",
                lambda row: describe_stream_place(primary, row.strategy),
            ),
            evidence.own_strategies,
        )


def _compare_own(compared: _Comparison, own_strategies: Sequence[str]) -> Iterator[str]:
    recommendation = compared.recommendation
    own = [row for row in compared.rows if row.strategy in own_strategies]
    if not own or len(own) == len(compared.rows):
        return
    best = own[0]
    name = (
        f"{best.strategy}, the best of {len(own)} that are not built in," if len(own) > 1 else best.strategy
    )
    if best.strategy != recommendation.strategy:
        yield _describe_later(compared, best, name)
    elif recommendation.outcome == "better":
        others = [row.strategy for row in compared.rows if row.strategy not in own_strategies]
        yield _describe_first(compared, name, others)


def _describe_later(compared: _Comparison, best: Row, name: str) -> str:
    recommendation, first = compared.recommendation, compared.first
    gains = (
        f"{compared.mean} {format_gain(best)} against {compared.baseline} in {compared.metric}, "
        f"{first.strategy} {format_gain(first)}"
    )
    if best.strategy in recommendation.find_same_picks(first.strategy):
        return f"{name} makes the same picks as {first.strategy}."
    is_equal = best.strategy in recommendation.equals
    judgement = "is not told apart from" if is_equal else "is worse than"
    strategies = format_count(len(compared.rows), "strategy", "strategies")
    place = compared.describe_place(first)
    lead = _describe_lead(
        recommendation, best.strategy, compared.metric, f"; the lead of {first.strategy} is"
    )
    return f"{name} {judgement} {first.strategy}, the first of {strategies} {place}: {gains}{lead}."


def _describe_first(compared: _Comparison, name: str, others: list[str]) -> str:
    recommendation = compared.recommendation
    same = recommendation.find_same_picks(recommendation.strategy)
    equals = [other for other in others if other in (*same, *recommendation.equals)]
    place = compared.describe_place(compared.first)
    if not equals:
        beaten = "the other strategy" if len(others) == 1 else f"the {len(others)} other strategies"
        return f"{name} is better than {beaten} and {compared.baseline} {place}."
    over = f" over {equals[0]}" if len(equals) > 1 else ""
    lead = _describe_lead(recommendation, equals[0], compared.metric, f": its lead{over} is")
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
