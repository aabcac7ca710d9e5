from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.contracts import Strategy
from albench.strategies.numerics.weighted_draws import FixedWeights, draw_by_weight

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView
    from albench.ordering import Picks


class LightweightCoreset(Strategy):
    """Importance sampling: q(x) = 1/2 1/n + 1/2 d(x, mean)^2 / sum d^2, without replacement.

    The utility is q among what was left when the candidate was drawn.
    """

    name = "lightweight_coreset"
    family = "diversity"
    complexity = "O(n d)"
    reference = "Bachem, Lucic, Krause, 2018, Scalable k-means clustering via lightweight coresets"

    distance: Literal["euclidean", "angular"] = "euclidean"
    """euclidean, as in the paper; angular: the angle to the mean over pi, for rows that are directions."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Draw the batch."""
        X = pool.features[pool.candidates]
        squared = compute_squared_to_mean(X, self.distance)
        return draw_by_weight(FixedWeights(mix_with_uniform(squared)), n, pool.rng)


def compute_squared_to_mean(X: Floats, distance: Literal["euclidean", "angular"]) -> Floats:
    """Return the squared distance of each row to the mean row."""
    mean = X.mean(axis=0)
    if distance == "euclidean":
        gaps = X - mean
        squared: Floats = np.einsum("ij,ij->i", gaps, gaps)
        return squared
    lengths = np.linalg.norm(X, axis=1) * np.linalg.norm(mean)
    cosines = np.divide(X @ mean, lengths, out=np.zeros(X.shape[0]), where=lengths > 0)
    # Rounding can bring a cosine above 1, where the angle is not a number.
    squared_angles: Floats = (np.arccos(np.clip(cosines, -1, 1)) / np.pi) ** 2
    return squared_angles


def mix_with_uniform(squared: Floats) -> Floats:
    """Return half uniform weight, half weight proportional to squared distances; they add up to 1."""
    total = squared.sum()
    uniform = np.full(squared.size, 1 / squared.size)
    return uniform if not total > 0 else (uniform + squared / total) / 2
