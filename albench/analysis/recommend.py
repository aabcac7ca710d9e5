"""From a slice's rows to a recommendation: which strategy stands first, what equals it, how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.rows import BudgetLevels, Lead, Recommendation, order_rows
from albench.analysis.paired_comparison import compute_differences, subtract_areas
from albench.analysis.stats.intervals import (
    THESE_DATASETS,
    add_corrected_ps,
    average_all,
    build_t_interval,
    estimate_mean,
    find_units,
)
from albench.analysis.stats.power import find_repeats_needed
from albench.analysis.stats.significance import ALPHA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from albench.analysis.evidence.datasets import Similarity
    from albench.analysis.evidence.rows import Outcome, Row
    from albench.analysis.scores import Scores
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats


@dataclass(frozen=True)
class _Comparison:
    """Paired differences of two strategies over the datasets on which they share enough repeats.

    Of the datasets ``n_asked`` is the largest number of repeats that both need.
    """

    all_scores: tuple[Scores, ...]
    paired: tuple[NDArray[np.bool_], ...]
    estimate: Estimate | None
    n_asked: int


def recommend(
    rows: Sequence[Row],
    all_scores: Sequence[Scores],
    similarity: Sequence[Similarity],
    *,
    rope: float,
    withheld: bool,
) -> Recommendation | None:
    """Return what a slice says about the strategy that stands first; None where nothing is compared."""
    able = [row for row in order_rows(rows) if row.difference is not None and not row.label_looking]
    if withheld or not able:
        return None
    best, baseline = able[0].strategy, rows[0].strategy
    same_picks = group_same_picks(similarity)
    own_group = next((group for group in same_picks if best in group), ())
    rivals = [row.strategy for row in able[1:] if row.strategy not in own_group]
    outcome = decide_outcome(able, rope)
    needed, n_asked = None, 0
    if outcome == "undecided":
        unclear = _compare(all_scores, find_unclear(able, rope), baseline)
        n_asked = unclear.n_asked
        needed = estimate_repeats_needed(unclear.estimate, n_asked, rope, len(able))
    comparisons = {name: _compare(all_scores, best, name) for name in rivals}
    equals = find_equals({name: comparison.estimate for name, comparison in comparisons.items()})
    return Recommendation(
        strategy=best,
        outcome=outcome,
        equals=equals,
        rope=rope,
        repeats_needed=needed,
        n_asked=n_asked,
        same_picks=same_picks,
        at_budget=_compare_at_budget(_compare(all_scores, best, baseline), best, baseline),
        leads=tuple(
            _describe_lead(name, estimate, comparisons[name].n_asked, len(rivals))
            for name in equals
            if (estimate := comparisons[name].estimate) is not None
        ),
    )


def _describe_lead(strategy: str, estimate: Estimate, n_repeats: int, n_tests: int) -> Lead:
    difference, needed = float(estimate.mean), None
    if difference > 0 and estimate.error:
        needed = find_repeats_needed(estimate, n_repeats, difference, n_tests)
    return Lead(strategy, difference, build_t_interval(estimate, THESE_DATASETS), needed)


def decide_outcome(able: Sequence[Row], rope: float) -> Outcome:
    """Say whether the first of some strategies gains, none gains more than ``rope``, or neither is shown."""
    if able[0].side > 0:
        return "better"
    small = all(row.interval_these is not None and row.interval_these.high <= rope for row in able)
    return "no_gain" if small else "undecided"


def find_unclear(able: Sequence[Row], rope: float) -> str:
    """Return the first strategy of which neither a gain nor its absence is shown."""
    rows = (row for row in able if row.interval_these is None or row.interval_these.high > rope)
    return next(row.strategy for row in rows)


def _compare(all_scores: Sequence[Scores], strategy: str, other: str) -> _Comparison:
    kept, paired, estimates = [], [], []
    for scores in all_scores:
        deltas = subtract_areas(scores, strategy, other)
        here = np.isfinite(deltas)
        if scores.is_covered(int(here.sum()), strategy, other):
            kept.append(scores)
            paired.append(here)
            units, looks = find_units(scores.panel.splits[here]), scores.find_looks(strategy, other)
            estimates.append(estimate_mean(deltas[here], units, looks))
    n_asked = max((scores.count_asked(strategy, other) for scores in kept), default=0)
    return _Comparison(tuple(kept), tuple(paired), average_all(estimates), n_asked)


def find_equals(estimates: Mapping[str, Estimate | None]) -> tuple[str, ...]:
    """Return the strategies that the first, by how much it is better, is not shown to be better than.

    Not compared is not shown.
    """
    worse = {name for name, (mean, p) in add_corrected_ps(estimates).items() if p <= ALPHA and mean.mean > 0}
    return tuple(name for name in estimates if name not in worse)


def _compare_at_budget(comparison: _Comparison, strategy: str, baseline: str) -> BudgetLevels | None:
    pairs = list(zip(comparison.all_scores, comparison.paired, strict=True))
    if not pairs or any(scores.n_labels.size < 2 for scores, _ in pairs):  # noqa: PLR2004 - a curve has two ends
        return None

    def average(name: str) -> float:
        return float(np.mean([scores.curves[name][paired, -1].mean() for scores, paired in pairs]))

    deltas: list[Floats] = [
        compute_differences(scores, scores.curves[strategy][paired, -1], scores.curves[baseline][paired, -1])
        for scores, paired in pairs
    ]
    estimates = [
        estimate_mean(delta, find_units(scores.panel.splits[paired]), scores.find_looks(strategy, baseline))
        for delta, (scores, paired) in zip(deltas, pairs, strict=True)
    ]
    ends = {int(scores.n_labels[-1]) for scores, _ in pairs}
    return BudgetLevels(
        n_labels=ends.pop() if len(ends) == 1 else None,
        level=average(strategy),
        baseline_level=average(baseline),
        difference=float(np.mean([delta.mean() for delta in deltas])),
        interval=build_t_interval(average_all(estimates), THESE_DATASETS),
    )


def estimate_repeats_needed(
    estimate: Estimate | None, n_repeats: int, rope: float, n_tests: int
) -> int | None:
    """Return how many repeats would show the gain, or, of a smaller one, that it is below the rope."""
    if estimate is None or not estimate.error or rope <= 0:
        return None
    effect = max(float(estimate.mean), rope - float(estimate.mean))
    return find_repeats_needed(estimate, n_repeats, effect, n_tests)


def group_same_picks(similarity: Sequence[Similarity]) -> tuple[tuple[str, ...], ...]:
    """Return groups of strategies whose picks are the same in every round, on every dataset."""
    if not similarity:
        return ()
    names = similarity[0].strategies
    same = np.all([(of.jaccard >= 1).all(axis=-1) for of in similarity], axis=0)
    groups: list[tuple[str, ...]] = []
    for i, name in enumerate(names):
        group = tuple(names[j] for j in range(len(names)) if j == i or same[i, j])
        if len(group) > 1 and group[0] == name:
            groups.append(group)
    return tuple(groups)
