"""The answer of an experiment on streams: what to use, what it gains, how soon it is back after a drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.answer import choose_fitting
from albench.narrative.caveats import write_unfinished_trials
from albench.narrative.own_strategies import write_own_stream_strategies
from albench.narrative.recommendation import (
    describe_more_repeats,
    describe_others,
    describe_p,
    describe_repeats,
    has_random_curves,
    write_no_difference,
)
from albench.narrative.streams.notes import write_overspending
from albench.narrative.streams.wording import AT_EQUAL_SPENDING, describe_budget, describe_stream_place
from albench.narrative.wording import format_gain, list_names
from albench.text import format_count, format_fixed, format_p_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.rows import Recommendation
    from albench.analysis.streams.evidence.cells import Recovery
    from albench.analysis.streams.evidence.conclusions import StreamEvidence, StreamRow, StreamSliceEvidence


def write_stream_answer(evidence: StreamEvidence) -> tuple[str, ...]:
    """Return what the primary slice says of streams, what it rests on and what is missing.

    Each sentence is generated from numbers that the page shows. The verdict and the reservations always
    stand; the rest follows as far as 90 words have room for it.
    """
    primary = evidence.primary
    reservations = (*write_overspending(primary), *write_unfinished_trials(evidence))
    recommendation = primary.recommendation
    if recommendation is None:
        return (_write_nothing(evidence), *reservations)
    line = primary.find_row(recommendation.strategy)
    verdict = tuple(_write_verdict(evidence, recommendation, line))
    context = _write_context(primary, recommendation, line)
    if own := tuple(write_own_stream_strategies(evidence)):
        fitting = choose_fitting([*verdict, *context], [*own, *reservations])
        # What follows speaks of the strategy that the first sentence names.
        return (*own, *(fitting if fitting[:1] == [verdict[0]] else ()), *reservations)
    return (*verdict, *choose_fitting(context, [*verdict, *reservations]), *reservations)


def _write_nothing(evidence: StreamEvidence) -> str:
    primary = evidence.primary
    if any(cell.cell.n_without_area for cell in primary.cells):
        return f"The trials have finished, but {primary.slice.metric} has no number in them."
    others = len(evidence.slices) - 1
    if others:
        return (
            f"No trial of the slice that is answered for has finished. There are results in "
            f"{format_count(others, 'other slice')}: Other slices on the page has them."
        )
    return "No trial has finished yet: there is nothing to say."


def _write_verdict(
    evidence: StreamEvidence, recommendation: Recommendation, line: StreamRow
) -> Iterator[str]:
    """Yield the verdict in one of its three forms, and then the numbers that it rests on."""
    primary, name = evidence.primary, recommendation.strategy
    where, budget = describe_stream_place(primary, name), primary.slice.budget
    gain, cells = _describe_gain(evidence, line), [of.cell for of in primary.list_covered_cells(name)]
    if _has_no_difference(primary):
        yield from write_no_difference(_list_compared(primary), AT_EQUAL_SPENDING, where)
        return
    recovery = f"; {_describe_recovery(line.recovery)}" if line.recovery else ""
    if recommendation.outcome == "better":
        yield (
            f"Use {name}: {describe_budget(budget, line.spending)} it reaches prequential "
            f"{_name_metric(primary)} {format_fixed(line.row.area or 0.0)} {where}, "
            f"{format_gain(line.row).removeprefix('+')} more than {AT_EQUAL_SPENDING}{recovery}."
        )
        yield f"That is over {describe_repeats(cells)}{_describe_p(primary, line)}."
    elif recommendation.outcome == "no_gain":
        yield (
            f"Nothing here beats {AT_EQUAL_SPENDING} {where} {describe_budget(budget, None)}; do not bother."
        )
        yield f"Closest comes {name} with {gain}{recovery}."
        limit = format_fixed(recommendation.rope)
        yield f"By its 95 % interval no strategy gains more than {limit}."
    else:
        more = describe_more_repeats(recommendation, cells, evidence.design.n_repeats, evidence.repeats)
        yield (
            f"This experiment cannot tell whether a strategy beats {AT_EQUAL_SPENDING} {where} "
            f"{describe_budget(budget, None)}; {more}."
        )
        yield f"Closest comes {name} with {gain}{recovery}."


def _list_compared(primary: StreamSliceEvidence) -> list[str]:
    return [of.row.strategy for of in primary.rows if of.row.difference is not None]


def _has_no_difference(primary: StreamSliceEvidence) -> bool:
    """Say whether every strategy has the curves of its random."""
    cells = (primary.list_covered_cells(name) for name in _list_compared(primary))
    return all(has_random_curves([of.cell for of in cells_of_strategy]) for cells_of_strategy in cells)


def _name_metric(primary: StreamSliceEvidence) -> str:
    return primary.slice.metric.replace("_", "-")


def _describe_gain(evidence: StreamEvidence, line: StreamRow) -> str:
    """Return ``+0.02 [0.00, 0.04] in prequential accuracy (0.82 against random's 0.80), p = 0.071``.

    The interval is of one strategy, the verdict of all: it is p that says why one above 0 does not decide.
    """
    levels = f"{format_fixed(line.row.area or 0.0)} against random's {format_fixed(line.random_level or 0.0)}"
    p = _describe_p(evidence.primary, line)
    return f"{format_gain(line.row)} in prequential {_name_metric(evidence.primary)} ({levels}){p}"


def _describe_p(primary: StreamSliceEvidence, line: StreamRow) -> str:
    return describe_p(line.row, len(_list_compared(primary)))


def _describe_recovery(recovery: Recovery) -> str:
    """Return ``after the drift it regains its level in 420 rows, random in 910 (sooner in 9 of 10 ...)``."""
    own, random = recovery.median, recovery.median_random
    p, n_unequal = recovery.p_holm, recovery.n_sooner + recovery.n_later
    tested = (
        ""
        if p is None
        else f" (sooner in {recovery.n_sooner:,} of {format_count(n_unequal, 'repeat')}, {format_p_value(p)})"
    )
    if own is None or random is None:
        return (
            f"of {format_count(recovery.n_changes, 'drift')} it recovers from {recovery.n_recovered:,}, "
            f"random from {recovery.n_recovered_random:,}{tested}"
        )
    after = "after the drift" if recovery.n_changes == recovery.n_trials else "after a drift"
    return f"{after} it regains its level in {own:,.0f} rows, random in {random:,.0f}{tested}"


def _write_context(
    primary: StreamSliceEvidence, recommendation: Recommendation, line: StreamRow
) -> Iterator[str]:
    """Yield what else there is to know, the most important first: equals, then other streams."""
    if _has_no_difference(primary):
        return
    if recommendation.outcome == "better" and recommendation.equals:
        yield f"Not told apart from it: {list_names(recommendation.equals)}."
    yield _describe_scope(primary, line)


def _describe_scope(primary: StreamSliceEvidence, line: StreamRow) -> str:
    """Return what is said of other streams than these."""
    if len(primary.datasets) == 1:
        return f"That speaks of other repeats on {primary.datasets[0]}, not of other streams."
    return describe_others(line.row, len(_list_compared(primary)), "stream")
