"""The answer of a page that asks what labels more will give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.wording import format_difference
from albench.pilot.choices import STRATEGY_REASONS
from albench.text import MINUS, format_count, list_words, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence.between_slices import Disagreement
    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.labelling import LabellingForecast, PilotAnswer, StrategyForecast
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
    if evidence.pilot.is_at_chance:
        yield (
            "With the labels of now the model is hardly better than one that looks at no feature "
            f"({forecast.metric} {_format_level(forecast.now.expected)}): what a strategy gives "
            f"{describe_more(forecast)} is not said."
        )
    else:
        yield _write_verdict(forecast)
        yield from _write_gain(forecast, evidence.disagreements)
    yield from _write_shift(evidence.pilot)
    yield from _write_choice(evidence.pilot, forecast)
    # They are about numbers that are not given then.
    if forecast.verdict != "withheld":
        yield from forecast.notes


def write_next_step(pilot: PilotAnswer) -> Iterator[str]:
    """Yield what the user of a pilot should do now; nothing without a forecast."""
    forecast = pilot.forecast
    if forecast is None:
        return
    if pilot.is_at_chance:
        yield (
            "Next: take another model under 'models' in the experiment file, class_weight: balanced where a "
            "class is rare, or columns that say more, and run that."
        )
        return
    advised = forecast.advised
    reason = f" ({STRATEGY_REASONS[advised]})" if advised in STRATEGY_REASONS else ""
    if forecast.verdict == "pays_off":
        yield f"Next: label the rows that {advised} asks for{reason}; albench next lists them."
    elif forecast.verdict == "no_gain":
        yield "Next: label rows drawn at random; albench next lists them, too."
    elif forecast.verdict == "withheld":
        column = pilot.representativeness.column if pilot.representativeness else ""
        drop = (
            f"put {quote(column)} under 'drop' if only labelled rows have it filled in, and run that; else "
        )
        yield (
            f"Next: {drop if column else ''}label rows drawn at random, which albench next lists, and run a "
            "pilot on a file in which these alone have their labels."
        )
    else:
        n = forecast.labels_to_tell
        wait = (
            "" if n is None else f"; to be sure first, label {n:,} rows drawn at random and run a new pilot"
        )
        yield (
            f"Next: label the rows that {advised} asks for{reason}, the best guess; albench next lists them"
            f"{wait}."
        )


def describe_more(forecast: LabellingForecast) -> str:
    """Return ``with 200 labels more``."""
    return f"with {format_count(forecast.n_more, 'label')} more"


def _write_verdict(forecast: LabellingForecast) -> str:
    more = describe_more(forecast)
    if forecast.verdict == "withheld":
        return (
            f"What a strategy gives {more} is not said: the rows that have a label are not like the others."
        )
    at_random = _describe_levels(forecast, forecast.random.expected)
    if forecast.verdict == "no_gain":
        return (
            f"{more[0].upper()}{more[1:]}, no strategy is expected to beat rows drawn at random; {at_random}."
        )
    if forecast.verdict == "undecided":
        return f"{_write_undecided(forecast)}; {at_random} {more} at random."
    first = forecast.find(forecast.advised)
    levels = _describe_levels(forecast, first.level.expected)
    needed = _describe_random(first, forecast.n_unlabelled)
    return f"Rows chosen by {first.strategy} pay off: {more} {levels}; rows drawn at random {needed}."


def _write_undecided(forecast: LabellingForecast) -> str:
    rows = format_count(forecast.n_labelled, "labelled row")
    whether = "whether a strategy beats drawing rows at random"
    if forecast.labels_to_tell is None:
        why = "gains differ that much from file to file"
        return f"{rows} cannot tell {whether}, nor could ten times as many: {why}"
    return f"{rows} are too few to tell {whether}; with {forecast.labels_to_tell:,} more it could be told"


def _describe_random(first: StrategyForecast, n_unlabelled: int) -> str:
    """Return with how many labels random gives what a strategy does, as far as that is known."""
    labels = first.random_labels
    most = n_unlabelled if labels.most is None else min(labels.most, n_unlabelled)
    beyond = f"more than {most:,}" if most < n_unlabelled else "more than there are"
    expected, low, high = (
        None if n is None or n > most else n for n in (labels.expected, labels.low, labels.high)
    )
    if expected is None:
        rest = f"all {n_unlabelled:,} that are left" if n_unlabelled else "any number of labels"
        return f"take {beyond} for that" if most < n_unlabelled else f"do not get there with {rest}"
    end = beyond if high is None else f"{high:,.0f}"
    return f"take {expected:,.0f} [{expected if low is None else low:,.0f}, {end}] for that"


def _describe_levels(forecast: LabellingForecast, level: float) -> str:
    now = _format_level(forecast.now.expected)
    return f"{forecast.metric} is expected to go from {now} to {_format_level(level)}"


def _format_level(level: float) -> str:
    return f"{level:.3f}".replace("-", MINUS)


def _write_gain(forecast: LabellingForecast, disagreements: Sequence[Disagreement]) -> Iterator[str]:
    """Yield by how much the first strategy is above random, beside what the labelled rows alone say."""
    if not forecast.strategies or forecast.verdict == "withheld":
        return
    first = forecast.strategies[0]
    gain = format_difference(first.gain.expected, first.gain.interval)
    level = f"{first.gain.interval.level:.0%}".replace("%", " %")
    alone = format_difference(first.pilot_gain, None)
    yield (
        f"{first.strategy} is expected {gain} above random in {forecast.metric} {describe_more(forecast)} "
        f"({level} interval); tried on the labelled rows alone, with fewer to choose from, it is "
        f"{alone}{_name_losses(first.strategy, disagreements)}."
    )


def _name_losses(strategy: str, disagreements: Sequence[Disagreement]) -> str:
    """Name the metrics by which a strategy that is better than random by others is worse; empty without."""
    own = [each for each in disagreements if each.strategy == strategy]
    better = {of.metric for each in own for of in each.better}
    worse = dict.fromkeys(of.metric for each in own for of in each.worse if of.metric not in better)
    return f", and below random in {list_words(list(worse))}" if worse else ""


def _write_choice(pilot: PilotAnswer, forecast: LabellingForecast) -> Iterator[str]:
    """Yield how many of the labelled rows a strategy has chosen, where a log tells."""
    if (chosen := pilot.chosen) is not None:
        yield (
            f"Of the {forecast.n_labelled:,} labelled rows {chosen.n:,} were chosen by "
            f"{list_words(chosen.strategies)} ({chosen.log}): the forecast assumes rows drawn at random, and "
            "rows that a model was unsure of make it look worse than it is."
        )


def _write_shift(pilot: PilotAnswer) -> Iterator[str]:
    """Yield how far the labelled rows are from the others, where a classifier tells them apart."""
    shift = pilot.representativeness
    if shift is None or not shift.is_shifted:
        return
    column = f", most by {quote(shift.column)}" if shift.column else ""
    yield (
        f"A classifier tells the labelled rows from the others{column}, with an {shift.describe_auc()}: 0.50 "
        "if they were drawn at random."
    )
