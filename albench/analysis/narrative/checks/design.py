"""Checks of what an experiment can show at all: repeats, datasets, budget, control, slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.analysis.label_saving import FEWEST_REPEATS
from albench.analysis.narrative.checks.subject import Subject
from albench.analysis.narrative.contradictions import disagreements, told
from albench.analysis.narrative.wording import count, listed
from albench.analysis.stats.significance import can_be_tested
from albench.analysis.stats.significance import smallest_p as reachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import Check, SliceEvidence
    from albench.contracts import Floats

LATE = 0.8
STILL_RISING = 0.1
AS_FAST = 0.9
_MOST_DATASETS = 64


class _Late(NamedTuple):
    """What a curve still gains in the last fifth of the labels, and from end to end."""

    late: float
    whole: float


def repeats(asked: int) -> Check:
    """ALB001: are there enough repeats for all intervals."""
    check = Subject("ALB001", "enough repeats")
    if asked >= FEWEST_REPEATS:
        return check.passed(f"{count(asked, 'repeat')} of each cell.")
    return check.issue(
        f"{count(asked, 'repeat')} of each cell: below {FEWEST_REPEATS} label savings have no interval.",
        f"Set repeats to {FEWEST_REPEATS} or more; what is done is kept.",
    )


def paired(found: SliceEvidence) -> Check:
    """ALB002: do strategies and random share their repeats."""
    check = Subject("ALB002", "paired repeats")
    random = {cell.dataset: cell.n_repeats for cell in found.cells if cell.strategy == found.rows[0].strategy}
    rivals = [cell for cell in found.cells if cell.strategy != found.rows[0].strategy and cell.n_repeats]
    if not rivals:
        return check.not_applicable("There is nothing to pair yet.")
    lonely = [c for c in rivals if c.n_paired < max(c.n_repeats, random[c.dataset])]
    if not lonely:
        return check.passed("Every repeat of a strategy is paired with one of random.")
    have = f"{count(len(lonely), 'cell')} of {len(rivals)} {'has' if len(lonely) == 1 else 'have'}"
    return check.tip(
        f"{have} repeats without a partner, which are left out.",
        "Run what is missing or failed: `albench run --rerun failed`.",
    )


def _family(found: SliceEvidence) -> tuple[int, int]:
    """Return the most datasets that a comparison has, and how many strategies are compared."""
    family = [row for row in found.rows[1:] if not row.label_looking and row.n_datasets]
    return max((row.n_datasets for row in family), default=0), len(family)


def _fewest(n_tests: int) -> int:
    return next(n for n in range(1, _MOST_DATASETS) if can_be_tested(n, n_tests))


def datasets_for_any_test(found: SliceEvidence) -> Check:
    """ALB003: are there enough datasets for any test at all."""
    check = Subject("ALB003", "enough datasets for a test")
    n, n_tests = _family(found)
    least = _fewest(1)
    if not n_tests:
        return check.not_applicable("There is nothing to test yet.")
    if n >= least:
        return check.passed(f"{count(n, 'dataset')}: a test needs {least}.")
    return check.issue(
        f"{count(n, 'dataset')}: below {least} no test across datasets can reach p = 0.05.",
        f"Add datasets until there are {least}; until then the page speaks of these datasets only.",
    )


def _lates(found: SliceEvidence) -> dict[str, dict[str, _Late]]:
    """Return dataset -> strategy -> how its mean curve ends, where random rises at all."""
    sign = 1 if found.greater_is_better else -1
    random = found.rows[0].strategy
    lates: dict[str, dict[str, _Late]] = {}
    for cell in found.cells:
        if cell.curve is not None and cell.curve.n_labels.size > 2:  # noqa: PLR2004 - there is a middle
            lates.setdefault(cell.dataset, {})[cell.strategy] = _late(
                cell.curve.n_labels, sign * cell.curve.mean
            )
    return {name: of for name, of in lates.items() if random in of and of[random].whole > 0}


def _late(n_labels: Floats, values: Floats) -> _Late:
    at = np.interp(n_labels[0] + LATE * (n_labels[-1] - n_labels[0]), n_labels, values)
    return _Late(float(values[-1] - at), float(values[-1] - values[0]))


def _rising(found: SliceEvidence) -> list[str]:
    random = found.rows[0].strategy
    lates = _lates(found)
    return [name for name, of in lates.items() if of[random].late > STILL_RISING * of[random].whole]


def flattened(found: SliceEvidence) -> Check:
    """ALB004: does random's curve flatten out within the budget."""
    check = Subject("ALB004", "budget reaches the plateau")
    lates = _lates(found)
    if not lates:
        return check.not_applicable("There are no curves that rise.")
    rising = _rising(found)
    if not rising:
        return check.passed("Random's curves flatten out within the budget.")
    return check.tip(
        f"Random still gains more than {STILL_RISING:.0%} of its rise in the last fifth of the labels on "
        f"{listed(rising)}: what happens later is not shown.",
        "Raise the budget; the rounds that are done are kept.",
    )


