"""Checks of experiments on streams, beside those that they share with pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.stats.intervals import FEWEST_UNITS
from albench.narrative.checks import data, design, shape
from albench.narrative.checks.check import CheckSpec
from albench.text import format_count, list_first

if TYPE_CHECKING:
    from albench.analysis.streams.evidence.conclusions import StreamEvidence, StreamSliceEvidence
    from albench.narrative.checks.check import Check

ENOUGH_REPEATS = 10
MOST_UNSPENT = 0.2
_LISTED = 6


def run_stream_checks(evidence: StreamEvidence) -> tuple[Check, ...]:
    """Return every check of streams in the order of the codes; none without a slice."""
    primary = evidence.primary
    compared = primary.comparisons
    return (
        design.check_datasets(compared),
        data.check_trials_done(evidence),
        design.check_smallest_p(compared),
        data.check_environments(len(evidence.environments)),
        shape.check_shape(compared),
        check_stream_repeats(evidence),
        check_budget(primary),
        check_spent_budget(primary),
        check_repeating(primary),
    )


def check_stream_repeats(evidence: StreamEvidence) -> Check:
    """ALB101: are there enough repeats of each stream."""
    check = CheckSpec("ALB101", "enough repeats of a stream")
    n = evidence.design.n_repeats
    repeats = format_count(n, "repeat")
    if evidence.repeats:
        return check.passed(f"Up to {repeats} of each cell, until it was decided.")
    todo = f"Set repeats to {ENOUGH_REPEATS} or more; what is done is kept."
    if n < FEWEST_UNITS:
        return check.issue(f"{repeats} of each cell: below {FEWEST_UNITS} nothing has an interval.", todo)
    if n < ENOUGH_REPEATS:
        return check.tip(f"{repeats} of each cell: intervals are wide, and skew cannot be seen.", todo)
    return check.passed(f"{repeats} of each cell.")


def check_budget(primary: StreamSliceEvidence) -> Check:
    """ALB102: does every strategy keep its budget at every row."""
    check = CheckSpec("ALB102", "budgets are kept")
    spendings = [(line.row.strategy, line.spending) for line in primary.rows if line.spending]
    if not spendings:
        return check.not_applicable("No trial has finished.")
    over = [(name, spending) for name, spending in spendings if spending.n_over]
    if not over:
        return check.passed(
            "No strategy has bought more than ceil(budget * t) + 1 labels of the first t rows."
        )
    names = [
        f"{name} by up to {format_count(spending.excess, 'label')} "
        f"({spending.n_over} of {format_count(spending.n_trials, 'trial')})"
        for name, spending in over
    ]
    return check.tip(
        f"More than ceil(budget * t) + 1 labels of the first t rows: {list_first(names, _LISTED)}. Random "
        "has bought as many in all, but gains of strategies are then at different spendings.",
        "Take the manager 'fixed', which keeps its budget at every row, or a budget that it all stays below.",
    )


def check_spent_budget(primary: StreamSliceEvidence) -> Check:
    """ALB103: is the budget spent."""
    check = CheckSpec("ALB103", "budgets are spent")
    spendings = [(line.row.strategy, line.spending) for line in primary.rows if line.spending]
    if not spendings:
        return check.not_applicable("No trial has finished.")
    low = [(name, of) for name, of in spendings if of.share < (1 - MOST_UNSPENT) * of.budget]
    if not low:
        return check.passed("Every strategy buys at least 80 % of what it may.")
    names = [f"{name} ({100 * of.share:.2g} % of {100 * of.budget:.3g} %)" for name, of in low]
    return check.tip(
        f"Less than 80 % of the budget is bought by {list_first(names, _LISTED)}: it is compared with random "
        "at what it has bought, not at the budget.",
        "Look at labels spent along the stream; a threshold that adapts spends more.",
    )


def check_repeating(primary: StreamSliceEvidence) -> Check:
    """ALB104: is any learner better than repeating the last label."""
    check = CheckSpec("ALB104", "better than repeating the last label")
    cells = [cell for cell in primary.cells if "kappa_temporal" in cell.levels]
    if not cells:
        return check.not_applicable("Nothing is known of kappa-temporal.")
    below = list(dict.fromkeys(c.cell.dataset for c in cells if max(c.levels["kappa_temporal"]) <= 0))
    if not below:
        return check.passed("On every stream learners are better than repeating the last label.")
    return check.tip(
        f"On {list_first(below, _LISTED)} some learner is no better than repeating the last label "
        "(kappa-temporal is 0 or below): labels of neighbours depend on each other there.",
        "Read kappa_temporal beside accuracy, or shuffle the rows if their order means nothing.",
    )
