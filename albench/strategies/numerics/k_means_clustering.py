"""Lloyd's k-means, weighted, from k-means++ seeds that can be added to later."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.strategies.numerics.linear_algebra import multiply

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

    Singles = NDArray[np.float32]

# Distances at a time: 2 MiB in single precision.
_ELEMENTS = 1 << 19
_ITERATIONS = 100
_IMPROVEMENT = 1e-3
# Rounding errors of a squared distance in single precision, as part of a squared length.
_NOISE = 1e-6


class Clusters(NamedTuple):
    """A clustering.

    Attributes
    ----------
    labels : ndarray of shape (n,), int
        Position of each row's nearest centre.
    centres : ndarray of shape (n_clusters, d)
        Weighted means of the clusters; fewer than asked for if there are fewer distinct rows.
    """

    labels: Rows
    centres: Floats


def k_means(
    X: Floats, n_clusters: int, rng: np.random.Generator, *, weights: Floats | None = None
) -> Clusters:
    """Cluster the rows of ``X``; weights are non-negative, and all zero counts as all equal.

    References
    ----------
    Lloyd, 1982, Least squares quantization in PCM; Arthur, Vassilvitskii, 2007, k-means++.
    """
    points = Points(X, weights)
    return points.run_lloyd(X[points.draw_seeds(n_clusters, rng)])


class Points:
    """Rows to cluster.

    Distances are in single precision, after a shift to the mean: it decides only for rows halfway between
    two centres. Centres are in double precision.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    weights : ndarray of shape (n,), optional
    """

    def __init__(self, X: Floats, weights: Floats | None = None) -> None:
        self.X = X
        self.weights = np.ones(X.shape[0]) if weights is None or weights.sum() <= 0 else weights
        self._mean = X.mean(axis=0)
        self._single: Singles = (X - self._mean).astype(np.float32)
        self._norms: Singles = np.einsum("ij,ij->i", self._single, self._single)
        self._seeds: list[int] = []
        self._closest: Singles = np.full(X.shape[0], np.inf, np.float32)

    def run_lloyd(self, centres: Floats) -> Clusters:
        """Run Lloyd's iterations until one of them lowers the inertia by less than 0.1 %."""
        labels, squared = self._assign_to_nearest(centres)
        for _ in range(_ITERATIONS):
            before = float(self.weights @ squared)
            centres = self._compute_means(labels, squared, centres.shape[0])
            labels, squared = self._assign_to_nearest(centres)
            if float(self.weights @ squared) >= before * (1 - _IMPROVEMENT):
                break
        return Clusters(labels, centres)

    def draw_seeds(self, n: int, rng: np.random.Generator) -> list[int]:
        """Return ``n`` rows by k-means++, those of an earlier call first; fewer if no distance is left.

        Of 2 + ln n draws with probability proportional to weight times squared distance to the nearest
        seed, the one is taken that leaves the least inertia.
        """
        if not self._seeds:
            first = int(rng.choice(self.weights.size, p=self.weights / self.weights.sum()))
            self._add_best_seed([first])
        # As many as scikit-learn tries.
        trials = 2 + int(np.log(n))
        while len(self._seeds) < n:
            cumulative = np.cumsum(self.weights * self._closest)
            if cumulative[-1] <= 0:
                break
            rows = np.searchsorted(cumulative, rng.random(trials) * cumulative[-1], side="right")
            self._add_best_seed(np.minimum(rows, cumulative.size - 1))
        return self._seeds[:n]

    def _add_best_seed(self, rows: Rows | list[int]) -> None:
        """Make the one of some rows a seed that leaves the least inertia."""
        distances = multiply(-2 * self._single[rows], self._single.T)
        distances += self._norms[rows][:, None]
        distances += self._norms
        # What cancellation leaves of a zero would make a duplicate of a seed a seed.
        distances[distances <= _NOISE * self._norms] = 0
        np.minimum(distances, self._closest, out=distances)
        best = int(np.argmin(multiply(distances, self.weights.astype(np.float32))))
        self._closest = distances[best]
        self._seeds.append(int(rows[best]))

    def _assign_to_nearest(self, centres: Floats) -> tuple[Rows, Singles]:
        """Return position of, and squared distance to, the nearest centre of each row."""
        single = (centres - self._mean).astype(np.float32)
        norms = np.einsum("ij,ij->i", single, single)
        labels = np.empty(self._norms.size, np.intp)
        squared = np.empty(self._norms.size, np.float32)
        step = max(1, _ELEMENTS // centres.shape[0])
        for first in range(0, labels.size, step):
            block = slice(first, first + step)
            distances = multiply(self._single[block], -2 * single.T)
            distances += norms
            labels[block] = distances.argmin(axis=1)
            squared[block] = np.take_along_axis(distances, labels[block][:, None], axis=1)[:, 0]
        squared += self._norms
        return labels, np.maximum(squared, 0, out=squared)

    def _compute_means(self, labels: Rows, squared: Singles, n_clusters: int) -> Floats:
        """Return the weighted means; an empty cluster moves to the row that is farthest from its centre."""
        from scipy.sparse import csr_array

        n = labels.size
        members = csr_array((self.weights, labels, np.arange(n + 1)), shape=(n, n_clusters))
        mass = np.bincount(labels, weights=self.weights, minlength=n_clusters)
        means: Floats = (members.T @ self.X) / np.where(mass > 0, mass, 1)[:, None]
        empty = np.flatnonzero(mass == 0)
        if empty.size:
            means[empty] = self.X[np.argsort(-squared * self.weights, kind="stable")[: empty.size]]
        return means
