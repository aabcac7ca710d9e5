"""How well a Gaussian kernel covers a pool, and what each row would add to that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.strategies.numerics.linear_algebra import multiply
from albench.strategies.numerics.pairs import iterate_tiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

    Singles = NDArray[np.float32]

_ROWS = 64
_COLUMNS = 1024
# Bounds of rounding errors in single precision, whose numbers are 1.2e-7 apart: of an exponential, of a
# scalar product, of a sum.
_EXP = 2.5e-7
_PRODUCT = 1e-6
_SUM = 1e-5


class KernelCover:
    """How well each row of a pool is covered by a growing set of rows: max_s exp(-gamma ||x - s||^2).

    Parameters
    ----------
    X : ndarray of shape (n, d)
    weights : ndarray of shape (n_targets,), optional
        Of the rows that are to be covered; 1 each by default.
    targets : ndarray of int, optional
        Rows that are to be covered; all by default.

    Attributes
    ----------
    covered : ndarray of shape (n_targets,)
        Between 0 and 1.
    """

    def __init__(
        self, X: Floats, gamma: float, *, weights: Floats | None = None, targets: Rows | None = None
    ) -> None:
        self._X, self._gamma = X, gamma
        self._of_all = targets is None
        self._targets = np.arange(X.shape[0]) if targets is None else targets
        self._weights = np.ones(self._targets.size) if weights is None else weights
        self._single: Singles = (X - X.mean(axis=0)).astype(np.float32)
        spread = float(np.einsum("ij,ij->i", self._single, self._single).max())
        # Of a kernel value in single precision: rounding of the exponential and of the squared distance.
        self._error = _EXP + _PRODUCT * gamma * np.sqrt(X.shape[1]) * spread
        self.covered = np.zeros(self._targets.size)

    def add(self, rows: Rows) -> Rows:
        """Cover by rows; return the positions of the targets that are covered better now."""
        before = self.covered.copy()
        for _, columns, kernel in self._iterate_kernels(rows):
            np.maximum(self.covered[columns], kernel.max(axis=0), out=self.covered[columns])
        return np.flatnonzero(self.covered > before)

    def compute_gains(self, rows: Rows) -> Floats:
        """Return what each row would add: sum over the targets of weight times the rise of their cover."""
        gains = np.zeros(rows.size)
        for block, columns, kernel in self._iterate_kernels(rows):
            rise = np.subtract(kernel, self.covered[columns], out=kernel)
            gains[block] += np.maximum(rise, 0, out=rise) @ self._weights[columns]
        return gains

    def compute_bounds(self, rows: Rows) -> Floats:
        """Return numbers just above the gains of rows, from single precision."""
        # Over all pairs each kernel value serves two rows: cheaper than half of the rows one by one.
        if self._of_all and rows.size > self._targets.size // 2:
            estimates = self._estimate_all_gains()[rows]
        else:
            estimates = self._estimate_between(rows, np.arange(self._targets.size), self.covered, None)
        bounds: Floats = estimates * (1 + _SUM) + self._error * float(self._weights.sum())
        return bounds

    def compute_losses(self, rows: Rows, changed: Rows, before: Floats) -> Floats:
        """Return numbers just below what gains of rows lost when the cover of some targets rose.

        Parameters
        ----------
        changed : ndarray of int
            Positions of those targets.
        before : ndarray of shape (n_changed,)
            How they were covered.
        """
        estimates = self._estimate_between(rows, changed, before, self.covered[changed])
        losses: Floats = estimates * (1 - _SUM) - self._error * float(self._weights[changed].sum())
        return losses

    def _iterate_kernels(self, rows: Rows) -> Iterator[tuple[slice, slice, Floats]]:
        """Yield the kernel between rows and targets, in blocks that fit a cache."""
        from scipy.spatial.distance import cdist

        for first in range(0, rows.size, _ROWS):
            block = slice(first, first + _ROWS)
            for start in range(0, self._targets.size, _COLUMNS):
                columns = slice(start, start + _COLUMNS)
                chosen = columns if self._of_all else self._targets[columns]
                # From differences: equal rows must have equal kernels, to the last bit.
                squared = cdist(self._X[rows[block]], self._X[chosen], "sqeuclidean")
                squared *= -self._gamma
                yield block, columns, np.exp(squared, out=squared)

    def _estimate_all_gains(self) -> Floats:
        """Return the gains of all rows in single precision, each kernel value computed once."""
        covered, weights = self.covered.astype(np.float32), self._weights.astype(np.float32)
        gains = np.zeros(covered.size)
        for tile in iterate_tiles(self._single):
            kernel = np.exp(np.multiply(tile.squared, -self._gamma, out=tile.squared), out=tile.squared)
            gains[tile.rows] += multiply(np.maximum(kernel - covered[tile.columns], 0), weights[tile.columns])
            if tile.mirrored:
                kernel -= covered[tile.rows, None]
                gains[tile.columns] += multiply(weights[tile.rows], np.maximum(kernel, 0, out=kernel))
        return gains

    def _estimate_between(self, rows: Rows, positions: Rows, low: Floats, high: Floats | None) -> Floats:
        """Return the sum over targets of weight times the part of the kernel between two levels."""
        sums = np.zeros(rows.size)
        Y = self._single[self._targets[positions]]
        y_norms = np.einsum("ij,ij->i", Y, Y)
        low, weights = low.astype(np.float32), self._weights[positions].astype(np.float32)
        high = None if high is None else high.astype(np.float32)
        for first in range(0, rows.size, _COLUMNS):
            block = slice(first, first + _COLUMNS)
            X = self._single[rows[block]]
            x_norms = np.einsum("ij,ij->i", X, X)[:, None]
            for start in range(0, positions.size, _COLUMNS):
                columns = slice(start, start + _COLUMNS)
                kernel = multiply(-2 * X, Y[columns].T)
                kernel += y_norms[columns]
                kernel += x_norms
                kernel *= -self._gamma
                np.exp(kernel, out=kernel)
                np.clip(kernel, low[columns], None if high is None else high[columns], out=kernel)
                kernel -= low[columns]
                sums[block] += multiply(kernel, weights[columns])
        return sums
