"""Everything beyond verdicts, of the primary slice only.

All differences and gains are signed so that positive is better. Strategies that see hidden labels are left
out of whatever compares strategies with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.analysis.evidence.datasets import (
        Balance,
        Components,
        Normalised,
        OnDataset,
        Similarity,
        Traits,
        TraitTrend,
    )
    from albench.analysis.evidence.rankings import Pairwise, RankAt, Stability, Trade, VirtualBest


@dataclass(frozen=True)
class Details:
    """Everything beyond verdicts; empty or None where the data do not allow it.

    Attributes
    ----------
    thresholds : ndarray of shape (n_thresholds,)
        Of the performance profiles, in shares of the headroom.
    little_headroom : tuple of str
        Datasets with a headroom below 0.02, which shares of it are not given for.
    similarity, balance
        Empty without the table of queries.
    """

    rank_at: tuple[RankAt, ...]
    thresholds: NDArray[np.float64]
    normalised: tuple[Normalised, ...]
    little_headroom: tuple[str, ...]
    on_datasets: tuple[OnDataset, ...]
    virtual_best: VirtualBest | None
    pairwise: Pairwise | None
    components: tuple[Components, ...]
    stability: Stability | None
    similarity: tuple[Similarity, ...]
    balance: tuple[Balance, ...]
    traits: tuple[Traits, ...]
    trends: tuple[TraitTrend, ...]
    trades: tuple[Trade, ...]
