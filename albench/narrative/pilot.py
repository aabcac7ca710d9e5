"""The answer of a page that asks what labels more will give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.wording import format_difference
from albench.text import MINUS, format_count, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence import Evidence, LabellingForecast, PilotAnswer, StrategyForecast
    from albench.narrative.primary_slice import PrimarySlice


def write_pilot(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield what labels more are expected to give, by random and otherwise; nothing without a pilot."""
    del primary
    if evidence.pilot is None:
        return
    forecast = evidence.pilot.forecast
    if forecast is None:
        yield f"What more labels would give cannot be said: {evidence.pilot.problem}."
        return
    yield _write_verdict(forecast)
    yield from _write_gain(forecast)
    yield from _write_shift(evidence.pilot)
    yield from forecast.notes


def describe_more(forecast: LabellingForecast) -> str:
    """Return ``with 200 labels more``."""
    return f"with {format_count(forecast.n_more, 'label')} more"


def _write_verdict(forecast: LabellingForecast) -> str:
    more = describe_more(forecast)
    if forecast.verdict == "withheld":
        return f"What a strategy gives {more} is not said: the labelled rows are not like the others."
    if forecast.verdict == "no_gain":
        levels = _describe_levels(forecast, forecast.random.expected)
        return f"No strategy is expected to beat random {more}; {levels}."
    if forecast.verdict == "undecided":
        return _write_undecided(forecast)
    first = forecast.find(forecast.advised)
    reaches = f"{more[0].upper()}{more[1:]}, {first.strategy} is expected to reach"
    levels = _describe_levels(forecast, first.level.expected)
    return f"{reaches} {_describe_random(first, forecast.n_unlabelled)}; {levels}."


def _write_undecided(forecast: LabellingForecast) -> str:
    if forecast.labels_to_tell is None:
        return (
            f"The labelled part cannot tell whether a strategy beats random {describe_more(forecast)}: "
            "on data sets whose pilots look like this one, gains differ by more."
        )
    needed = format_count(forecast.labels_to_tell, "label")
    return (
        "The labelled part is too small to tell whether a strategy beats random; "
        f"with {needed} more it could be told."
    )


def _describe_random(first: StrategyForecast, n_unlabelled: int) -> str:
    """Return how many labels random needs for what a strategy reaches, as far as that is known."""
    labels = first.random_labels
    most = n_unlabelled if labels.most is None else min(labels.most, n_unlabelled)
    beyond = f"more than {most:,}" if most < n_unlabelled else "more than there are"
    expected, low, high = (
        None if n is None or n > most else n for n in (labels.expected, labels.low, labels.high)
    )
    if expected is None:
        rest = f"all {n_unlabelled:,} rows that are left" if n_unlabelled else "any number of labels"
        return (
            f"what random needs {beyond} for"
            if most < n_unlabelled
            else f"what random does not reach with {rest}"
        )
    end = beyond if high is None else f"{high:,.0f}"
    return f"what random needs {expected:,.0f} for [{expected if low is None else low:,.0f}, {end}]"


def _describe_levels(forecast: LabellingForecast, level: float) -> str:
    return f"{forecast.metric} {_format_level(forecast.now.expected)} -> {_format_level(level)}"


def _format_level(level: float) -> str:
    return f"{level:.3f}".replace("-", MINUS)


def _write_gain(forecast: LabellingForecast) -> Iterator[str]:
    """Yield by how much the first strategy is above random, beside what the labelled part alone says."""
    if not forecast.strategies or forecast.verdict == "withheld":
        return
    first = forecast.strategies[0]
    gain = format_difference(first.gain.expected, first.gain.interval)
    level = f"{first.gain.interval.level:.0%}".replace("%", " %")
    alone = format_difference(first.pilot_gain, None)
    yield (
        f"{first.strategy} is expected {gain} above random {describe_more(forecast)} ({level} interval); "
        f"within the labelled part alone, a smaller pool, it is {alone}."
    )


def _write_shift(pilot: PilotAnswer) -> Iterator[str]:
    """Yield how far the labelled rows are from the others, where a classifier tells them apart."""
    shift = pilot.representativeness
    if shift is None or not shift.is_shifted:
        return
    column = f", most by {quote(shift.column)}" if shift.column else ""
    yield (
        "A classifier tells the labelled rows from the others with an AUC of "
        f"{shift.auc:.2f} [{shift.low:.2f}, {shift.high:.2f}]{column}: labels of rows that are drawn at "
        "random make a pilot of all rows."
    )
