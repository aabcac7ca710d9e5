"""Agglomerative clustering: a tree of merges over rows, cut at a number of clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from albench.contracts import Shared
from albench.errors import StrategyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

Method = Literal["ward", "average"]
MOST_ROWS = 11_000
"""Two copies of the distances of so many rows take 1 GiB."""


class Linkage(Shared):
    """The tree of merges of the pool: ``children`` of shape (n - 1, 2), int32.

    Node i < n is row i; node n + i has the children ``children[i]``; the last node is the root.
    """

    identity_name = "albench.strategies.linkage.Linkage"

    method: Method
    """Which clusters are merged: those whose variance grows least (ward), or the closest on average."""

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Merge."""
        advice = "; random_subsampling around the strategy leaves this tree that of the whole pool"
        return {"children": linkage(features, self.method, advice=advice)}


def linkage(X: Floats, method: Method, *, advice: str = "") -> NDArray[np.int32]:
    """Return the children of each merge.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    advice : str
        What helps against too many rows, beside a smaller pool.
    """
    from scipy.cluster import hierarchy

    n = X.shape[0]
    if n > MOST_ROWS:
        raise StrategyError(
            f"hierarchical clustering of {n} rows needs the distances of all pairs,"
            f" {n * (n - 1) * 8 / 2**30:.1f} GiB; cap the pool at {MOST_ROWS} rows (split: max_pool){advice}"
        )
    if n == 1:
        return np.empty((0, 2), np.int32)
    children: NDArray[np.int32] = hierarchy.linkage(X, method)[:, :2].astype(np.int32)
    return children


def cut_tree(children: NDArray[np.int32], n_clusters: int) -> Rows:
    """Return the cluster of each row, 0 to ``n_clusters`` - 1: the last merges are undone."""
    n = children.shape[0] + 1
    labels = np.full(2 * n - 1, -1)
    # The parent of a node is a later merge, so one pass from the root hands every label down.
    n_merges = n - min(n_clusters, n)
    tops = np.setdiff1d(np.r_[:n, n : n + n_merges], children[:n_merges])
    labels[tops] = np.arange(tops.size)
    for i in range(n_merges - 1, -1, -1):
        labels[children[i]] = labels[n + i]
    return labels[:n]
