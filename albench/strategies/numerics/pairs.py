"""All pairs of rows, tile by tile: never an n x n matrix, and each distance computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple

import numpy as np

from albench.strategies.numerics.linear_algebra import NOISE, Real, centre_if_far, multiply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from albench.contracts import Floats

# Rows a tile: 2 MiB of distances.
_TILE = 512


class Tile(NamedTuple, Generic[Real]):
    """Squared distances of some rows to some rows at or after them.

    Attributes
    ----------
    squared : ndarray of shape (n_rows, n_columns)
        May be written to.
    """

    rows: slice
    columns: slice
    squared: NDArray[Real]

    @property
    def mirrored(self) -> bool:
        """True if the pairs in the other order are in no tile of their own."""
        return bool(self.rows.start != self.columns.start)


def iterate_tiles(X: NDArray[Real]) -> Iterator[Tile[Real]]:
    """Yield squared euclidean distances over the upper triangle of all pairs of rows.

    What is below the rounding error is 0, and so is each row's distance to itself.
    """
    X = centre_if_far(X)
    norms = np.einsum("ij,ij->i", X, X)
    noise = NOISE * (np.finfo(X.dtype).eps / np.finfo(np.float64).eps)
    for i in range(0, X.shape[0], _TILE):
        rows = slice(i, i + _TILE)
        for j in range(i, X.shape[0], _TILE):
            columns = slice(j, j + _TILE)
            squared = multiply(-2 * X[rows], X[columns].T)
            squared += norms[rows, None]
            squared += norms[columns]
            squared[squared <= noise * norms[rows, None]] = 0
            if i == j:
                np.fill_diagonal(squared, 0)
            yield Tile(rows, columns, squared)


def sum_over_pairs(X: Floats, similarity: Callable[[Floats], Floats]) -> Floats:
    """Return the sum of each row's similarity to all rows, itself included.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    similarity : callable
        From squared distances to similarities; may work in place.
    """
    sums = np.zeros(X.shape[0])
    for tile in iterate_tiles(X):
        similar = similarity(tile.squared)
        sums[tile.rows] += similar.sum(axis=1)
        if tile.mirrored:
            sums[tile.columns] += similar.sum(axis=0)
    return sums