def race_open(found: SliceEvidence) -> Check:
    """ALB005: where random still rises, does it rise as fast as every strategy."""
    check = Subject("ALB005", "the race is decided")
    random = found.rows[0].strategy
    able = {row.strategy for row in found.rows[1:] if not row.label_looking}
    lates = {name: of for name, of in _lates(found).items() if able & set(of)}
    if not lates:
        return check.not_applicable("There are no curves to compare.")
    rising = [name for name in _rising(found) if name in lates]
    still = [
        name
        for name in rising
        if lates[name][random].late >= AS_FAST * max(lates[name][s].late for s in able & set(lates[name]))
    ]
    if not still:
        return check.passed("Where random still rises, some strategy rises faster.")
    return check.tip(
        f"At the end of the budget random still rises, and as fast as every strategy, on {listed(still)}: "
        f"its lag may go on shrinking.",
        "Raise the budget before reading final levels as a verdict.",
    )


def smallest_p(found: SliceEvidence) -> Check:
    """ALB012: can the tests reach significance after the correction for their number."""
    check = Subject("ALB012", "smallest reachable p")
    n, n_tests = _family(found)
    if not n_tests:
        return check.not_applicable("There is nothing to test yet.")
    p, enough = reachable(n), _fewest(n_tests)
    says = (
        f"With {count(n, 'dataset')} the smallest p is {p:.2g}, {min(1.0, p * n_tests):.2g} after correction"
    )
    over = f"for {count(n_tests, 'strategy', 'strategies')}"
    if can_be_tested(n, n_tests):
        return check.passed(f"{says} {over}.")
    todo = f"Compare fewer strategies, or add datasets until there are {enough}."
    return check.issue(f"{says} {over}: nothing can be significant.", todo)


def aa_control(found: SliceEvidence) -> Check:
    """ALB013: do independent arms of random look alike."""
    check = Subject("ALB013", "A/A control")
    control = found.control
    sentence = control.reason[:1].upper() + control.reason[1:] + "."
    if not control.available:
        return check.not_applicable(sentence, "Set baseline: {arms: 2}.")
    if not control.fired:
        return check.passed(sentence)
    todo = "One sound experiment in twenty fires: run more repeats; if it still fires, look for what differs."
    return check.issue(sentence, todo)


def slices_agree(found: Sequence[SliceEvidence]) -> Check:
    """ALB014: does any strategy win in one slice and lose in another."""
    check = Subject("ALB014", "slices agree")
    if len(found) < 2:  # noqa: PLR2004 - to disagree takes two
        return check.not_applicable("There is one slice only.")
    against = disagreements(found)
    if not against:
        return check.passed(f"No strategy wins in one of {len(found)} slices and loses in another.")
    return check.issue(told(against), "Decide by the slice that is like your task.")
