"""What datasets are like, and whether gains go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from albench.analysis.evidence.datasets import Traits, TraitTrend
from albench.analysis.stats.significance import rank_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence.cells import Cell
    from albench.analysis.evidence.datasets import Balance
    from albench.contracts import Floats

TRAITS = ("n_pool", "n_features", "n_classes", "imbalance", "headroom")
FEWEST_DATASETS = 6


class PoolFacts(NamedTuple):
    """What the trials of a dataset say of it; the largest where splits differ."""

    n_pool: int
    n_features: int
    n_classes: int


def read_facts(trials: pl.DataFrame) -> dict[str, PoolFacts]:
    """Return the facts of each dataset; of those without a trial that knows them, none."""
    names = ("n_pool", "n_features", "n_classes")
    largest = trials.group_by("dataset").agg(pl.col(names).max())
    rows = largest.select("dataset", pl.col(names).fill_null(0)).iter_rows()
    return {dataset: PoolFacts(*facts) for dataset, *facts in rows if facts[0]}


def collect_traits(
    cells: Sequence[Cell],
    facts: Mapping[str, PoolFacts],
    rooms: Mapping[str, float],
    balances: Sequence[Balance],
) -> tuple[Traits, ...]:
    """Return one record a dataset.

    Parameters
    ----------
    balances : sequence of Balance
        From which the imbalance of the pool is taken.
    """
    gains: dict[str, dict[str, float]] = {}
    for cell in cells:
        if cell.difference is not None:
            gains.setdefault(cell.dataset, {})[cell.strategy] = cell.difference
    pools = {balance.dataset: balance.pool for balance in balances}
    datasets = [name for name in dict.fromkeys(cell.dataset for cell in cells) if name in facts]
    return tuple(
        Traits(name, *facts[name], _compute_imbalance(pools.get(name)), rooms.get(name), gains.get(name, {}))
        for name in datasets
    )


def _compute_imbalance(shares: Sequence[float] | None) -> float | None:
    # A class that random never queried has no share to divide by.
    positive = [share for share in shares or () if share > 0]
    return max(positive) / min(positive) if positive else None


def estimate_trends(traits: Sequence[Traits]) -> tuple[TraitTrend, ...]:
    """Return the correlation of each trait with each strategy's gain, from 6 datasets on."""
    strategies = dict.fromkeys(name for dataset in traits for name in dataset.gains)
    trends = (_estimate_trend(traits, trait, name) for name in strategies for trait in TRAITS)
    return tuple(trend for trend in trends if trend is not None)


def _estimate_trend(traits: Sequence[Traits], trait: str, strategy: str) -> TraitTrend | None:
    pairs = [
        (value, dataset.gains[strategy])
        for dataset in traits
        if strategy in dataset.gains and (value := getattr(dataset, trait)) is not None
    ]
    rho = spearman(*np.array(pairs, dtype=np.float64).T) if len(pairs) >= FEWEST_DATASETS else None
    return None if rho is None else TraitTrend(trait, strategy, rho, len(pairs))


def spearman(left: Floats, right: Floats) -> float | None:
    """Return the rank correlation of two samples; None where one of them does not vary (Spearman, 1904)."""
    a, b = (ranks - ranks.mean() for ranks in (rank_values(left), rank_values(right)))
    scale = float(np.sqrt(np.square(a).sum() * np.square(b).sum()))
    return float((a * b).sum()) / scale if scale > 0 else None
