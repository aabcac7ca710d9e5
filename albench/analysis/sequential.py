"""Repeats until cells are decided: which are, at which look, and why, replayed from stored results alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from albench.analysis.paired_comparison import average_differences
from albench.analysis.scores import COVERAGE
from albench.analysis.stats.intervals import (
    LEVEL,
    build_t_interval,
    compute_p_of_look,
    estimate_mean,
    find_units,
)
from albench.analysis.stats.looks import compute_levels, list_looks
from albench.analysis.stats.significance import ALPHA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from albench.analysis.evidence.cells import Interval
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats

Reason = Literal["better", "worse", "equivalent", "precise", "futile", "exhausted", "failed"]
FUTILITY = 0.05


@dataclass(frozen=True)
class DecisionRule:
    """When a cell needs no more repeats.

    Attributes
    ----------
    at_least, up_to : int
        Fewest and most blocks.
    rope : float
        Half the width of practical equivalence, in units of the metric.
    precision : float or None
        Half the width of the interval that is precise enough, at the error that the strategies share.
    error : float
        With which any of the strategies of a dataset that are as good as random is called better or worse.
    """

    at_least: int
    up_to: int
    rope: float
    precision: float | None = None
    error: float = ALPHA


@dataclass(frozen=True)
class CellDecision:
    """What is known of one strategy on one dataset.

    Attributes
    ----------
    reason : {"better", "worse", "equivalent", "precise", "futile", "exhausted", None}
        Why it is closed; None while it is open. Futile: it will hardly be decided by the last look, nor be
        precise; exhausted: it was not at the last look. With a later last look both may be open again.
    n_blocks : int
        Blocks at the look that closed it, or at the last look; 0 before the first one.
    next_look : int or None
        After how many blocks an open cell is looked at next.
    n_paired : int
        Repeats among them that are paired with the baseline.
    difference : float or None
        Their mean paired difference.
    interval : Interval or None
        Of it; all looks together cover the true mean with its level, so that it holds wherever repeats end.
    """

    reason: Reason | None
    n_blocks: int
    next_look: int | None
    n_paired: int = 0
    difference: float | None = None
    interval: Interval | None = None


class _Look(NamedTuple):
    n_paired: int
    difference: float | None
    estimate: Estimate | None
    interval: Interval | None
    p: float


def decide_cells(
    differences: Mapping[str, Floats],
    splits: NDArray[np.int64],
    n_blocks: Mapping[str, int],
    rule: DecisionRule,
) -> dict[str, CellDecision]:
    """Decide all strategies of one dataset within one slice.

    The looks are replayed from the first one on: a strategy stays closed whatever comes later, and more
    blocks than were needed change nothing. A look waits until all strategies that are open have its blocks.
    A block is a split, with all its starts.

    Parameters
    ----------
    differences : mapping
        Strategy -> paired differences to the baseline of all repeats, positive is better, shape (n_repeats,);
        not-a-number where a repeat is not run yet or has no area of both. All strategies that are compared
        belong here, those without a result too: they share the error.
    splits : ndarray of shape (n_repeats,)
        The block of each repeat, from 0.
    n_blocks : mapping
        Strategy -> how many of the first blocks are run, done or failed, by it and by the baseline.
    """
    looks = list_looks(rule.at_least, rule.up_to)
    decisions = {name: CellDecision(None, 0, looks[0]) for name in differences}
    for place, n in enumerate(looks):
        still_open = [name for name, decision in decisions.items() if decision.reason is None]
        if not still_open or min(n_blocks[name] for name in still_open) < n:
            break
        until_now, following = looks[: place + 1], looks[place + 1 : place + 2]
        seen = {name: _look(differences[name], splits, until_now) for name in still_open}
        sides = _find_sides(seen, decisions, until_now, rule)
        n_undecided = len(differences) - _count_decided(decisions) - sum(map(abs, sides.values()))
        for name, look in seen.items():
            reason = _find_reason(look, sides[name], n_undecided, rule)
            if reason is None and (not following or _is_futile(look, n, looks, n_undecided, rule)):
                reason = "futile" if following else "exhausted"
            next_look = following[0] if reason is None else None
            decisions[name] = CellDecision(
                reason, n, next_look, look.n_paired, look.difference, look.interval
            )
    return decisions


def _look(differences: Floats, splits: NDArray[np.int64], looks: tuple[int, ...]) -> _Look:
    """Return what is known at the last of the looks; no interval where too few repeats are paired."""
    within = splits < looks[-1]
    paired = within & np.isfinite(differences)
    n_paired = int(paired.sum())
    difference = average_differences(differences[paired].tolist())
    units = find_units(splits[paired])
    estimate = estimate_mean(differences[paired], units, looks)
    if estimate is None or n_paired < COVERAGE * within.sum():
        return _Look(n_paired, difference, None, None, 1.0)
    # Equal differences that are not 0 show a sign, but not how far they reach.
    is_exact = not estimate.error and difference
    interval = None if is_exact else build_t_interval(estimate, units.unit_name)
    return _Look(n_paired, difference, estimate, interval, compute_p_of_look(estimate))


def _find_sides(
    seen: Mapping[str, _Look],
    decisions: Mapping[str, CellDecision],
    looks: tuple[int, ...],
    rule: DecisionRule,
) -> dict[str, int]:
    """Return 1 for strategies that are better than the baseline, -1 for worse ones, 0 for others.

    Holm's step-down over the strategies of the dataset, those that were rejected at earlier looks first.
    """
    sides = dict.fromkeys(seen, 0)
    n_left = len(decisions) - _count_decided(decisions)
    while n_left:
        level = compute_levels(looks, rule.error / n_left)[-1]
        rejected = [name for name, look in seen.items() if look.p <= level and not sides[name]]
        if not rejected:
            break
        sides.update({name: 1 if (seen[name].difference or 0) > 0 else -1 for name in rejected})
        n_left -= len(rejected)
    return sides


def _count_decided(decisions: Mapping[str, CellDecision]) -> int:
    return sum(decision.reason in ("better", "worse") for decision in decisions.values())


def _is_futile(look: _Look, n: int, looks: tuple[int, ...], n_tests: int, rule: DecisionRule) -> bool:
    """Say whether a cell will hardly be decided at the last look, nor its interval be as narrow as wanted.

    The predictive probability that its test statistic, which goes on from here with any drift that may be
    behind it, is beyond the bound of the last look.

    References
    ----------
    Spiegelhalter, Freedman and Blackburn, 1986, Monitoring clinical trials: conditional or predictive power
    """
    from scipy.special import ndtr, ndtri

    if look.estimate is None or look.interval is None:
        return False
    growth = looks[-1] / n
    bound = -ndtri(compute_levels(looks, rule.error / n_tests)[-1] / 2)
    now, spread = -ndtri(look.p / 2) * growth**0.5, (growth - 1) ** 0.5
    probability = ndtr((now - bound) / spread) + ndtr((-now - bound) / spread)
    error = float(look.estimate.error) / growth**0.5
    can_be_precise = bound * error <= (rule.precision or 0.0)
    of_interval = -ndtri(compute_levels(looks, 1 - LEVEL)[-1] / 2)
    can_be_equivalent = abs(look.difference or 0.0) + of_interval * error <= rule.rope
    return bool(probability < FUTILITY and not can_be_precise and not can_be_equivalent)


def _find_reason(look: _Look, side: int, n_tests: int, rule: DecisionRule) -> Reason | None:
    if side:
        return "better" if side > 0 else "worse"
    if look.interval is None:
        return None
    if max(-look.interval.low, look.interval.high) <= rule.rope:
        return "equivalent"
    shared = build_t_interval(look.estimate, "", 1 - rule.error / n_tests)
    if rule.precision is not None and shared and (shared.high - shared.low) / 2 <= rule.precision:
        return "precise"
    return None
