"""The nearest neighbours of every row of a pool, computed once for a split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from albench.contracts import Shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats

_ELEMENTS = 1 << 20


class KNearest(Shared):
    """The k nearest other rows of each row, nearest first; all others in a pool of k rows or fewer.

    Arrays: ``rows`` of shape (n, k), int32, and ``distances`` of shape (n, k).
    """

    k: int = Field(ge=1)
    """Neighbours."""
    metric: Literal["euclidean", "manhattan"] = "euclidean"
    """How distances are measured."""

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Search exactly, by a tree in few dimensions and in blocks in many."""
        del n_classes, rng
        from sklearn.neighbors import NearestNeighbors

        k = min(self.k, features.shape[0] - 1)
        if k < 1:
            return {"rows": np.empty((1, 0), np.int32), "distances": np.empty((1, 0))}
        search = NearestNeighbors(n_neighbors=k, metric=self.metric).fit(features)
        distances, rows = search.kneighbors()
        if self.metric == "euclidean":
            distances = _exact(features, rows)
        return {"rows": rows.astype(np.int32), "distances": distances}


def _exact(features: Floats, rows: NDArray[np.intp]) -> Floats:
    """Return distances from differences: those from scalar products lose digits between close rows."""
    found = np.empty(rows.shape)
    step = max(1, _ELEMENTS // (rows.shape[1] * features.shape[1]))
    for first in range(0, rows.shape[0], step):
        block = slice(first, first + step)
        gaps = features[rows[block]] - features[block, None]
        found[block] = np.sqrt(np.einsum("ikj,ikj->ik", gaps, gaps))
    return found
