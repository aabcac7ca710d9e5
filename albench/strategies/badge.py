from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.contracts import Need, Strategy
from albench.ordering import Picks, best
from albench.strategies.numerics.weighted_draws import draw_by_weight

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows

_NOISE = 1e-13


class Badge(Strategy):
    """k-means++ on gradient embeddings g(x) = (p(x) - onehot(argmax p(x))) (x) x: uncertain and different.

    The first pick has the longest embedding; each next one is drawn with probability proportional to the
    squared distance to the nearest embedding picked. The utility is that probability, of the first pick its
    squared length. Distances are computed from the two factors, so no embedding is ever built.
    """

    name = "badge"
    family = "hybrid"
    needs = frozenset({Need.PROBA})
    complexity = "O(n b (C + d))"
    main = "space"
    reference = (
        "Ash, Zhang, Krishnamurthy, Langford, Agarwal, 2020, Deep batch active learning by diverse, uncertain"
        " gradient lower bounds"
    )

    space: Literal["features", "embedding"] = "features"
    """What x is: the features, or the query model's representation of the pool."""
    origin: bool = True
    """Distance 0 counts as picked from the start (scikit-activeml), so that short embeddings, of certain
    candidates, are drawn rarely; without it, the seeding is that of the paper."""

    def required(self) -> frozenset[Need]:
        """Return what it needs: an embedding if that is its space."""
        return self.needs | ({Need.EMBEDDING} if self.space == "embedding" else frozenset())

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Draw the batch."""
        X = pool.embedding if self.space == "embedding" else pool.features
        gradients = FactoredGradients(pool.proba, X, pool.candidates, origin=self.origin)
        first, n_tied = best(gradients.squared, pool.tie_keys)
        utility = float(gradients.squared[first])
        gradients.add_pick(first)
        rest = draw_by_weight(gradients, n - 1, pool.rng, taken=[first])
        return Picks(
            np.concatenate([[first], rest.candidates]),
            np.concatenate([[utility], rest.utilities]),
            np.concatenate([[n_tied > 0], rest.tied]),
            n_tied,
        )


class FactoredGradients:
    """Squared distances of gradient embeddings a (x) x to the nearest one picked.

    ||a_i (x) x_i - a_j (x) x_j||^2 = |a_i|^2 |x_i|^2 + |a_j|^2 |x_j|^2 - 2 (a_i . a_j) (x_i . x_j).

    Parameters
    ----------
    proba : ndarray of shape (n_candidates, n_classes)
    X : ndarray of shape (n_pool, d)
    rows : ndarray of shape (n_candidates,)
        Rows of ``X`` that are the candidates.
    origin : bool
        Count the embedding 0 as picked.

    Attributes
    ----------
    squared : ndarray of shape (n_candidates,)
        Before the first pick, squared lengths.
    """

    def __init__(self, proba: Floats, X: Floats, rows: Rows, *, origin: bool) -> None:
        self._residuals = proba.copy()
        self._residuals[np.arange(rows.size), proba.argmax(axis=1)] -= 1
        self._X, self._rows = X, rows
        lengths = np.einsum("ij,ij->i", X, X)[rows]
        self._lengths = lengths * np.einsum("ij,ij->i", self._residuals, self._residuals)
        self._replace = not origin
        self.squared = self._lengths.copy()

    def compute_weights(self) -> Floats:
        """Return squared distances to the nearest pick."""
        weights: Floats = self.squared
        return weights

    def add_pick(self, candidate: int) -> None:
        """Lower the distances to those to a pick."""
        to_pick = self._lengths + self._lengths[candidate]
        products = (self._X @ self._X[self._rows[candidate]])[self._rows]
        products *= self._residuals @ self._residuals[candidate]
        to_pick -= 2 * products
        # What cancellation leaves of a zero would give a duplicate of a pick a chance.
        to_pick[to_pick <= _NOISE * self._lengths] = 0
        self.squared = to_pick if self._replace else np.minimum(self.squared, to_pick, out=self.squared)
        self.squared[candidate] = 0
        self._replace = False
