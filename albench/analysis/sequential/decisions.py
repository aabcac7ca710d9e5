"""Which cells of a dataset are decided, at which look, and why: replayed from stored results alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from albench.analysis.evidence import Interval
from albench.analysis.paired_comparison import COVERAGE, average_differences
from albench.analysis.sequential.looks import compute_levels, list_looks
from albench.analysis.stats.intervals import (
    LEVEL,
    build_t_interval,
    compute_t_p,
    estimate_mean,
    find_units,
)
from albench.analysis.stats.significance import ALPHA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats

Reason = Literal["better", "worse", "equivalent", "precise", "exhausted"]


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
        Half the width of the interval that is precise enough.
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
    reason : {"better", "worse", "equivalent", "precise", "exhausted", None}
        Why it is closed; None while it is open.
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
    unit_name: str
    interval: Interval | None


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
    rule : DecisionRule
    """
    looks = list_looks(rule.at_least, rule.up_to)
    decisions = {name: CellDecision(None, 0, looks[0]) for name in differences}
    for place, n in enumerate(looks):
        still_open = [name for name, decision in decisions.items() if decision.reason is None]
        if not still_open or min(n_blocks[name] for name in still_open) < n:
            break
        following = looks[place + 1] if place + 1 < len(looks) else None
        found = {name: _look(differences[name], splits, looks[: place + 1]) for name in still_open}
        sides = _find_sides(found, decisions, looks[: place + 1], rule)
        for name, look in found.items():
            reason = _find_reason(look, sides[name], rule) or ("exhausted" if following is None else None)
            next_look = following if reason is None else None
            decisions[name] = CellDecision(
                reason, n, next_look, look.n_paired, look.difference, look.interval
            )
    return decisions


def _look(differences: Floats, splits: NDArray[np.int64], looks: tuple[int, ...]) -> _Look:
    """Return the estimate after the last of the looks; none where too few repeats are paired."""
    within = splits < looks[-1]
    paired = within & np.isfinite(differences)
    n_paired = int(paired.sum())
    mean = average_differences(differences[paired].tolist())
    if n_paired < COVERAGE * within.sum():
        return _Look(n_paired, mean, None, "", None)
    units = find_units(splits[paired])
    estimate = estimate_mean(differences[paired], units)
    level = 1 - compute_levels(looks, 1 - LEVEL)[-1]
    interval = build_t_interval(estimate, units.unit_name, level)
    if interval is not None:
        interval = Interval(interval.low, interval.high, LEVEL, f"t at every look over {units.unit_name}")
    return _Look(n_paired, mean, estimate, units.unit_name, interval)


def _find_sides(
    found: Mapping[str, _Look],
    decisions: Mapping[str, CellDecision],
    looks: tuple[int, ...],
    rule: DecisionRule,
) -> dict[str, int]:
    """Return 1 for strategies that are better than the baseline, -1 for worse ones, 0 for others.

    Holm's step-down over the strategies of the dataset, those that were rejected at earlier looks first.
    """
    sides = dict.fromkeys(found, 0)
    ps = {name: _compute_p(look.estimate) for name, look in found.items()}
    n_left = len(decisions) - sum(decision.reason in ("better", "worse") for decision in decisions.values())
    while n_left:
        level = compute_levels(looks, rule.error / n_left)[-1]
        rejected = [name for name, p in ps.items() if p <= level and not sides[name]]
        if not rejected:
            break
        sides.update({name: 1 if (found[name].difference or 0) > 0 else -1 for name in rejected})
        n_left -= len(rejected)
    return sides


def _compute_p(estimate: Estimate | None) -> float:
    if estimate is None:
        return 1.0
    # Equal differences show no more than that all have one sign.
    return max(compute_t_p(estimate), 0.0 if estimate.error else 2.0**-estimate.df)


def _is_equal_by_chance(look: _Look) -> bool:
    """Say whether differences without a spread are too few yet to show their sign, and so their size."""
    return look.estimate is not None and not look.estimate.error and bool(look.difference)


def _find_reason(look: _Look, side: int, rule: DecisionRule) -> Reason | None:
    if side:
        return "better" if side > 0 else "worse"
    if look.interval is None or _is_equal_by_chance(look):
        return None
    low, high = look.interval.low, look.interval.high
    if max(-low, high) <= rule.rope:
        return "equivalent"
    if rule.precision is not None and (high - low) / 2 <= rule.precision:
        return "precise"
    return None
