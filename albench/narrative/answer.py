"""The answer in sentences, each generated from the numbers that the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.caveats import write_control, write_unfinished_trials
from albench.narrative.disagreements import name_disagreements
from albench.narrative.money import write_money_saved
from albench.narrative.pilot import write_next_step
from albench.narrative.primary_slice import read_primary_slice
from albench.narrative.question import write_own_question
from albench.narrative.recommendation import write_context, write_recommendation
from albench.text import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from albench.analysis.evidence.cells import Cell
    from albench.analysis.evidence.conclusions import Evidence, SliceEvidence
    from albench.narrative.primary_slice import PrimarySlice

MOST_WORDS = 90


def write_answer(evidence: Evidence) -> tuple[str, ...]:
    """Return the answer of the primary slice, what it rests on and what is missing, in at most 90 words.

    Each sentence is generated from numbers that the page shows; there is none without a slice. The first one
    answers the question of the page (``albench.narrative.question``); that on label saving follows then, as
    far as there is room.
    """
    if not evidence.slices:
        return ()
    primary = read_primary_slice(evidence)
    verdict = tuple(_write_verdict(primary, evidence.slices))
    own = write_own_question(evidence, primary) if _has_begun(primary.evidence) else ()
    against = () if primary.evidence.control.fired else evidence.disagreements
    unfinished = tuple(write_unfinished_trials(evidence))
    reservations = (*([name_disagreements(against)] if against else []), *unfinished)
    if own and evidence.pilot is not None and not primary.evidence.control.fired:
        # What the labelled part alone says flatters: it is a smaller pool than what is to be labelled.
        return (*own, *unfinished, *write_next_step(evidence.pilot))
    if own and not primary.evidence.control.fired:
        fitting = choose_fitting(verdict, [*own, *reservations])
        # What follows speaks of the strategy that the first sentence names.
        return (*own, *(fitting if fitting[:1] == [*verdict[:1]] else ()), *reservations)
    context: list[str] = []
    if (recommendation := primary.evidence.recommendation) is not None:
        # What does not fit stands further down on the page, too: equals in the table, the rest in remarks.
        sentences = (*write_money_saved(primary), *write_context(primary, recommendation))
        context = choose_fitting(sentences, [*verdict, *reservations])
    return (*own, *verdict, *context, *reservations)


def choose_fitting(sentences: Iterable[str], certain: Sequence[str]) -> list[str]:
    """Return those sentences for which there is room beside those that are certain."""
    chosen: list[str] = []
    for sentence in sentences:
        if count_words([*certain, *chosen, sentence]) <= MOST_WORDS:
            chosen.append(sentence)
    return chosen


def count_words(sentences: Sequence[str]) -> int:
    """Return how many words sentences have; numbers are words."""
    return len(" ".join(sentences).split())


def _write_verdict(primary: PrimarySlice, slices: Sequence[SliceEvidence]) -> Iterator[str]:
    recommendation = primary.evidence.recommendation
    if not _has_begun(primary.evidence):
        yield _write_nothing(primary, sum(map(_has_begun, slices)))
    elif not any(cell.n_repeats for cell in primary.list_cells(primary.random)):
        lacks = _explain_no_area(primary, primary.list_cells(primary.random)) or "has no finished trial"
        yield f"{primary.random.strategy} {lacks}: there is nothing to compare with."
    elif primary.evidence.control.fired:
        yield write_control(primary)
    elif recommendation is not None:
        yield from write_recommendation(primary, recommendation)
    elif primary.rivals:
        yield (
            f"Nothing can be compared yet: on no dataset does a strategy share 80 % of its "
            f"{format_count(primary.n_repeats, 'repeat')} with random."
        )
    else:
        yield "No strategy stands beside random sampling: there is nothing to compare."


def _has_begun(evidence: SliceEvidence) -> bool:
    return any(cell.n_repeats for cell in evidence.cells)


def _write_nothing(primary: PrimarySlice, n_begun: int) -> str:
    undefined = _explain_no_area(primary, primary.evidence.cells)
    if undefined and not n_begun:
        return f"Every strategy {undefined}: there is nothing to say."
    if not n_begun:
        return f"No trial has finished with {primary.metric} yet: there is nothing to say."
    return (
        f"No trial of the slice that is answered for has finished: {primary.metric} with {primary.model}. "
        f"There are results in {format_count(n_begun, 'other slice')}: Robustness on the page has them."
    )


def _explain_no_area(primary: PrimarySlice, cells: Sequence[Cell]) -> str:
    """Say that trials have finished in whose rounds the metric is undefined; empty if there are none."""
    if not any(cell.n_without_area for cell in cells):
        return ""
    return f"has finished trials, but {primary.metric} has no number in some of their rounds"
