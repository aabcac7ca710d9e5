from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pydantic import Field

from albench.contracts import Strategy
from albench.ordering import Pick, Picks, best, build_picks
from albench.strategies.numerics.k_means_clustering import Points
from albench.strategies.numerics.linear_algebra import NOISE, centre_if_far, multiply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from albench.contracts import Floats, PoolView, Rows

Real = TypeVar("Real", np.float32, np.float64)

# Cells of distances at a time: 8 MiB.
_BLOCK = 1 << 20
# Up to here a first look in single precision costs more than it saves.
_FEW = 100
# Keeps the typicality of duplicates finite.
_LEAST = 1e-7


class TypiClust(Strategy):
    """The most typical candidate of each of the largest clusters that hold no labelled row.

    The pool is clustered by k-means into as many clusters as there will be labels after the batch. Clusters
    are taken in turn: those with the fewest labelled rows first, small ones after the others, and of these
    the largest first. Of each the candidate is taken with the largest typicality, 1 / mean distance to its
    nearest neighbours among the unlabelled members; that is the utility.
    """

    name = "typiclust"
    family = "diversity"
    cost = "quadratic"
    complexity = "O(n d (L + b)) an iteration, and O(m^2 d) in a cluster of m rows"
    reference = (
        "Hacohen, Dekel, Weinshall, 2022, Active learning on a budget: opposite strategies suit high and low"
        " budgets"
    )

    neighbours: int = Field(default=20, ge=1)
    """Nearest neighbours that typicality is measured by; all members of a smaller cluster."""
    max_clusters: int = Field(default=500, ge=1)
    """Most clusters that are made."""
    small: int = Field(default=5, ge=0)
    """Size up to which a cluster is small."""

    def start(self, pool: PoolView) -> Points:
        """Keep the k-means++ seeds over the rounds: each round adds to them."""
        return Points(pool.features)

    def select(self, pool: PoolView, state: Points, n: int) -> Picks:
        """Cluster and choose."""
        n_clusters = min(pool.labelled.size + n, self.max_clusters, pool.n_rows)
        seeds = state.draw_seeds(n_clusters, pool.rng)
        labels = state.run_lloyd(pool.features[seeds]).labels
        return select_typical(pool, labels, n, neighbours=self.neighbours, small=self.small)


def select_typical(pool: PoolView, labels: Rows, n: int, *, neighbours: int, small: int) -> Picks:
    """Take the most typical candidate of each cluster in turn, again and again to ``n``.

    Parameters
    ----------
    labels : ndarray of shape (n_pool,), int
        Clusters.
    neighbours, small : int
        As in typiclust.
    """
    features, of_candidates = centre_if_far(pool.features), labels[pool.candidates]
    left = {}
    picks: list[Pick] = []
    for code in cycle(order_clusters(labels, pool.labelled, small, pool.rng)):
        if len(picks) == n:
            break
        if code not in left:
            left[code] = np.flatnonzero(of_candidates == code)
        rows = left[code]
        if rows.size:
            X = features[pool.candidates[rows]]
            place, typicality, n_tied = find_most_typical(X, pool.tie_keys[rows], neighbours)
            picks.append((int(rows[place]), typicality, n_tied))
            left[code] = np.delete(rows, place)
    return build_picks(picks)


def order_clusters(labels: Rows, labelled: Rows, small: int, rng: np.random.Generator) -> list[int]:
    """Return the clusters by turn: small ones last, then by labelled rows, then the largest first."""
    sizes = np.bincount(labels)
    n_labelled = np.bincount(labels[labelled], minlength=sizes.size)
    order = np.lexsort((rng.random(sizes.size), -sizes, n_labelled, sizes <= small))
    return [int(code) for code in order]


def compute_typicalities(X: Floats, neighbours: int, rows: Rows | None = None) -> Floats:
    """Return 1 / mean distance of rows (by default all) to their nearest other rows; 1 for a single row."""
    k = min(neighbours, X.shape[0] - 1)
    if k == 0:
        return np.ones(1)
    rows = np.arange(X.shape[0]) if rows is None else rows
    totals = np.concatenate([distances.sum(axis=1) for distances in _iterate_nearest_distances(X, rows, k)])
    typicalities: Floats = k / (totals + _LEAST)
    return typicalities


def find_most_typical(X: Floats, keys: Floats, neighbours: int) -> Pick:
    """Return the row of largest typicality, that typicality, and how many are tied with it (0 if none).

    Single precision finds the rows that can be the one, double precision decides among them.
    """
    k = min(neighbours, X.shape[0] - 1)
    near = np.arange(X.shape[0])
    if near.size > _FEW:
        # About the mean, the few digits go to what tells rows apart.
        single = (X - X.mean(axis=0)).astype(np.float32)
        noise = np.float32(1e-6 * np.sqrt(X.shape[1])) * np.einsum("ij,ij->i", single, single).max()
        bounds = [
            _compute_bounds(distances, noise) for distances in _iterate_nearest_distances(single, near, k)
        ]
        lower, upper = (np.concatenate(bound) for bound in zip(*bounds, strict=True))
        near = np.flatnonzero(lower <= upper.min())
    exact = compute_typicalities(X, neighbours, near)
    place, n_tied = best(exact, keys[near])
    return int(near[place]), float(exact[place]), n_tied


def _compute_bounds(distances: NDArray[np.float32], noise: np.float32) -> tuple[Floats, Floats]:
    """Return bounds of sums of distances whose squares are ``noise`` off."""
    errors = (noise / np.maximum(distances, np.sqrt(noise))).sum(axis=1, dtype=np.float64)
    sums = distances.sum(axis=1, dtype=np.float64)
    return sums - errors, sums + errors


def _iterate_nearest_distances(X: NDArray[Real], rows: Rows, k: int) -> Iterator[NDArray[Real]]:
    """Yield the distances of rows to their k nearest other rows, block by block."""
    norms = np.einsum("ij,ij->i", X, X)
    noise = NOISE * (np.finfo(X.dtype).eps / np.finfo(np.float64).eps)
    step = max(1, _BLOCK // X.shape[0])
    for first in range(0, rows.size, step):
        block = rows[first : first + step]
        squared = multiply(-2 * X[block], X.T)
        squared += norms
        squared += norms[block, None]
        squared[squared <= noise * norms] = 0
        # No row is a neighbour of its own.
        squared[np.arange(block.size), block] = np.inf
        squared.partition(k - 1, axis=1)
        yield np.sqrt(squared[:, :k])
