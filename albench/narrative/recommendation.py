"""The first sentences of an answer: what to use, what that gains, how sure it is, what equals it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stats.significance import find_fewest_datasets
from albench.narrative.checks.shape import describe_median, find_skewed_cells
from albench.narrative.repeats import describe_limit
from albench.narrative.savings import format_fewer, format_labels, is_saving_shown, list_final_savings
from albench.narrative.wording import (
    explain_no_interval,
    explain_no_rise,
    format_difference,
    format_gain,
    format_saving_ends,
    list_names,
    name_oracle,
)
from albench.text import format_count, format_fixed, format_p_value, format_probability

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from albench.analysis.evidence.cells import Cell, Saving
    from albench.analysis.evidence.rows import Recommendation, Row
    from albench.analysis.needed_repeats import CellRepeats
    from albench.narrative.primary_slice import PrimarySlice

ENOUGH_REPEATS = 10


def write_recommendation(primary: PrimarySlice, recommendation: Recommendation) -> Iterator[str]:
    """Yield the verdict in one of its three forms, and then the numbers that it rests on."""
    row = primary.find_row(recommendation.strategy)
    where = f"{describe_place(primary, row)} with {primary.model}{describe_oracle(primary, 'and')}"
    if _has_no_difference(primary):
        yield from write_no_difference([rival.strategy for rival in primary.compared], "random", where)
        return
    gain, levels = _describe_gain(primary, row), _describe_levels(primary, recommendation)
    if recommendation.outcome == "better":
        yield f"Use {row.strategy}: {where}, {_describe_labels(primary, row, levels)}."
        yield f"Averaged over the labels it gains {gain}."
    elif recommendation.outcome == "no_gain":
        yield f"Nothing here beats random {where}; do not bother."
        yield f"Closest comes {row.strategy} with {gain}; {levels}."
        limit = format_fixed(recommendation.rope)
        yield f"By its 95 % interval no strategy gains more than {limit}."
    else:
        cells = primary.list_covered_cells(row)
        more = describe_more_repeats(recommendation, cells, primary.n_repeats, primary.repeats)
        yield f"This experiment cannot tell whether a strategy beats random {where}; {more}."
        yield f"Closest comes {row.strategy} with {gain}; {levels}."


def write_context(primary: PrimarySlice, recommendation: Recommendation) -> Iterator[str]:
    """Yield what else there is to know, the most important first: skew, equals, other data, same picks."""
    if _has_no_difference(primary):
        return
    row = primary.find_row(recommendation.strategy)
    yield from _write_median(primary, row)
    if recommendation.outcome == "better" and recommendation.equals:
        yield f"Not told apart from it: {list_names(_join_same_picks(recommendation))}."
    if recommendation.outcome == "undecided":
        yield from _write_ranks(primary)
    yield _describe_scope(primary, row)
    group = recommendation.find_same_picks(row.strategy)
    if group:
        yield f"{list_names(group)} make the same picks."


def describe_oracle(primary: PrimarySlice, link: str) -> str:
    """Return `` and labels of expert`` where the answer compares oracles, else nothing."""
    return f" {link} labels of {name_oracle(primary.oracle)}" if primary.oracle else ""


def describe_place(primary: PrimarySlice, row: Row) -> str:
    """Return ``on digits``, ``on 3 datasets`` or ``on 2 of 3 datasets``."""
    cells = primary.list_covered_cells(row)
    if len(primary.evidence.datasets) == 1:
        return f"on {cells[0].dataset}"
    n_all = primary.random.n_datasets
    if len(cells) < n_all:
        return f"on {len(cells)} of {format_count(n_all, 'dataset')}"
    return f"on {format_count(n_all, 'dataset')}"


def _describe_labels(primary: PrimarySlice, row: Row, levels: str) -> str:
    """Return labels and levels; the levels first, and why there are no labels, if no target has a meaning."""
    cells, savings = primary.list_covered_cells(row), list_final_savings(primary, row)
    if not savings:
        reason = explain_no_rise(cells)
        return f"{levels}; {reason}" if reason else levels
    estimated = "" if is_saving_shown(primary, row) else "an estimated "
    if len(cells) == 1:
        return f"{estimated}{_describe_saving(savings[0])}, and {levels}"
    share, interval = float(np.median([of.saving or 0.0 for of in savings])), row.interval_saving
    of = "" if len(savings) == len(cells) else f" of {format_count(len(savings), 'dataset')}"
    ends = f" {format_saving_ends(share, interval)}" if interval else ""
    return f"{estimated}{format_labels(share)} (median{of}{ends}), and {levels}"


def _describe_saving(saving: Saving) -> str:
    """Return ``57 labels do what random needs 100 for (43 % fewer [37, 50])``."""
    share = saving.saving or 0.0
    ends = f" {format_saving_ends(share, saving.interval)}" if saving.interval else ", no interval"
    return (
        f"{saving.labels_strategy:.0f} labels do what random needs {saving.labels_random:.0f} for "
        f"({format_fewer(share)}{ends})"
    )


def _describe_levels(primary: PrimarySlice, recommendation: Recommendation) -> str:
    """Return ``accuracy 0.931 against random's 0.905 at 100 labels (+0.026 [0.011, 0.040])``."""
    at = recommendation.at_budget
    if at is None:
        return "the budget allows no query"
    where = "the budget" if at.n_labels is None else format_count(at.n_labels, "label")
    mean = "mean " if len(primary.list_covered_cells(primary.find_row(recommendation.strategy))) > 1 else ""
    levels = f"{format_fixed(at.level)} against random's {format_fixed(at.baseline_level)}"
    is_equal = at.interval is not None and at.interval.low == at.interval.high == at.difference == 0
    difference = "equal in every repeat" if is_equal else format_difference(at.difference, at.interval)
    return f"{mean}{primary.metric} {levels} at {where} ({difference})"


