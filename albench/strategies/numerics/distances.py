"""Distances of every pool row to its nearest centres, updated over the rounds of a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.strategies.numerics.linear_algebra import NOISE, centre_if_far

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows

# Distances are computed in blocks of 512 KiB, which stay in the cache of a core.
_CENTRES = 64
_ROWS = 1 << 10


class NearestCentre:
    """Squared euclidean distance to the nearest of a growing set of centres, in O(n d) a centre.

    Attributes
    ----------
    squared : ndarray of shape (n,)
        Infinite while there is no centre.
    pending : ndarray of int
        Centres that are not in ``squared`` yet: until then it holds upper bounds.
    """

    def __init__(self, features: Floats) -> None:
        self._features = centre_if_far(features)
        self._norms = np.einsum("ij,ij->i", self._features, self._features)
        self._is_added = np.zeros(features.shape[0], np.bool_)
        self.pending: Rows = np.empty(0, np.intp)
        self.squared = np.full(features.shape[0], np.inf)

    def add(self, centres: Rows) -> None:
        """Take pool rows as centres; those that are centres already cost nothing."""
        self.add_later(centres)
        self.update()

    def add_later(self, centres: Rows) -> None:
        """Take pool rows as centres, but leave their distances to ``update``."""
        new = centres[~self._is_added[centres]]
        self._is_added[new] = True
        self.pending = np.concatenate([self.pending, new])

    def update(self) -> None:
        """Bring ``squared`` up to date."""
        np.minimum(self.squared, self.compute_squared_distances(self.pending), out=self.squared)
        self.squared[self.pending] = 0
        self.pending = self.pending[:0]

    def compute_squared_distances(self, centres: Rows) -> Floats:
        """Return squared distances of all pool rows to the nearest of some centres."""
        return compute_nearest_squared(self._features, self._norms, *self.get_rows(centres))

    def get_rows(self, rows: Rows) -> tuple[Floats, Floats]:
        """Return pool rows, about the mean of the pool if that is far, and their squared lengths."""
        return self._features[rows], self._norms[rows]


def compute_nearest_squared(X: Floats, norms: Floats, centres: Floats, centre_norms: Floats) -> Floats:
    """Return the squared distance of each row to its nearest centre; infinite without centres.

    What is below the rounding error of a squared distance is 0, so that duplicates are at distance 0.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    norms : ndarray of shape (n,)
        Squared lengths of the rows.
    centres : ndarray of shape (k, d)
    centre_norms : ndarray of shape (k,)
    """
    nearest = np.full(X.shape[0], np.inf)
    for first in range(0, nearest.size, _ROWS):
        block = slice(first, first + _ROWS)
        for start in range(0, centre_norms.size, _CENTRES):
            some = slice(start, start + _CENTRES)
            distances = (-2 * centres[some]) @ X[block].T
            distances += centre_norms[some, None]
            np.minimum(nearest[block], distances.min(axis=0), out=nearest[block])
    # The row's own square is the same for all centres: it is added once, at the end.
    nearest += norms
    nearest[nearest <= NOISE * norms] = 0
    return nearest


class NearestLabelled:
    """The k nearest of a growing set of rows to each pool row, in O(n d) a row that is added.

    Parameters
    ----------
    features : ndarray of shape (n, d)

    Attributes
    ----------
    rows : ndarray of shape (n, m), int
        Pool rows, in no order; m is k, or what there is.
    """

    def __init__(self, features: Floats, k: int) -> None:
        self._features, self._k = centre_if_far(features), k
        self._norms = np.einsum("ij,ij->i", self._features, self._features)
        self._is_added = np.zeros(features.shape[0], np.bool_)
        self._squared = np.empty((features.shape[0], 0))
        self.rows: Rows = np.empty((features.shape[0], 0), np.intp)

    def add(self, rows: Rows) -> None:
        """Take rows into the set; those that are in it cost nothing."""
        new = rows[~self._is_added[rows]]
        self._is_added[new] = True
        for first in range(0, new.size, _CENTRES):
            self._merge(new[first : first + _CENTRES])

    def _merge(self, new: Rows) -> None:
        n, n_kept = self.rows.shape
        width = min(self._k, n_kept + new.size)
        all_rows, all_squared = np.empty((n, width), np.intp), np.empty((n, width))
        for first in range(0, n, _ROWS):
            block = slice(first, first + _ROWS)
            squared = self._features[block] @ (-2 * self._features[new]).T
            squared += self._norms[new]
            squared += self._norms[block, None]
            squared = np.hstack([self._squared[block], squared])
            rows = np.hstack([self.rows[block], np.broadcast_to(new, (squared.shape[0], new.size))])
            nearest = np.argpartition(squared, width - 1, axis=1)[:, :width]
            all_rows[block] = np.take_along_axis(rows, nearest, axis=1)
            all_squared[block] = np.take_along_axis(squared, nearest, axis=1)
        self.rows, self._squared = all_rows, all_squared
