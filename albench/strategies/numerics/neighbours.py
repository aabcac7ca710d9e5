"""The nearest neighbours of every row of a pool, computed once for a split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from albench.contracts import Shared
from albench.ordering import round_significant
from albench.strategies.numerics.linear_algebra import centre_if_far

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

Metric = Literal["euclidean", "manhattan"]

# Numbers at a time: 8 MiB.
_ELEMENTS = 1 << 20
# Neighbours beyond the k nearest that are looked at for ties with the last of them.
_SPARE = 8


class KNearest(Shared):
    """The k nearest other rows of each row, nearest first; all others in a pool of k rows or fewer.

    Of rows that are equally near to twelve digits, those that come first in the pool. Arrays: ``rows`` of
    shape (n, k), int32, and ``distances`` of shape (n, k).
    """

    identity_name = "albench.strategies.neighbours.KNearest"

    k: int = Field(ge=1)
    """Neighbours."""
    metric: Metric = "euclidean"
    """How distances are measured."""

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Search exactly, by a tree in few dimensions and in blocks in many."""
        from sklearn.neighbors import NearestNeighbors

        others = features.shape[0] - 1
        k = min(self.k, others)
        if k < 1:
            return {"rows": np.empty((1, 0), np.int32), "distances": np.empty((1, 0))}
        n_searched = min(k + _SPARE, others)
        near = centre_if_far(features)
        distances, rows = NearestNeighbors(n_neighbors=n_searched, metric=self.metric).fit(near).kneighbors()
        if self.metric == "euclidean":
            distances = _compute_distances(features, rows)
        rows, distances, is_open = _sort_by_distance(rows, distances, k)
        # More rows than were spared may tie with the last neighbour.
        if n_searched < others and is_open.any():
            rows[is_open], distances[is_open] = _search_whole_pool(
                features, np.flatnonzero(is_open), k, self.metric
            )
        return {"rows": rows.astype(np.int32), "distances": distances}


def _sort_by_distance(rows: Rows, distances: Floats, k: int) -> tuple[Rows, Floats, NDArray[np.bool_]]:
    """Return the k nearest of some rows, and whether rows beyond them may be as near as the last one."""
    rounded = round_significant(distances)
    order = np.lexsort((rows, rounded))[:, :k]
    last = np.take_along_axis(rounded, order[:, -1:], axis=1)[:, 0]
    is_open: NDArray[np.bool_] = last == rounded.max(axis=1)
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(distances, order, axis=1), is_open


def _search_whole_pool(features: Floats, rows: Rows, k: int, metric: Metric) -> tuple[Rows, Floats]:
    """Look through the whole pool for the k nearest of some rows."""
    from scipy.spatial.distance import cdist

    near, distances = np.empty((rows.size, k), np.intp), np.empty((rows.size, k))
    step = max(1, _ELEMENTS // features.shape[0])
    for first in range(0, rows.size, step):
        block = slice(first, first + step)
        between = cdist(
            features[rows[block]], features, "euclidean" if metric == "euclidean" else "cityblock"
        )
        between[np.arange(between.shape[0]), rows[block]] = np.inf
        order = np.argsort(round_significant(between), axis=1, kind="stable")[:, :k]
        near[block], distances[block] = order, np.take_along_axis(between, order, axis=1)
    return near, distances


def _compute_distances(features: Floats, rows: NDArray[np.intp]) -> Floats:
    """Return distances from differences: those from scalar products lose digits between close rows."""
    distances = np.empty(rows.shape)
    step = max(1, _ELEMENTS // (rows.shape[1] * features.shape[1]))
    for first in range(0, rows.shape[0], step):
        block = slice(first, first + step)
        gaps = features[rows[block]] - features[block, None]
        distances[block] = np.sqrt(np.einsum("ikj,ikj->ik", gaps, gaps))
    return distances
