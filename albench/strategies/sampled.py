"""Batches that are drawn pick by pick, each with a probability that depends on the picks before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.ordering import Picks, best
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.contracts import Floats, PoolView, Rows

_NOISE = 1e-13


class LightweightCoreset(Strategy):
    """Importance sampling: q(x) = 1/2 1/n + 1/2 d(x, mean)^2 / sum d^2, without replacement.

    The utility is q among what was left when the candidate was drawn.
    """

    name: ClassVar[str] = "lightweight_coreset"
    family: ClassVar[str] = "diversity"
    complexity: ClassVar[str] = "O(n d)"
    reference: ClassVar[str] = (
        "Bachem, Lucic, Krause, 2018, Scalable k-means clustering via lightweight coresets"
    )

    distance: Literal["euclidean", "angular"] = "euclidean"
    """euclidean, as in the paper; angular: the angle to the mean over pi, for rows that are directions."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Draw the batch."""
        del state
        X = pool.features[pool.candidates]
        squared = squared_to_mean(X, self.distance)
        return drawn(_Fixed(mixed(squared)), n, pool.rng)


class Badge(Strategy):
    """k-means++ on gradient embeddings g(x) = (p(x) - onehot(argmax p(x))) (x) x: uncertain and different.

    The first pick has the longest embedding; each next one is drawn with probability proportional to the
    squared distance to the nearest embedding picked. The utility is that probability, of the first pick its
    squared length. Distances are computed from the two factors, so no embedding is ever built.
    """

    name: ClassVar[str] = "badge"
    family: ClassVar[str] = "hybrid"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    complexity: ClassVar[str] = "O(n b (C + d))"
    main: ClassVar[str | None] = "space"
    reference: ClassVar[str] = (
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
        del state
        X = pool.embedding if self.space == "embedding" else pool.features
        gradients = FactoredGradients(pool.proba, X, pool.candidates, origin=self.origin)
        first, n_tied = best(gradients.squared, pool.tie_keys)
        utility = float(gradients.squared[first])
        gradients.pick(first)
        rest = drawn(gradients, n - 1, pool.rng, taken=[first])
        return Picks(
            np.concatenate([[first], rest.candidates]),
            np.concatenate([[utility], rest.utilities]),
            np.concatenate([[n_tied > 0], rest.tied]),
            n_tied,
        )


class Falcun(Strategy):
    """Draws by (u(x) + d(x))^gamma: margin uncertainty plus distance of probabilities from what is picked.

    d starts as u; with each pick it becomes the smaller of itself and the L1 distance between the class
    probabilities, rescaled to [0, 1]. The utility is the probability of the draw.
    """

    name: ClassVar[str] = "falcun"
    family: ClassVar[str] = "hybrid"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    complexity: ClassVar[str] = "O(n b C)"
    main: ClassVar[str | None] = "gamma"
    reference: ClassVar[str] = (
        "Gilhuber, Beer, Ma, Seidl, 2024, FALCUN: a simple and efficient deep active learning strategy"
    )

    gamma: float = Field(default=10.0, ge=0)
    """How greedy the draws are; 0 is uniform."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Draw the batch."""
        del state
        return drawn(FalcunWeights(pool.proba, self.gamma), n, pool.rng)


class Weights(Protocol):
    """Weights of the candidates, which change with each pick; a picked one weighs 0."""

    def weights(self) -> Floats:
        """Return numbers of at least 0, shape (n_candidates,)."""
        ...

    def pick(self, candidate: int) -> None:
        """Note a pick."""
        ...


def drawn(source: Weights, n: int, rng: np.random.Generator, taken: Sequence[int] = ()) -> Picks:
    """Draw ``n`` candidates, each with probability proportional to its weight at that moment.

    When nothing is left that weighs more than 0, what is left is equally probable, but for those that were
    ``taken`` before. Utilities are the probabilities.
    """
    chosen, utilities = np.empty(n, np.intp), np.empty(n)
    for i, uniform in enumerate(rng.random(n)):
        weights = source.weights()
        total = weights.sum()
        if not total > 0:
            weights = np.ones(weights.size)
            weights[[*taken, *chosen[:i]]] = 0
            total = weights.sum()
        pick = int(np.searchsorted(np.cumsum(weights), uniform * total, side="right"))
        # Rounding of the sums may point past the last candidate that weighs something.
        pick = min(pick, int(np.flatnonzero(weights)[-1])) if pick >= weights.size else pick
        chosen[i], utilities[i] = pick, weights[pick] / total
        source.pick(pick)
    return Picks(chosen, utilities, np.zeros(n, np.bool_), 0)


class _Fixed:
    """Weights that do not change but for the picks."""

    def __init__(self, weights: Floats) -> None:
        self._weights = weights.copy()

    def weights(self) -> Floats:
        return self._weights

    def pick(self, candidate: int) -> None:
        self._weights[candidate] = 0


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

    def weights(self) -> Floats:
        """Return squared distances to the nearest pick."""
        found: Floats = self.squared
        return found

    def pick(self, candidate: int) -> None:
        """Note a pick."""
        closest = self._lengths + self._lengths[candidate]
        products = (self._X @ self._X[self._rows[candidate]])[self._rows]
        products *= self._residuals @ self._residuals[candidate]
        closest -= 2 * products
        closest[closest <= _NOISE * self._lengths] = 0
        self.squared = closest if self._replace else np.minimum(self.squared, closest, out=self.squared)
        self.squared[candidate] = 0
        self._replace = False


class FalcunWeights:
    """(u + d)^gamma of each candidate, 0 of those picked.

    Parameters
    ----------
    proba : ndarray of shape (n_candidates, n_classes)
    gamma : float
    """

    def __init__(self, proba: Floats, gamma: float) -> None:
        self._proba, self._gamma = proba, gamma
        self._uncertainty = margins(proba)
        self._distance = self._uncertainty.copy()
        self._picked: list[int] = []

    def weights(self) -> Floats:
        """Return the weights of now."""
        found: Floats = (self._uncertainty + self._distance) ** self._gamma
        found[self._picked] = 0
        return found

    def pick(self, candidate: int) -> None:
        """Note a pick: distances fall, and are rescaled to [0, 1]."""
        self._picked.append(candidate)
        to_pick = np.abs(self._proba - self._proba[candidate]).sum(axis=1)
        distance = np.minimum(to_pick, self._distance)
        distance -= distance.min()
        widest = distance.max()
        self._distance = distance / widest if widest > 0 else distance


def mixed(squared: Floats) -> Floats:
    """Return half uniform weight, half weight proportional to squared distances; they add up to 1."""
    total = squared.sum()
    uniform = np.full(squared.size, 1 / squared.size)
    return uniform if not total > 0 else (uniform + squared / total) / 2


def squared_to_mean(X: Floats, distance: Literal["euclidean", "angular"]) -> Floats:
    """Return the squared distance of each row to the mean row."""
    mean = X.mean(axis=0)
    if distance == "euclidean":
        gaps = X - mean
        squared: Floats = np.einsum("ij,ij->i", gaps, gaps)
        return squared
    lengths = np.linalg.norm(X, axis=1) * np.linalg.norm(mean)
    cosines = np.divide(X @ mean, lengths, out=np.zeros(X.shape[0]), where=lengths > 0)
    found: Floats = (np.arccos(np.clip(cosines, -1, 1)) / np.pi) ** 2
    return found
