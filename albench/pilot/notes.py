"""What a forecast rests on that may not hold for a file, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.text import format_count, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.labelling import LabellingForecast
    from albench.pilot.study import PilotStudy, ShiftRule

MOST_OF_THE_REST = 0.5
"""Share of the unlabelled rows up to which the study bought labels."""


def list_notes(
    forecast: LabellingForecast, study: PilotStudy, model: str | None, shift: ShiftRule | None
) -> Iterator[str]:
    """Yield what lies outside of what the study measured.

    Parameters
    ----------
    model : str or None
        Of the pilot; None for that of the study.
    shift : ShiftRule or None
        Where the labelled rows are not like the others.
    """
    n_labelled, n_more = forecast.n_labelled, forecast.n_more
    if shift is not None:
        yield (
            "Since the labelled rows are not like the others, intervals are longer: "
            f"{shift.gains:g} times for gains, {shift.levels:g} times for the metric itself."
        )
    fewest, most = study.labelled
    rest_on = f"the {len(study.datasets)} data sets that forecasts rest on"
    if not fewest <= n_labelled <= most:
        yield f"{format_count(n_labelled, 'row')} are labelled; in {rest_on} it was {fewest} to {most}."
    longest = study.find(forecast.metric).budgets[-1]
    if n_more > longest * n_labelled:
        yield (
            f"{n_more:,} labels more are over {longest:g} times those of now: {rest_on} were not followed "
            "as far."
        )
    if n_more > MOST_OF_THE_REST * forecast.n_unlabelled:
        rows = format_count(forecast.n_unlabelled, "unlabelled row")
        yield (
            f"{n_more:,} labels more are most of {rows}: what a strategy gains vanishes as they are used up, "
            "which the forecast does not know."
        )
    if model not in (None, study.model):
        yield f"On {rest_on} the model was {study.model}: with {model} gains may be others."
    if unknown := [each.strategy for each in forecast if not each.known]:
        yield (
            f"On {rest_on} {list_words(unknown)} {'was' if len(unknown) == 1 else 'were'} not tried: what is "
            "expected is what other strategies gave on average."
        )
