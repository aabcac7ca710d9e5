"""The nearest neighbours of every row of a pool, computed once for a split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from albench.contracts import Shared
from albench.ordering import significant
from albench.strategies.numerics.pairs import centred

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

Metric = Literal["euclidean", "manhattan"]

_ELEMENTS = 1 << 20
_SPARE = 8


class KNearest(Shared):
    """The k nearest other rows of each row, nearest first; all others in a pool of k rows or fewer.

    Of rows that are equally near to twelve digits, those that come first in the pool. Arrays: ``rows`` of
    shape (n, k), int32, and ``distances`` of shape (n, k).
    """

    identity_name: ClassVar[str] = "albench.strategies.neighbours.KNearest"

    k: int = Field(ge=1)
    """Neighbours."""
    metric: Metric = "euclidean"
    """How distances are measured."""

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Search exactly, by a tree in few dimensions and in blocks in many."""
        del n_classes, rng
        from sklearn.neighbors import NearestNeighbors

        others = features.shape[0] - 1
        k = min(self.k, others)
        if k < 1:
            return {"rows": np.empty((1, 0), np.int32), "distances": np.empty((1, 0))}
        found = min(k + _SPARE, others)
        near = centred(features)
        distances, rows = NearestNeighbors(n_neighbors=found, metric=self.metric).fit(near).kneighbors()
        if self.metric == "euclidean":
            distances = _exact(features, rows)
        rows, distances, is_open = _in_order(rows, distances, k)
        if found < others and is_open.any():
            rows[is_open], distances[is_open] = _searched(features, np.flatnonzero(is_open), k, self.metric)
        return {"rows": rows.astype(np.int32), "distances": distances}


def _in_order(rows: Rows, distances: Floats, k: int) -> tuple[Rows, Floats, NDArray[np.bool_]]:
    """Return the k nearest of what was found, and whether others may be as near as the last of them."""
    rounded = significant(distances)
    order = np.lexsort((rows, rounded))[:, :k]
    last = np.take_along_axis(rounded, order[:, -1:], axis=1)[:, 0]
    is_open: NDArray[np.bool_] = last == rounded.max(axis=1)
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(distances, order, axis=1), is_open


def _searched(features: Floats, rows: Rows, k: int, metric: Metric) -> tuple[Rows, Floats]:
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
        order = np.argsort(significant(between), axis=1, kind="stable")[:, :k]
        near[block], distances[block] = order, np.take_along_axis(between, order, axis=1)
    return near, distances


def _exact(features: Floats, rows: NDArray[np.intp]) -> Floats:
    """Return distances from differences: those from scalar products lose digits between close rows."""
    found = np.empty(rows.shape)
    step = max(1, _ELEMENTS // (rows.shape[1] * features.shape[1]))
    for first in range(0, rows.shape[0], step):
        block = slice(first, first + step)
        gaps = features[rows[block]] - features[block, None]
        found[block] = np.sqrt(np.einsum("ikj,ikj->ik", gaps, gaps))
    return found
