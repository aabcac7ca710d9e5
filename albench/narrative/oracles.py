"""What oracles did: who bought more wrong labels than random, and what noise leaves of a gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.oracle_outcomes import order_by_noise
from albench.analysis.stats.significance import ALPHA
from albench.narrative.recommendation import describe_place
from albench.narrative.wording import format_difference, format_gain
from albench.text import MINUS, format_p_value, format_percent, list_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.oracles import GainChange, GivenLabels, OracleOutcome
    from albench.narrative.primary_slice import PrimarySlice

_NAMED = 3


def write_oracles(evidence: Evidence) -> Iterator[str]:
    """Yield where shares of wrong labels differ from random's, and how noise changes gains over random.

    Shares are those of the primary slice; where its oracle is never wrong, of the first one that is.
    """
    with_mistakes = [outcome for outcome in evidence.oracles if outcome.given]
    if with_mistakes:
        chosen = next((outcome for outcome in with_mistakes if outcome.slice.primary), with_mistakes[0])
        yield from _write_wrong_labels(chosen)
    places = {name: place for place, name in enumerate(evidence.primary.contenders)}
    changes = sorted(evidence.gain_changes, key=lambda change: places.get(change.strategy, len(places)))
    yield from map(_write_change, changes[:_NAMED])


def write_noise_question(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield what the best strategy gains under an oracle that errs, and under the one that errs least.

    It is asked where the oracle of the primary slice errs, and its kind is compared with less noise.
    """
    by_kind = order_by_noise(evidence.oracles).values()
    series = next((of for of in by_kind if any(outcome.slice.primary for outcome in of)), ())
    if not series or series[0].slice.primary or primary.evidence.control.fired or not primary.compared:
        return
    row, outcome = primary.best, next(outcome for outcome in series if outcome.slice.primary)
    yield (
        f"Under {outcome.oracle} {row.strategy} {'beats' if row.side > 0 else 'is not shown to beat'} random "
        f"{describe_place(primary, row)}: {format_gain(row)} in "
        f"{primary.metric}, averaged over the labels{_describe_least_noise(series[0], row.strategy)}."
    )
    given = next((given for given in outcome.given if given.strategy == row.strategy), None)
    if given is not None and given.wrong.p is not None and given.wrong.p <= ALPHA:
        own, base = (format_percent(of.wrong.share or 0.0) for of in (given, outcome.given[0]))
        p = format_p_value(given.wrong.p)
        yield f"Of the answers to {row.strategy} {own} are wrong, of those to random {base} ({p})."


def _describe_least_noise(least: OracleOutcome, strategy: str) -> str:
    row = least.slice.find_row(strategy)
    if row is None or row.difference is None or least.slice.control.fired:
        return ""
    return f"; under {least.oracle} it gains {format_gain(row)}"


def _write_wrong_labels(outcome: OracleOutcome) -> Iterator[str]:
    """Yield which strategies bought more or fewer wrong labels than random, as far as that is shown."""
    tested = [given for given in outcome.given if given.wrong.p is not None]
    names = [_describe_share(given) for given in tested if (given.wrong.p or 0.0) <= ALPHA]
    if names:
        corrected = f", corrected for {len(tested)} strategies" if len(tested) > 1 else ""
        base = format_percent(outcome.given[0].wrong.share or 0.0)
        yield (
            f"Under {outcome.oracle}, {base} of the answers to random are wrong, and another share of those"
            f" to {list_first(names, _NAMED)}{corrected}."
        )


def _describe_share(given: GivenLabels) -> str:
    wrong = given.wrong
    share, points = format_percent(wrong.share or 0.0), format_points(wrong.more or 0.0)
    ends = wrong.interval
    span = f" [{format_points(ends.low)}, {format_points(ends.high)}]" if ends else ""
    return f"{given.strategy} ({share}: {points} points{span}, {format_p_value(wrong.p or 0.0)})"


def _write_change(change: GainChange) -> str:
    """Say what is left of a gain over random under the most noise, and whether the change is shown."""
    least, most = (format_difference(gain, None) for gain in (change.gain_least, change.gain_most))
    by = format_difference(change.change, change.interval)
    test = f", {format_p_value(change.p)}" if change.p is not None else ""
    shown = "" if change.p is not None and change.p <= ALPHA else ": no change is shown"
    return (
        f"From {change.least} to {change.most} the gain of {change.strategy} over random goes from {least}"
        f" to {most} ({by}{test}){shown}."
    )


def format_points(share: float) -> str:
    """Return a difference of shares in percentage points."""
    return f"{100 * share:+.1f}".replace("-", MINUS)
