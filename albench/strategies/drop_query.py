from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.ordering import top
from albench.strategies.numerics.centroids import select_by_k_means

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks


class DropQuery(Strategy):
    """k-means of the candidates whose predicted class changes when features are dropped.

    Of ``samples`` predictions with a random share ``rate`` of the features set to 0, more than half must
    differ from the prediction without; if fewer candidates than a batch do so, the most changeable are
    taken. They are clustered into n clusters; the ones nearest to the centres are taken, with minus that
    distance as utility.
    """

    name = "drop_query"
    family = "hybrid"
    needs = frozenset({Need.MODEL, Need.PROBA, Need.EMBEDDING})
    complexity = "O(n d (samples + b)) and as many predictions"
    reference = (
        "Gupte, Aklilu, Nirschl, Yeung-Levy, 2024, Revisiting active learning in the era of vision foundation"
        " models"
    )

    rate: float = Field(default=0.75, gt=0, lt=1)
    """Share of the features that is dropped."""
    samples: int = Field(default=3, ge=1)
    """Predictions with dropped features."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Predict, cluster and choose."""
        rates = np.zeros(pool.candidates.size)
        # Of one class there is no model: every prediction is that class.
        if pool.model is not None:
            X = pool.features[pool.candidates]
            masks = (pool.rng.random(X.shape, dtype=np.float32) >= self.rate for _ in range(self.samples))
            rates = compute_change_rates(pool.model.predict, X, masks)
        n_kept = max(n, int((rates > 1 / 2).sum()))
        keep = top(rates, pool.tie_keys, n_kept).candidates
        return select_by_k_means(pool, pool.embedding, n, keep=keep)


def compute_change_rates(
    predict: Callable[[Floats], Rows], X: Floats, masks: Iterable[NDArray[np.bool_]]
) -> Floats:
    """Return for each row the share of masks with which its predicted class differs from that without."""
    whole = predict(X)
    differ = [predict(X * mask) != whole for mask in masks]
    rates: Floats = np.mean(differ, axis=0)
    return rates
