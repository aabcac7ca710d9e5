"""What a forecast rests on that may not hold for a file, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.text import format_count, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.pilot.study import MetricStudy, PilotStudy, ShiftRule

MOST_OF_THE_REST = 0.5
"""Share of the unlabelled rows up to which the study bought labels."""


def list_notes(
    study: PilotStudy,
    constants: MetricStudy,
    unknown: Sequence[str],
    model: str | None,
    shift: ShiftRule | None,
    *,
    n_labelled: int,
    n_unlabelled: int,
    n_more: int,
) -> Iterator[str]:
    """Yield what lies outside of what the study measured.

    Parameters
    ----------
    study : PilotStudy
    constants : MetricStudy
    unknown : sequence of str
        Strategies that the study did not have.
    model : str or None
        Of the pilot; None for that of the study.
    shift : ShiftRule or None
        Where the labelled rows are not like the others.
    n_labelled, n_unlabelled, n_more : int
    """
    if shift is not None:
        yield (
            "Since the labelled rows are not like the others, intervals are longer: "
            f"{shift.gains:g} times for gains, {shift.levels:g} times for levels."
        )
    fewest, most = study.labelled
    if not fewest <= n_labelled <= most:
        rows = format_count(n_labelled, "row")
        yield f"{rows} are labelled; the study behind forecasts had {fewest} to {most}."
    longest = constants.budgets[-1]
    if n_more > longest * n_labelled:
        yield f"{n_more:,} labels more are over {longest:g} times those of now, as far as the study goes."
    if n_more > MOST_OF_THE_REST * n_unlabelled:
        rows = format_count(n_unlabelled, "unlabelled row")
        yield (
            f"{n_more:,} labels more are most of {rows}: what a strategy gains vanishes as they are used up, "
            "which the forecast does not know."
        )
    if model not in (None, study.model):
        yield f"The study's model was {study.model}: of {model} other gains may be true."
    if unknown:
        names = list_words(unknown)
        yield f"The study did not have {names}: expected is what its strategies gave on average."
