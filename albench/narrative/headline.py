"""The first sentences of an answer: is anything better than random, by how much, how sure is that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.primary_slice import find_saving
from albench.narrative.savings import describe_saving, write_limits
from albench.narrative.wording import explain_no_interval, format_difference
from albench.text import format_count, format_fixed, format_p_value, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence import Row
    from albench.narrative.primary_slice import PrimarySlice


def write_headline(primary: PrimarySlice) -> Iterator[str]:
    """Yield what the slice says on average over its datasets."""
    if not primary.rivals:
        yield "No strategy stands beside random sampling: there is nothing to compare."
        return
    if not primary.compared:
        yield (
            f"Nothing can be compared yet: on no dataset does a strategy share 80 % of its "
            f"{format_count(primary.n_repeats, 'repeat')} with random."
        )
        return
    if primary.clear:
        yield from _write_clear(primary)
    else:
        yield _write_unclear(primary)


def _describe_scope(primary: PrimarySlice, row: Row) -> str:
    cells = primary.list_covered_cells(row)
    least, most = min(cell.n_paired for cell in cells), max(cell.n_paired for cell in cells)
    repeats = format_count(most, "repeat") if least == most else f"{least} to {most} repeats"
    if len(cells) == 1:
        return f"On {cells[0].dataset}, over {repeats} with {primary.model}"
    return f"Over {len(cells)} datasets \u00d7 {repeats} with {primary.model}"


def _write_clear(primary: PrimarySlice) -> Iterator[str]:
    best, *others = primary.clear
    cells = primary.list_covered_cells(best)
    saved = [(cell, saving) for cell in cells if (saving := find_saving(cell, "final"))]
    gain = _format_gain(best, plural=len(cells) > 1)
    if saved:
        scope, needs = _describe_scope(primary, best), describe_saving(primary, best, saved)
        yield f"{scope}, {best.strategy} {needs}."
        yield from write_limits(saved)
        yield f"Averaged over the labels, its {primary.metric} is better than random's by {gain}."
    else:
        scope = _describe_scope(primary, best)
        yield f"{scope}, the {primary.metric} of {best.strategy} is better than random's by {gain}."
    yield from _write_choice(primary, best)
    if others:
        names = list_words([f"{row.strategy} ({_format_gain(row)})" for row in others])
        yield f"Also better than random, averaged over the labels: {names}."


def _write_choice(primary: PrimarySlice, best: Row) -> Iterator[str]:
    """Say how far the gain may be overstated because it is the largest of several."""
    n, interval = len(primary.compared), best.interval_chosen
    if n > 2 and interval is not None:  # noqa: PLR2004 - of two, the interval by itself holds
        yield (
            f"It is named because its gain is the largest of {n}, which chance favours: with that allowed "
            f"for, the interval is [{format_fixed(interval.low)}, {format_fixed(interval.high)}]."
        )


def _write_unclear(primary: PrimarySlice) -> str:
    best = primary.compared[0]
    plural = len(primary.list_covered_cells(best)) > 1
    value, interval = best.difference or 0.0, best.interval_these
    start = _describe_scope(primary, best)
    if interval is None:
        to_random = f"difference to random in {primary.metric}"
        word = to_random if primary.evidence.greater_is_better else primary.difference_word
        reason = explain_no_interval(primary.list_covered_cells(best))
        decides = "these datasets by themselves decide nothing" if primary.hits else "nothing is decided"
        return (
            f"{start}, {decides}: {reason}. The largest {word} is that of {best.strategy}, "
            f"{format_difference(value, None)}."
        )
    mean = " on average" if plural else ""
    if value > 0:
        return (
            f"{start}, no strategy is shown to be better than random{mean}: the largest "
            f"{primary.difference_word}, that of {best.strategy}, is {_format_gain(best, plural=plural)}"
            f"{_explain_undecided(primary)}{_point_to_tests(primary)}."
        )
    worse = all(row.side < 0 for row in primary.compared)
    says = "random is better than every strategy" if worse else "no strategy is better than random"
    gap = (
        f"differs in {primary.metric} by"
        if primary.evidence.greater_is_better
        else (f"has, as {primary.difference_word},")
    )
    return (
        f"{start}, {says}{mean}: the one that comes closest, {best.strategy}, {gap} "
        f"{_format_gain(best, plural=plural)}{_point_to_tests(primary)}."
    )


def _point_to_tests(primary: PrimarySlice) -> str:
    """Say that a test of ranks answers otherwise than the mean does."""
    names = [row.strategy for row in primary.hits if row.p_side > 0]
    return f"; by its ranks over the datasets {list_words(names)} is, as is said below" if names else ""


def _explain_undecided(primary: PrimarySlice) -> str:
    """Say why an interval above 0 does not decide."""
    best = primary.compared[0]
    if best.interval_these is None or best.interval_these.low <= 0 or best.p_these is None:
        return ""
    return (
        f"; by itself that interval is above 0, but it is the largest of {len(primary.compared)} "
        f"({format_p_value(best.p_these)}, corrected for their number)"
    )


def _format_gain(row: Row, *, plural: bool = False) -> str:
    amount = format_difference(row.difference or 0.0, row.interval_these)
    return f"{amount} (mean over these datasets)" if plural else amount
