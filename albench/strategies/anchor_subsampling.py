from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import Need
from albench.ordering import top
from albench.strategies.numerics.linear_algebra import scale_to_unit_length
from albench.strategies.wrapper import Subsampling

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks

# Anchors whose cosines to all candidates are computed together.
_ANCHORS = 16


class AnchorSubsampling(Subsampling):
    """The wrapped strategy on the candidates most like a few labelled rows of each class, the anchors.

    Each class gives up to ``anchors`` labelled rows, chosen far apart (k-means++). Each anchor fetches its
    ``neighbours`` most similar candidates (cosine); of what is fetched, the ``size`` candidates stay that
    are most similar to the anchors that fetched them, on average. Each round draws new anchors.
    """

    name = "anchor_subsampling"
    cost = "linear"
    needs = frozenset({Need.LABELS, Need.EMBEDDING})
    complexity = "that of the wrapped strategy on the part that is kept, and O(A n d), A anchors"
    reference = "Lesci, Vlachos, 2024, AnchorAL: computationally efficient active learning"

    anchors: int = Field(default=10, ge=1)
    """Anchors of each class that is labelled."""
    neighbours: int = Field(default=50, ge=1)
    """Candidates that an anchor fetches."""
    size: int = Field(default=500, ge=1)
    """Candidates that stay."""

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Choose among the candidates near the anchors; all of them while they are no more than ``size``."""
        if self.size >= pool.candidates.size or not pool.labelled.size:
            return self.strategy.select(pool, state, n)
        directions = scale_to_unit_length(pool.embedding)
        near = directions[choose_anchors(directions[pool.labelled], pool, self.anchors)]
        similar = compute_similarities(directions[pool.candidates], near, self.neighbours)
        n_fetched = int(np.isfinite(similar).sum())
        # A batch needs n candidates even where the anchors fetch fewer.
        keep = top(similar, pool.tie_keys, max(n, min(self.size, n_fetched))).candidates
        return self.select_among(pool, state, np.sort(keep), n)


def choose_anchors(directions: Floats, pool: PoolView, anchors: int) -> Rows:
    """Return pool positions of up to ``anchors`` labelled rows a class, spread by k-means++."""
    from sklearn.cluster import kmeans_plusplus

    chosen = []
    for code in range(pool.n_classes):
        rows = np.flatnonzero(pool.labels == code)
        if rows.size > anchors:
            seed = int(pool.rng.integers(2**31))
            spread = kmeans_plusplus(directions[rows], anchors, random_state=seed)[1]
            rows = rows[np.unique(spread)]
        chosen.append(pool.labelled[rows])
    return np.concatenate(chosen)


def compute_similarities(candidates: Floats, anchors: Floats, neighbours: int) -> Floats:
    """Return each candidate's mean cosine to the anchors that fetch it; minus infinity if none does."""
    total, n_anchors = np.zeros(candidates.shape[0]), np.zeros(candidates.shape[0])
    last = max(candidates.shape[0] - neighbours, 0)
    for first in range(0, anchors.shape[0], _ANCHORS):
        for cosines in (candidates @ anchors[first : first + _ANCHORS].T).T:
            rows = np.argpartition(cosines, last)[last:] if last else np.arange(cosines.size)
            total[rows] += cosines[rows]
            n_anchors[rows] += 1
    means: Floats = np.divide(total, n_anchors, out=np.full(total.size, -np.inf), where=n_anchors > 0)
    return means
