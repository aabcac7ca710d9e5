"""How typical of the pool each row is: the sum of its similarities to all rows, or to those left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from albench.contracts import Shared
from albench.strategies.numerics.linear_algebra import NOISE, centre_if_far
from albench.strategies.numerics.pairs import sum_over_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

Similarity = Literal["euclidean", "cosine", "linear_cosine"]
# Labelled rows at a time: their distances to the pool are n numbers each.
_BLOCK = 64


class SimilaritySums(Shared):
    """The sum of each row's similarity to all ``n_rows`` rows, itself included: ``sums``."""

    identity_name = "albench.strategies.density.SimilaritySums"
    row_arrays = ("sums",)

    similarity: Similarity
    """Which similarity."""

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Add up; the linear one in O(n d), the others over all pairs."""
        X = prepare_rows(features, self.similarity)
        if self.similarity == "linear_cosine":
            sums = (X.shape[0] + X @ X.sum(axis=0)) / 2
        else:
            sums = sum_over_pairs(X, SIMILARITIES[self.similarity])
        return {"sums": sums, "n_rows": np.array(X.shape[0])}


class RemainingSums:
    """The sum of each row's similarity to the rows that are not labelled yet.

    Parameters
    ----------
    features : ndarray of shape (n, d)
    sums : ndarray of shape (n,)
        Over all rows.
    n_others : int
        Rows beside these n in the sums, which are never labelled.
    """

    def __init__(self, features: Floats, similarity: Similarity, sums: Floats, n_others: int = 0) -> None:
        self._X = centre_if_far(prepare_rows(features, similarity))
        self._norms = np.einsum("ij,ij->i", self._X, self._X)
        self._similarity = SIMILARITIES[similarity]
        self._is_removed = np.zeros(sums.size, np.bool_)
        self.sums = sums.copy()
        self.n_others = n_others

    def remove(self, labelled: Rows) -> None:
        """Take labelled rows out of the sums, those of earlier rounds at no cost."""
        new = labelled[~self._is_removed[labelled]]
        self._is_removed[new] = True
        for first in range(0, new.size, _BLOCK):
            block = new[first : first + _BLOCK]
            squared = (-2 * self._X[block]) @ self._X.T
            squared += self._norms
            squared += self._norms[block][:, None]
            squared[squared <= NOISE * self._norms] = 0
            self.sums -= self._similarity(squared).sum(axis=0)


def prepare_rows(features: Floats, similarity: Similarity) -> Floats:
    """Return the rows whose distances a similarity is computed from: of unit length for a cosine.

    Rows of length 0 get a dimension of their own, so that their cosine to all others is 0.
    """
    if similarity == "euclidean":
        return features
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    rows: Floats = np.hstack([features, lengths == 0]) if (lengths == 0).any() else features
    return rows / np.where(lengths > 0, lengths, 1)


def _convert_euclidean(squared: Floats) -> Floats:
    np.sqrt(squared, out=squared)
    squared += 1
    return np.reciprocal(squared, out=squared)


def _convert_cosine(squared: Floats) -> Floats:
    # Between unit rows the squared distance is twice the cosine distance.
    squared *= 0.5
    squared += 1
    return np.reciprocal(squared, out=squared)


def _convert_linear_cosine(squared: Floats) -> Floats:
    similarities: Floats = 1 - squared / 4
    return similarities


SIMILARITIES: dict[Similarity, Callable[[Floats], Floats]] = {
    "euclidean": _convert_euclidean,
    "cosine": _convert_cosine,
    "linear_cosine": _convert_linear_cosine,
}
"""From squared distances between prepared rows to similarities."""