def _describe_gain(primary: PrimarySlice, row: Row) -> str:
    """Return ``+0.055 [0.043, 0.066] in accuracy over 10 repeats, p < 0.001 corrected for 5 strategies``."""
    cells = primary.list_covered_cells(row)
    if has_random_curves(cells):
        return f"the same curves as random over {describe_repeats(cells)}"
    repeats = f"{describe_repeats(cells)}{describe_p(row, len(primary.compared))}"
    return f"{format_gain(row)} in {primary.metric} over {repeats}"


def describe_repeats(cells: Iterable[Cell]) -> str:
    """Return ``10 repeats`` or, where cells have different numbers of them, ``8 to 10 repeats``."""
    counts = [cell.n_paired for cell in cells]
    least, most = min(counts), max(counts)
    return format_count(most, "repeat") if least == most else f"{least} to {most} repeats"


def describe_p(row: Row, n_tests: int) -> str:
    """Return ``, p < 0.001 corrected for 3 strategies``; nothing without a test."""
    if row.p_these is None:
        return ""
    corrected = f" corrected for {n_tests} strategies" if n_tests > 1 else ""
    return f", {format_p_value(row.p_these)}{corrected}"


def _write_median(primary: PrimarySlice, row: Row) -> Iterator[str]:
    """Yield the median where the interval of the mean holds less than it promises."""
    for cell in find_skewed_cells(primary.evidence):
        if len(primary.evidence.datasets) == 1 and cell.strategy == row.strategy and cell.shape:
            yield f"Differences of repeats are skewed (ALB016): {describe_median(cell.shape)}."


def _join_same_picks(recommendation: Recommendation) -> list[str]:
    """Return the equals, those of the same picks as one: ``margin = entropy``."""
    equals = recommendation.equals
    groups = [[of for of in recommendation.find_same_picks(name) if of in equals] for name in equals]
    joined = [" = ".join(group or [name]) for name, group in zip(equals, groups, strict=True)]
    return list(dict.fromkeys(joined))


def describe_more_repeats(
    recommendation: Recommendation, cells: Sequence[Cell], n_repeats: int, needed: Sequence[CellRepeats] = ()
) -> str:
    """Return how many repeats more would decide, or why that is not known of the first strategy's cells.

    Parameters
    ----------
    needed : sequence of CellRepeats
        How many repeats cells need, where they go on until they are decided.
    """
    n_needed, n_own = recommendation.repeats_needed, recommendation.n_asked or n_repeats
    more = max((ENOUGH_REPEATS if n_needed is None else n_needed) - n_own, 1)
    limit = describe_limit(n_own + more, n_repeats, needed)
    if n_needed is None:
        return f"{explain_no_interval(cells)}, and {more} more repeats would help{limit}"
    return f"about {format_count(more, 'more repeat')} would{limit}"


def _has_no_difference(primary: PrimarySlice) -> bool:
    return all(has_random_curves(primary.list_covered_cells(row)) for row in primary.compared)


def has_random_curves(cells: Sequence[Cell]) -> bool:
    """Say whether a strategy's curves are those of random in every repeat, to the last digit."""
    return bool(cells) and all(
        cell.difference == 0
        and (cell.interval is None or cell.interval.low == cell.interval.high)
        and (cell.difference_curve is None or not cell.difference_curve.mean.any())
        for cell in cells
    )


def write_no_difference(names: Sequence[str], baseline: str, where: str) -> Iterator[str]:
    """Yield that nothing was measured, since all curves are those of random."""
    verb = "has" if len(names) == 1 else "have"
    yield f"Nothing is measured {where}: {list_names(names)} {verb} exactly the curves of {baseline}."
    yield "Either the same rows were chosen, or the metric does not depend on which rows are chosen."


def _write_ranks(primary: PrimarySlice) -> Iterator[str]:
    """Say that a test of ranks answers otherwise than the mean does."""
    hits = [row for row in primary.hits if row.p_side > 0]
    if hits:
        names, p = list_names([row.strategy for row in hits]), max(row.p_holm or 0.0 for row in hits)
        verb = "is" if len(hits) == 1 else "are"
        yield f"By ranks over the datasets {names} {verb} better ({format_p_value(p)})."


def _describe_scope(primary: PrimarySlice, row: Row) -> str:
    """Return what is said of other data than these."""
    cells = primary.list_covered_cells(row)
    if len(primary.evidence.datasets) == 1:
        if cells[0].n_splits <= 1:
            return f"That speaks of other starts on the one split of {cells[0].dataset}, not of other data."
        return f"That speaks of other splits of {cells[0].dataset}, not of other data."
    return describe_others(row, len(primary.compared), "dataset")


def describe_others(row: Row, n_tests: int, what: str) -> str:
    """Return what is said of other datasets or streams than the several at hand."""
    if row.bayes is not None and row.bayes.predicted is not None:
        chance = format_probability(row.bayes.predicted[0])
        tested = "" if row.p_holm is None else f" (signed-rank {format_p_value(row.p_holm)})"
        return f"On another {what} like these {row.strategy} is better with probability {chance}{tested}."
    enough = find_fewest_datasets(n_tests)
    return f"Nothing is shown of other {what}s: that takes {enough}, not {row.n_datasets}."
