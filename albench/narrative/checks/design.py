"""Checks of what an experiment can show at all: repeats, datasets, budget, control, slices."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.label_saving import FEWEST_REPEATS, FEWEST_SPLITS, find_saving_side
from albench.analysis.stats.intervals import FEWEST_UNITS
from albench.analysis.stats.significance import can_be_tested, compute_smallest_p, find_fewest_datasets
from albench.narrative.checks.check import CheckSpec
from albench.narrative.disagreements import describe_disagreements
from albench.narrative.wording import describe_control
from albench.text import format_count, list_first, list_words

if TYPE_CHECKING:
    from albench.analysis.evidence.cells import Cell
    from albench.analysis.evidence.conclusions import Evidence, SliceEvidence
    from albench.analysis.evidence.datasets import LateRise
    from albench.narrative.checks.check import Check, Compared

STILL_RISING = 0.1
AS_FAST = 0.9
_LISTED = 6


_WITHOUT_CONTROL = {
    "one_arm": "Set baseline: {arms: 2}.",
    "few_repeats": f"Run {FEWEST_UNITS} repeats or more.",
    "few_splits": f"Set splits to {FEWEST_UNITS} or more.",
    "no_area": "Take another primary_metric, or a seed set in which it has a number.",
}


def check_repeats(evidence: Evidence) -> Check:
    """ALB001: are there enough repeats for all intervals."""
    check = CheckSpec("ALB001", "enough repeats")
    if evidence.repeats:
        return _check_spent_repeats(evidence, check)
    repeats = format_count(evidence.n_repeats, "repeat")
    if evidence.n_repeats < FEWEST_REPEATS:
        return check.issue(
            f"{repeats} of each cell: below {FEWEST_REPEATS} label savings have no interval.",
            f"Set repeats to {FEWEST_REPEATS} or more; what is done is kept.",
        )
    splits = max((cell.n_splits for cell in evidence.primary.cells), default=0)
    if 1 < splits < min(FEWEST_SPLITS, evidence.n_repeats):
        return check.issue(
            f"{repeats} of each cell, on {splits} splits: below {FEWEST_SPLITS} splits label savings have no "
            f"interval, below {FEWEST_UNITS} nothing has.",
            f"Set splits to {FEWEST_SPLITS} or more; what is done is kept.",
        )
    return check.passed(f"{repeats} of each cell.")


def _check_spent_repeats(evidence: Evidence, check: CheckSpec) -> Check:
    """Return what the check says where repeats go on until cells are decided."""
    cells = [cell for cell in evidence.primary.cells if cell.n_paired]
    few = [cell for cell in cells if cell.n_paired < FEWEST_REPEATS]
    repeats = f"up to {format_count(evidence.n_repeats, 'repeat')} of each cell, until it was decided"
    if few:
        return check.tip(
            f"{repeats}: {format_count(len(few), 'cell')} of {len(cells)} took fewer than {FEWEST_REPEATS}, "
            "and below these a label saving has no interval.",
            f"If savings matter, set at_least to {FEWEST_REPEATS}; what is done is kept.",
        )
    return check.passed(f"{repeats[0].upper()}{repeats[1:]}.")


def _count_partners(cell: Cell, n_random: int) -> int:
    """Return the repeats of random that a cell should have a partner for."""
    return n_random if cell.n_asked is None else min(n_random, cell.n_asked)


def check_pairing(evidence: SliceEvidence) -> Check:
    """ALB002: do strategies and random share their repeats."""
    check = CheckSpec("ALB002", "paired repeats")
    baseline = evidence.rows[0].strategy
    n_random = {cell.dataset: cell.n_repeats for cell in evidence.cells if cell.strategy == baseline}
    rivals = [cell for cell in evidence.cells if cell.strategy != baseline and cell.n_repeats]
    if not rivals:
        return check.not_applicable("There is nothing to pair yet.")
    lonely = [c for c in rivals if c.n_paired < max(c.n_repeats, _count_partners(c, n_random[c.dataset]))]
    if not lonely:
        return check.passed("Every repeat of a strategy is paired with one of random.")
    have = f"{format_count(len(lonely), 'cell')} of {len(rivals)} {'has' if len(lonely) == 1 else 'have'}"
    todo = "Run what is missing or failed: `albench run --rerun failed`."
    if any(cell.n_without_area for cell in evidence.cells):
        todo = (
            f"{evidence.slice.metric} has no number in some rounds of finished trials: take another "
            "primary_metric, or a seed set in which it has one."
        )
    return check.tip(f"{have} repeats without a partner, which are left out.", todo)


def _count_tests(evidence: Compared) -> tuple[int, int]:
    """Return the most datasets that a comparison has, and how many strategies are compared."""
    family = [row for row in evidence.rows[1:] if not row.label_looking and row.n_datasets]
    return max((row.n_datasets for row in family), default=0), len(family)


def check_datasets(evidence: Compared) -> Check:
    """ALB003: are there enough datasets for any test at all."""
    check = CheckSpec("ALB003", "enough datasets for a test")
    n, n_tests = _count_tests(evidence)
    least = find_fewest_datasets(1)
    if not n_tests:
        return check.not_applicable("There is nothing to test yet.")
    if n >= least:
        return check.passed(f"{format_count(n, 'dataset')}: a test needs {least}.")
    return check.issue(
        f"{format_count(n, 'dataset')}: below {least} no test across datasets can reach p = 0.05.",
        f"Add datasets until there are {least}; until then the page speaks of these datasets only.",
    )


def _get_late_rises(evidence: SliceEvidence) -> dict[str, dict[str, LateRise]]:
    return evidence.details.late_rises if evidence.details else {}


def _find_rising(evidence: SliceEvidence) -> list[str]:
    """Return the datasets on which random still gains much at the end."""
    rises = {name: of[evidence.rows[0].strategy] for name, of in _get_late_rises(evidence).items()}
    return [name for name, rise in rises.items() if rise.late > STILL_RISING * rise.whole]


def check_plateau(evidence: SliceEvidence) -> Check:
    """ALB004: does random's curve flatten out within the budget."""
    check = CheckSpec("ALB004", "budget reaches the plateau")
    if not _get_late_rises(evidence):
        return check.not_applicable("There are no curves that rise.")
    rising = _find_rising(evidence)
    if not rising:
        return check.passed("Random's curves flatten out within the budget.")
    return check.tip(
        f"Random still gains more than {STILL_RISING:.0%} of its rise in the last fifth of the labels on "
        f"{list_words(rising)}: what happens later is not shown.",
        "Raise the budget: trials begin anew, and the rounds so far come out the same.",
    )


