"""A strategy over the streams of a slice, and which one stands first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import Cell
from albench.analysis.evidence.rows import Recommendation, order_rows
from albench.analysis.leaderboard_rows import RowContext, build_rows
from albench.analysis.paired_comparison import ROPE, PairedComparison, average_differences, subtract_paired
from albench.analysis.ranks import NO_RANKS
from albench.analysis.recommend import decide_outcome, estimate_repeats_needed, find_equals, find_unclear
from albench.analysis.scores import COVERAGE
from albench.analysis.stats.intervals import average_all, estimate_mean, find_units
from albench.analysis.streams.evidence.cells import Spending
from albench.analysis.streams.evidence.conclusions import StreamRow
from albench.analysis.streams.recovery import correct_recoveries, pool_recoveries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence.rows import Row
    from albench.analysis.stats.intervals import Estimate
    from albench.analysis.streams.cells import StreamComparison
    from albench.analysis.streams.evidence.cells import StreamCell

    Comparisons = Mapping[str, Sequence[StreamComparison]]

_BASELINE = ""
"""No label of a strategy: each has a random of its own."""


def build_stream_rows(comparisons: Comparisons, *, n_repeats: int) -> tuple[Row, tuple[StreamRow, ...]]:
    """Return what stands for random, and one row a strategy, the best first."""
    # Strategies that buy different numbers of labels have no ranks.
    context = RowContext(_BASELINE, frozenset(), NO_RANKS, ROPE, withheld=False)
    paired = {name: [of.paired for of in compared] for name, compared in comparisons.items()}
    datasets = zip(*comparisons.values(), strict=True)
    baseline = [_describe_random([of.cell for of in cells], n_repeats) for cells in datasets]
    rows = build_rows({_BASELINE: baseline, **paired}, {}, context)
    pooled = {
        name: pool_recoveries(
            (of.cell.recovery for of in _list_covered(compared)),
            is_covered=any(of.paired.covered for of in compared),
        )
        for name, compared in comparisons.items()
    }
    recoveries = dict(zip(pooled, correct_recoveries(list(pooled.values())), strict=True))
    return rows[0], tuple(
        StreamRow(
            row=row,
            random_level=_average_random(comparisons[row.strategy]),
            levels=_average_each_level(comparisons[row.strategy]),
            recovery=recoveries[row.strategy],
            spending=_pool_spendings([of.cell.spending for of in comparisons[row.strategy]]),
        )
        for row in order_rows(rows)
    )


def _describe_random(cells: Sequence[StreamCell], n_repeats: int) -> PairedComparison:
    """Return what stands for random on a dataset, where it has as many repeats as are asked for."""
    levels = [cell.random_level for cell in cells if cell.random_level is not None]
    own = Cell(
        dataset=cells[0].cell.dataset,
        strategy=_BASELINE,
        n_repeats=n_repeats if levels else 0,
        n_paired=0,
        n_failed=0,
        area=average_differences(levels),
        difference=None,
        interval=None,
        verdict="undecided",
        win_rate=None,
    )
    return PairedComparison(own, bool(levels), None)


def _list_covered(compared: Sequence[StreamComparison]) -> list[StreamComparison]:
    """Return the comparisons that a row is over: covered nowhere, all of them, as for pools."""
    return [of for of in compared if of.paired.covered] or list(compared)


def _average_random(compared: Sequence[StreamComparison]) -> float | None:
    levels = [of.cell.random_level for of in _list_covered(compared)]
    return average_differences([level for level in levels if level is not None])


def _average_each_level(compared: Sequence[StreamComparison]) -> dict[str, tuple[float, float]]:
    """Return the mean levels of each metric that has one on all covered datasets."""
    levels = [of.cell.levels for of in _list_covered(compared) if of.cell.cell.n_repeats]
    names = [name for name in (levels[0] if levels else {}) if all(name in each for each in levels)]
    return {
        name: (
            float(np.mean([each[name][0] for each in levels])),
            float(np.mean([each[name][1] for each in levels])),
        )
        for name in names
    }


def _pool_spendings(spendings: Sequence[Spending | None]) -> Spending | None:
    known = [spending for spending in spendings if spending is not None]
    if not known:
        return None
    return Spending(
        budget=known[0].budget,
        share=float(np.mean([each.share for each in known])),
        n_trials=sum(each.n_trials for each in known),
        n_over=sum(each.n_over for each in known),
        excess=max(each.excess for each in known),
    )


def recommend_strategy(rows: Sequence[StreamRow], comparisons: Comparisons) -> Recommendation | None:
    """Return what the rows say about the strategy that stands first; None where nothing is paired."""
    able = [line.row for line in rows if line.row.difference is not None]
    if not able:
        return None
    best, outcome = able[0].strategy, decide_outcome(able, ROPE)
    gains = {row.strategy: _compare(comparisons[best], comparisons[row.strategy]) for row in able[1:]}
    needed, n_asked = None, 0
    if outcome == "undecided":
        unclear = [of for of in comparisons[find_unclear(able, ROPE)] if of.paired.covered]
        n_asked = max((of.cell.n_asked for of in unclear), default=0)
        mean = average_all([of.paired.estimate for of in unclear])
        needed = estimate_repeats_needed(mean, n_asked, ROPE, len(able))
    return Recommendation(best, outcome, find_equals(gains), ROPE, repeats_needed=needed, n_asked=n_asked)


def _compare(first: Sequence[StreamComparison], second: Sequence[StreamComparison]) -> Estimate | None:
    """Return how much larger the gains of the first strategy are, repeat by repeat."""
    estimates = []
    for own, other in zip(first, second, strict=True):
        shared = sorted(own.differences.keys() & other.differences.keys())
        if shared and len(shared) >= COVERAGE * min(own.cell.n_asked, other.cell.n_asked):
            gains = (np.array([of.differences[repeat] for repeat in shared]) for of in (own, other))
            known = [of.paired.estimate.looks for of in (own, other) if of.paired.estimate]
            looks = min(known, key=len, default=())
            estimates.append(estimate_mean(subtract_paired(*gains), find_units(np.array(shared)), looks))
    return average_all(estimates)
