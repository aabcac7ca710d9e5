"""Array operations that take care of rounding errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats

NOISE = 1e-13
"""A squared distance from scalar products that is not above this part of a squared length is 0."""


_FAR = 0.999


Real = TypeVar("Real", np.float32, np.float64)


def compute_far_mean(X: NDArray[Real]) -> NDArray[Real] | None:
    """Return the mean of rows that lie far from the origin compared with their spread; None of others.

    A squared distance from scalar products is as wrong as the squared lengths are rounded. Rows that are
    a thousand times as long as they are apart, in squares, are taken about their mean; so are no others,
    standardised ones least of all.
    """
    mean: NDArray[Real] = X.mean(axis=0)
    far = X.shape[0] * np.einsum("j,j", mean, mean) > _FAR * np.einsum("ij,ij", X, X)
    return mean if far else None


def centre_if_far(X: NDArray[Real]) -> NDArray[Real]:
    """Return rows with the distances of ``X``: ``X`` itself, or about its mean if that is far."""
    mean = compute_far_mean(X)
    return X if mean is None else X - mean


def multiply(left: NDArray[Real], right: NDArray[Real]) -> NDArray[Real]:
    """Return the matrix product of finite arrays.

    Some processors' kernels compute beyond the end of a row and drop what they find there, but leave the flag
    of an invalid operation behind: numpy would warn of numbers that are in no result.
    """
    with np.errstate(invalid="ignore"):
        product: NDArray[Real] = left.dot(right)
    return product


def scale_to_unit_length(X: Floats) -> Floats:
    """Return the rows at unit length; those of length 0 as they are."""
    lengths = np.linalg.norm(X, axis=1, keepdims=True)
    scaled: Floats = X / np.where(lengths > 0, lengths, 1)
    return scaled


def invert(matrix: Floats) -> Floats:
    """Return the inverse of a matrix, or of each of a stack."""
    return np.asarray(np.linalg.inv(matrix), np.float64)
