from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from albench.contracts import CostClass, Need
from albench.ordering import top
from albench.strategies.random_subsampling import _ANCHORS, Subsampling, unit_rows

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks


class AnchorSubsampling(Subsampling):
    """The wrapped strategy on the candidates most like a few labelled rows of each class, the anchors.

    Each class gives up to ``anchors`` labelled rows, chosen far apart (k-means++). Each anchor fetches its
    ``neighbours`` most similar candidates (cosine); of what is fetched, the ``size`` candidates stay that
    are most similar to the anchors that fetched them, on average. Each round draws new anchors.
    """

    name: ClassVar[str] = "anchor_subsampling"
    cost: ClassVar[CostClass] = "linear"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LABELS, Need.EMBEDDING})
    complexity: ClassVar[str] = (
        "that of the wrapped strategy on the part that is kept, and O(A n d), A anchors"
    )
    reference: ClassVar[str] = "Lesci, Vlachos, 2024, AnchorAL: computationally efficient active learning"

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
        directions = unit_rows(pool.embedding)
        near = directions[anchor_rows(directions[pool.labelled], pool, self.anchors)]
        similar = similarities(directions[pool.candidates], near, self.neighbours)
        fetched = int(np.isfinite(similar).sum())
        keep = top(similar, pool.tie_keys, max(n, min(self.size, fetched))).candidates
        return self.among(pool, state, np.sort(keep), n)


def anchor_rows(directions: Floats, pool: PoolView, anchors: int) -> Rows:
    """Return pool positions of up to ``anchors`` labelled rows a class, spread by k-means++."""
    from sklearn.cluster import kmeans_plusplus

    found = []
    for code in range(pool.n_classes):
        rows = np.flatnonzero(pool.labels == code)
        if rows.size > anchors:
            seed = int(pool.rng.integers(2**31))
            spread = kmeans_plusplus(directions[rows], anchors, random_state=seed)[1]
            rows = rows[np.unique(spread)]
        found.append(pool.labelled[rows])
    return np.concatenate(found)


def similarities(candidates: Floats, anchors: Floats, neighbours: int) -> Floats:
    """Return each candidate's mean cosine to the anchors that fetch it; minus infinity if none does."""
    total, times = np.zeros(candidates.shape[0]), np.zeros(candidates.shape[0])
    last = max(candidates.shape[0] - neighbours, 0)
    for first in range(0, anchors.shape[0], _ANCHORS):
        for cosines in (candidates @ anchors[first : first + _ANCHORS].T).T:
            fetched = np.argpartition(cosines, last)[last:] if last else np.arange(cosines.size)
            total[fetched] += cosines[fetched]
            times[fetched] += 1
    found: Floats = np.divide(total, times, out=np.full(total.size, -np.inf), where=times > 0)
    return found
