"""The running distance of every pool row to its nearest centre, kept over the rounds of a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows

_BLOCK = 64


class NearestCentre:
    """Squared euclidean distance to the nearest of a growing set of centres, in O(n d) a centre.

    Attributes
    ----------
    squared : ndarray of shape (n,)
        Infinite while there is no centre.
    """

    def __init__(self, features: Floats) -> None:
        self._features = features
        self._norms = np.einsum("ij,ij->i", features, features)
        self._known = np.zeros(features.shape[0], np.bool_)
        self.squared = np.full(features.shape[0], np.inf)

    def add(self, centres: Rows) -> None:
        """Take pool rows as centres; those that are centres already cost nothing."""
        new = centres[~self._known[centres]]
        self._known[new] = True
        for first in range(0, new.size, _BLOCK):
            block = new[first : first + _BLOCK]
            distances = self._features @ self._features[block].T
            distances *= -2
            distances += self._norms[:, None]
            distances += self._norms[block]
            np.minimum(self.squared, distances.min(axis=1), out=self.squared)
        np.maximum(self.squared, 0, out=self.squared)
        self.squared[new] = 0
