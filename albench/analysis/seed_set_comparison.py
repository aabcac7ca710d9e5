"""Which rows to start from: areas by seed set and strategy, paired by repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.details.variance import analyse_variance
from albench.analysis.evidence.between_slices import StartArea, Starting
from albench.analysis.scores import pair_repeats
from albench.analysis.stats.intervals import LEVEL, average_all, build_t_interval, estimate_mean, find_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.between_slices import ScoredSlice
    from albench.analysis.evidence.cells import Interval
    from albench.analysis.scores import Scores
    from albench.analysis.stats.intervals import Units
    from albench.contracts import Floats


@dataclass(frozen=True, eq=False)
class _DatasetAreas:
    """Areas of shape (n_seed_sets, n_strategies, n_repeats) on the repeats that all have."""

    dataset: str
    areas: Floats
    sign: int
    units: Units


def compare_seed_sets(slices: Sequence[ScoredSlice]) -> Starting | None:
    """Compare the seed sets in which slices differ alone; None of a single one and a single start a split."""
    if not slices:
        return None
    strategies = _list_common_strategies(slices)
    by_dataset = [_collect_areas(slices, own, strategies) for own in slices[0].scores]
    compared = [each for each in by_dataset if each is not None]
    by_start = _estimate_start_spread(slices, strategies)
    several = len(slices) > 1 and bool(compared) and bool(strategies)
    if not several and by_start is None:
        return None
    names = tuple(each.evidence.slice.seed_set for each in slices)
    spreads: tuple[float | None, float | None, float | None] = (None, None, None)
    if several and len(strategies) > 1:
        spreads = _compute_spreads(compared)
    places = range(len(names)) if several else ()
    return Starting(
        names,
        strategies,
        tuple(each.dataset for each in compared),
        tuple(
            _summarise(compared, names, place, k, strategy)
            for place in places
            for k, strategy in enumerate(strategies)
        ),
        tuple(_summarise(compared, names, place, None, "") for place in places),
        *spreads,
        by_start,
    )


def _list_common_strategies(slices: Sequence[ScoredSlice]) -> tuple[str, ...]:
    """Return the strategies that all slices have, without those that see hidden labels."""
    first = slices[0].evidence
    looking = {row.strategy for row in first.rows if row.label_looking}
    return tuple(
        name
        for name in first.strategies
        if name not in looking and all(name in scores.areas for each in slices for scores in each.scores)
    )


def _collect_areas(
    slices: Sequence[ScoredSlice], own: Scores, strategies: Sequence[str]
) -> _DatasetAreas | None:
    """Return the areas on a dataset; None if a seed set is not there or shares no repeat with the others."""
    rows, cubes = np.arange(own.panel.splits.size), []
    for each in slices:
        there = [scores for scores in each.scores if scores.panel.dataset == own.panel.dataset]
        if not there or not strategies:
            return None
        left, right = pair_repeats(own, there[0])
        aligned = np.full((len(strategies), rows.size), np.nan)
        aligned[:, left] = [there[0].areas[name][right] for name in strategies]
        cubes.append(aligned)
    areas = np.stack(cubes)
    common = np.isfinite(areas).all(axis=(0, 1))
    if not common.any():
        return None
    return _DatasetAreas(
        own.panel.dataset, areas[:, :, common], own.sign, find_units(own.panel.splits[common])
    )


def _summarise(
    compared: Sequence[_DatasetAreas], names: Sequence[str], place: int, strategy: int | None, label: str
) -> StartArea:
    """Return the area of a seed set with one strategy, or with the mean of all, over the datasets."""
    values = [each.areas.mean(axis=1) if strategy is None else each.areas[:, strategy] for each in compared]
    units = [each.units for each in compared]
    own = [cube[place] for cube in values]
    gains = [each.sign * (cube[place] - cube[0]) for each, cube in zip(compared, values, strict=True)]
    # Over all strategies each seed set is judged: their intervals hold together.
    level = 1 - (1 - LEVEL) / (len(names) - 1) if strategy is None and len(names) > 1 else LEVEL
    return StartArea(
        names[place],
        label,
        float(np.mean([each.mean() for each in own])),
        _build_interval(own, units, LEVEL),
        None if place == 0 else float(np.mean([each.mean() for each in gains])),
        None if place == 0 else _build_interval(gains, units, level),
    )


def _build_interval(values: Sequence[Floats], units: Sequence[Units], level: float) -> Interval | None:
    """Return the interval of the mean over datasets of the mean over repeats."""
    estimates = [estimate_mean(each, of) for each, of in zip(values, units, strict=True)]
    return build_t_interval(average_all(estimates), units[0].unit_name, level)


def _compute_spreads(compared: Sequence[_DatasetAreas]) -> tuple[float, float, float]:
    """Return the standard deviations over seed sets, over strategies, and of what pairs add to both."""
    squares = []
    for each in compared:
        means = each.areas.mean(axis=2)
        centred = means - means.mean()
        of_seed_set, of_strategy = centred.mean(axis=1, keepdims=True), centred.mean(axis=0, keepdims=True)
        rest = centred - of_seed_set - of_strategy
        n_sets, n_strategies = means.shape
        freedom = (n_sets - 1, n_strategies - 1, (n_sets - 1) * (n_strategies - 1))
        sums = (np.square(part).sum() for part in (of_seed_set, of_strategy, rest))
        squares.append([total / n for total, n in zip(sums, freedom, strict=True)])
    by_seed_set, by_strategy, by_both = np.sqrt(np.mean(squares, axis=0))
    return float(by_seed_set), float(by_strategy), float(by_both)


def _estimate_start_spread(slices: Sequence[ScoredSlice], strategies: Sequence[str]) -> float | None:
    """Return how much the area of a strategy differs between the seed sets of a split."""
    within = []
    for scores in (scores for each in slices for scores in each.scores):
        for name in strategies:
            finite = np.isfinite(scores.areas[name])
            parts = analyse_variance(scores.areas[name][finite], scores.panel.splits[finite])
            within += [] if parts is None else [parts[1]]
    return float(np.sqrt(np.mean(within))) if within else None