def check_race(evidence: SliceEvidence) -> Check:
    """ALB005: where random still rises, does it rise as fast as every strategy."""
    check = CheckSpec("ALB005", "the race is decided")
    random = evidence.rows[0].strategy
    able = {row.strategy for row in evidence.rows[1:] if not row.label_looking}
    rises = {name: of for name, of in _get_late_rises(evidence).items() if able & set(of)}
    if not rises:
        return check.not_applicable("There are no curves to compare.")
    rising = [name for name in _find_rising(evidence) if name in rises]
    still = [
        name
        for name in rising
        if rises[name][random].late >= AS_FAST * max(rises[name][s].late for s in able & set(rises[name]))
    ]
    if not still:
        return check.passed("Where random still rises, some strategy rises faster.")
    return check.tip(
        f"At the end of the budget random still rises, and as fast as every strategy, on "
        f"{list_words(still)}: its lag may go on shrinking.",
        "Raise the budget before reading final levels as a verdict.",
    )


def check_distinct(evidence: SliceEvidence) -> Check:
    """ALB017: do strategies differ, or are some of them counted twice."""
    check = CheckSpec("ALB017", "strategies differ")
    rivals = [row.strategy for row in evidence.rows[1:] if not row.label_looking and row.n_datasets]
    if not rivals:
        return check.not_applicable("There is nothing to compare yet.")
    shared = {pair: _find_same(evidence, *pair) for pair in combinations(rivals, 2)}
    alike = {pair: names for pair, names in shared.items() if 2 * len(names) > len(evidence.datasets)}
    if not alike:
        return check.passed("No two strategies have the same curves on most datasets.")
    pairs = [f"{list_words(pair)} ({len(names)})" for pair, names in alike.items()]
    return check.tip(
        f"The same curves on most of {format_count(len(evidence.datasets), 'dataset')}: "
        f"{list_first(pairs, _LISTED)}. Mean ranks and Holm's correction count each of them by itself.",
        "Keep one of each: on two classes margin, entropy and least_confident are one strategy.",
    )


def _find_same(evidence: SliceEvidence, strategy: str, other: str) -> list[str]:
    """Return the datasets on which two strategies have the same mean curve."""
    curves = {(cell.dataset, cell.strategy): cell.curve for cell in evidence.cells}
    pairs = ((name, curves.get((name, strategy)), curves.get((name, other))) for name in evidence.datasets)
    return [name for name, a, b in pairs if a and b and np.array_equal(a.mean, b.mean)]


def check_smallest_p(evidence: Compared) -> Check:
    """ALB012: can the tests reach significance after the correction for their number."""
    check = CheckSpec("ALB012", "smallest reachable p")
    n, n_tests = _count_tests(evidence)
    if not n_tests:
        return check.not_applicable("There is nothing to test yet.")
    p, enough = compute_smallest_p(n), find_fewest_datasets(n_tests)
    start = f"With {format_count(n, 'dataset')} the smallest p is {p:.2g}, "
    start += f"{min(1.0, p * n_tests):.2g} after correction"
    start += f" for {format_count(n_tests, 'strategy', 'strategies')}"
    if can_be_tested(n, n_tests):
        return check.passed(f"{start}.")
    todo = f"Compare fewer strategies, or add datasets until there are {enough}."
    return check.issue(f"{start}: nothing can be significant.", todo)


def check_control(evidence: SliceEvidence) -> Check:
    """ALB013: do independent arms of random look alike."""
    check = CheckSpec("ALB013", "A/A control")
    control = evidence.control
    reason = describe_control(control)
    sentence = reason[:1].upper() + reason[1:] + "."
    if not control.available:
        return check.not_applicable(sentence, _WITHOUT_CONTROL.get(control.unavailable or "", ""))
    if not control.fired and find_saving_side(list(control.savings.values()), control.interval_saving):
        return check.tip(
            f"{sentence} Yet one random order seems to need fewer labels than the others, or more, for the "
            "same final level.",
            "Read label savings as estimates: more repeats, or a larger budget, determine them better.",
        )
    if not control.fired:
        return check.passed(sentence)
    todo = "One sound experiment in twenty fires: run more repeats; if it still fires, look for what differs."
    return check.issue(sentence, todo)


def check_agreement(evidence: Evidence) -> Check:
    """ALB014: does any strategy win in one slice and lose in another."""
    check = CheckSpec("ALB014", "slices agree")
    n = len(evidence.slices)
    if n < 2:  # noqa: PLR2004 - to disagree takes two
        return check.not_applicable("There is one slice only.")
    if not evidence.disagreements:
        return check.passed(f"No strategy wins in one of {n} slices and loses in another.")
    sentence = describe_disagreements(evidence.disagreements)
    return check.issue(sentence, "Decide by the slice that is like your task.")
