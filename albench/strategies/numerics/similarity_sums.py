"""Uncertainty weighted by how typical of the pool a candidate is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from albench.contracts import Shared
from albench.strategies.numerics.pairs import NOISE, centred, sums_over_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

Similarity = Literal["euclidean", "cosine", "linear_cosine"]
_BLOCK = 64


class SimilaritySums(Shared):
    """The sum of each row's similarity to all rows of the pool, itself included: ``sums``."""

    identity_name: ClassVar[str] = "albench.strategies.density.SimilaritySums"

    similarity: Similarity
    """Which similarity."""

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Add up; the linear one in O(n d), the others over all pairs."""
        del n_classes, rng
        X = prepared(features, self.similarity)
        if self.similarity == "linear_cosine":
            return {"sums": (X.shape[0] + X @ X.sum(axis=0)) / 2}
        return {"sums": sums_over_pairs(X, SIMILARITIES[self.similarity])}


class RemainingSums:
    """The sum of each row's similarity to the rows that are not labelled yet.

    Parameters
    ----------
    features : ndarray of shape (n, d)
    similarity : str
    sums : ndarray of shape (n,)
        Over all rows.
    """

    def __init__(self, features: Floats, similarity: Similarity, sums: Floats) -> None:
        self._X = centred(prepared(features, similarity))
        self._norms = np.einsum("ij,ij->i", self._X, self._X)
        self._similarity = SIMILARITIES[similarity]
        self._gone = np.zeros(sums.size, np.bool_)
        self.sums = sums.copy()

    def remove(self, labelled: Rows) -> None:
        """Take labelled rows out of the sums, those of earlier rounds at no cost."""
        new = labelled[~self._gone[labelled]]
        self._gone[new] = True
        for first in range(0, new.size, _BLOCK):
            block = new[first : first + _BLOCK]
            squared = (-2 * self._X[block]) @ self._X.T
            squared += self._norms
            squared += self._norms[block][:, None]
            squared[squared <= NOISE * self._norms] = 0
            self.sums -= self._similarity(squared).sum(axis=0)


def prepared(features: Floats, similarity: Similarity) -> Floats:
    """Return the rows whose distances a similarity is computed from: of unit length for a cosine.

    Rows of length 0 get a dimension of their own, so that their cosine to all others is 0.
    """
    if similarity == "euclidean":
        return features
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    found: Floats = np.hstack([features, lengths == 0]) if (lengths == 0).any() else features
    return found / np.where(lengths > 0, lengths, 1)


def _inverse(squared: Floats) -> Floats:
    np.sqrt(squared, out=squared)
    squared += 1
    return np.reciprocal(squared, out=squared)


def _inverse_cosine(squared: Floats) -> Floats:
    # Between unit rows the squared distance is twice the cosine distance.
    squared *= 0.5
    squared += 1
    return np.reciprocal(squared, out=squared)


def _linear_cosine(squared: Floats) -> Floats:
    found: Floats = 1 - squared / 4
    return found


SIMILARITIES: dict[Similarity, Callable[[Floats], Floats]] = {
    "euclidean": _inverse,
    "cosine": _inverse_cosine,
    "linear_cosine": _linear_cosine,
}
"""From squared distances between prepared rows to similarities."""
