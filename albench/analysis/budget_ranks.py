"""Ranks as they would be, were the budget a part of what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.analysis.area import area, at
from albench.analysis.evidence import RankAt
from albench.analysis.significance import ranked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.blocks import Block
    from albench.contracts import Floats

PARTS: dict[Literal["low", "middle", "high"], float] = {"low": 1 / 3, "middle": 2 / 3, "high": 1.0}
_DECIMALS = 12


def rank_at(found: Sequence[Block], strategies: Sequence[str]) -> tuple[RankAt, ...]:
    """Return mean ranks by the area up to a third, two thirds and the whole of the budget.

    Datasets without a round in between are left out.
    """
    able = [block for block in found if block.scores.n_labels.size > 1]
    if not able:
        return ()
    datasets = tuple(block.dataset for block in able)
    ranks = {}
    for budget, part in PARTS.items():
        means = np.array([_areas(block, strategies, part) for block in able])
        ranks[budget] = ranked(-np.round(means, _DECIMALS)).mean(axis=0)
    return tuple(
        RankAt(budget, dict(zip(strategies, mean.tolist(), strict=True)), datasets)
        for budget, mean in ranks.items()
    )


def _areas(block: Block, strategies: Sequence[str], part: float) -> Floats:
    """Return mean areas of shape (n_strategies,), higher is better."""
    if part == 1:
        return np.asarray(block.areas.mean(axis=1))
    n_labels = block.scores.n_labels
    end = n_labels[0] + part * (n_labels[-1] - n_labels[0])
    grid = np.append(n_labels[n_labels < end], end)
    means = np.stack([block.scores.curves[name][block.shared].mean(axis=0) for name in strategies])
    return np.asarray(block.scores.sign * area(grid, at(n_labels, means, grid)))
