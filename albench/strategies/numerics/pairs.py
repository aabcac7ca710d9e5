"""All pairs of rows, tile by tile: never an n x n matrix, and each distance computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from albench.contracts import Floats

_TILE = 512
NOISE = 1e-13
"""A squared distance from scalar products that is not above this part of a squared length is 0."""

_FAR = 0.999


Real = TypeVar("Real", np.float32, np.float64)


def far_mean(X: NDArray[Real]) -> NDArray[Real] | None:
    """Return the mean of rows that lie far from the origin compared with their spread; None of others.

    A squared distance from scalar products is as wrong as the squared lengths are rounded. Rows that are
    a thousand times as long as they are apart, in squares, are taken about their mean; so are no others,
    standardised ones least of all.
    """
    mean: NDArray[Real] = X.mean(axis=0)
    far = X.shape[0] * np.einsum("j,j", mean, mean) > _FAR * np.einsum("ij,ij", X, X)
    return mean if far else None


def centred(X: NDArray[Real]) -> NDArray[Real]:
    """Return rows with the distances of ``X``: ``X`` itself, or about its mean if that is far."""
    mean = far_mean(X)
    return X if mean is None else X - mean


class Tile(NamedTuple, Generic[Real]):
    """Squared distances of some rows to some rows at or after them.

    Attributes
    ----------
    rows, columns : slice
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


def product(left: NDArray[Real], right: NDArray[Real]) -> NDArray[Real]:
    """Return the matrix product of finite arrays.

    Some processors' kernels compute beyond the end of a row and drop what they find there, but leave the flag
    of an invalid operation behind: numpy would warn of numbers that are in no result.
    """
    with np.errstate(invalid="ignore"):
        found: NDArray[Real] = left.dot(right)
    return found


def tiles(X: NDArray[Real]) -> Iterator[Tile[Real]]:
    """Yield squared euclidean distances over the upper triangle of all pairs of rows.

    What is below the rounding error is 0, and so is each row's distance to itself.
    """
    X = centred(X)
    norms = np.einsum("ij,ij->i", X, X)
    noise = NOISE * (np.finfo(X.dtype).eps / np.finfo(np.float64).eps)
    for i in range(0, X.shape[0], _TILE):
        rows = slice(i, i + _TILE)
        for j in range(i, X.shape[0], _TILE):
            columns = slice(j, j + _TILE)
            squared = product(-2 * X[rows], X[columns].T)
            squared += norms[rows, None]
            squared += norms[columns]
            squared[squared <= noise * norms[rows, None]] = 0
            if i == j:
                np.fill_diagonal(squared, 0)
            yield Tile(rows, columns, squared)


def sums_over_pairs(X: Floats, similarity: Callable[[Floats], Floats]) -> Floats:
    """Return the sum of each row's similarity to all rows, itself included.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    similarity : callable
        From squared distances to similarities; may work in place.
    """
    sums = np.zeros(X.shape[0])
    for tile in tiles(X):
        similar = similarity(tile.squared)
        sums[tile.rows] += similar.sum(axis=1)
        if tile.mirrored:
            sums[tile.columns] += similar.sum(axis=0)
    return sums
