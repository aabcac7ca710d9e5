"""The best strategy for each dataset against the one that is best for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.analysis.evidence.details import BudgetRanks, CostTrade, VirtualBest
from albench.analysis.stats.area import compute_area, interpolate_curves
from albench.analysis.stats.significance import ROUNDING, rank_values, scale_rounding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.rows import Row
    from albench.analysis.ranks import CompleteBlock
    from albench.contracts import Floats

PARTS: dict[Literal["low", "middle", "high"], float] = {"low": 1 / 3, "middle": 2 / 3, "high": 1.0}


def evaluate_virtual_best(
    blocks: Sequence[CompleteBlock], strategies: Sequence[str], sign: int
) -> VirtualBest | None:
    """Return what choosing by dataset brings; None without a dataset of two units, or a single strategy.

    Parameters
    ----------
    strategies : sequence of str
        In the order of the blocks' areas.
    sign : {1, -1}
        -1 if lower is better; areas are given in the metric's own direction.
    """
    able = [block for block in blocks if block.units.n > 1]
    if not able or len(strategies) < 2:  # noqa: PLR2004 - there must be something to choose
        return None
    halves = [_split_halves(block.by_unit) for block in able]
    first, second = (np.array([pair[side] for pair in halves]) for side in (0, 1))
    ways = ((first, second), (second, first))
    single = np.mean([_score_best(chosen.mean(axis=0), scored.mean(axis=0)) for chosen, scored in ways])
    virtual = np.mean([_score_best(chosen, scored) for chosen, scored in ways])
    means = np.array([block.areas.mean(axis=1) for block in able])
    best = means.argmax(axis=1)
    return VirtualBest(
        strategy=strategies[int(means.mean(axis=0).argmax())],
        single=sign * float(single),
        virtual=sign * float(virtual),
        choices={block.dataset: strategies[int(i)] for block, i in zip(able, best, strict=True)},
    )


def _score_best(chosen: Floats, scored: Floats) -> Floats:
    """Return what the best by one half scores on the other half; of several that are equal, their mean."""
    best = chosen >= chosen.max(axis=-1, keepdims=True) - ROUNDING
    return np.asarray((scored * best).sum(axis=-1) / best.sum(axis=-1))


def _split_halves(by_unit: Floats) -> tuple[Floats, Floats]:
    # Every second one: a drift along the repeats falls on both halves.
    return by_unit[:, 0::2].mean(axis=1), by_unit[:, 1::2].mean(axis=1)


def list_trades(rows: Sequence[Row]) -> tuple[CostTrade, ...]:
    """Return gain and query time of each row, random's gain being 0.

    Parameters
    ----------
    rows : sequence of Row
        The baseline's first.
    """
    points = [
        (row.strategy, 0.0 if i == 0 else row.difference, row.query_s_per_label)
        for i, row in enumerate(rows)
        if not row.label_looking
    ]
    priced = [(name, gain, cost) for name, gain, cost in points if gain is not None and cost is not None]
    return tuple(
        CostTrade(name, gain, cost, not any(_is_dominated_by(rival[1:], (gain, cost)) for rival in priced))
        for name, gain, cost in priced
    )


def _is_dominated_by(rival: tuple[float, float], point: tuple[float, float]) -> bool:
    return rival[0] >= point[0] and rival[1] <= point[1] and rival != point


def rank_by_budget(blocks: Sequence[CompleteBlock], strategies: Sequence[str]) -> tuple[BudgetRanks, ...]:
    """Return mean ranks by the area up to a third, two thirds and the whole of the budget.

    Datasets without a round in between are left out.
    """
    able = [block for block in blocks if block.scores.n_labels.size > 1]
    if not able:
        return ()
    datasets = tuple(block.dataset for block in able)
    ranks = {}
    for budget, part in PARTS.items():
        means = np.array([_compute_areas(block, strategies, part) for block in able])
        ranks[budget] = rank_values(-means, scale_rounding(means)).mean(axis=0)
    return tuple(
        BudgetRanks(budget, dict(zip(strategies, mean.tolist(), strict=True)), datasets)
        for budget, mean in ranks.items()
    )


def _compute_areas(block: CompleteBlock, strategies: Sequence[str], part: float) -> Floats:
    """Return mean areas of shape (n_strategies,), higher is better."""
    if part == 1:
        # The areas that the ranks are of, whatever their definition.
        return np.asarray(block.areas.mean(axis=1))
    n_labels = block.scores.n_labels
    end = n_labels[0] + part * (n_labels[-1] - n_labels[0])
    grid = np.append(n_labels[n_labels < end], end)
    means = np.stack([block.scores.curves[name][block.shared].mean(axis=0) for name in strategies])
    return np.asarray(block.scores.sign * compute_area(grid, interpolate_curves(n_labels, means, grid)))
