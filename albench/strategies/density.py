"""Uncertainty weighted by how typical of the pool a candidate is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from albench.contracts import CostClass, Need, Shared, Strategy
from albench.errors import StrategyError
from albench.strategies.inner import ScoringStrategy, Wrapper
from albench.strategies.measures import UNCERTAINTY, Measure
from albench.strategies.pairs import NOISE, centred, sums_over_pairs
from albench.strategies.pool_clusters import PoolClusters

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from albench.contracts import Floats, PoolView, Rows

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


class InformationDensity(Strategy):
    """Entropy times density: H(x) (mean over the unlabelled of sim(x, u))^beta.

    The mean is over all candidates, x itself included.
    """

    name: ClassVar[str] = "information_density"
    family: ClassVar[str] = "density"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    cost: ClassVar[CostClass] = "quadratic"
    complexity: ClassVar[str] = "O(n^2 d) once for a split, then O(n d b); linear_cosine: O(n d) once"
    main: ClassVar[str | None] = "similarity"
    reference: ClassVar[str] = (
        "Settles, Craven, 2008, An analysis of active learning strategies for sequence labeling tasks"
    )

    similarity: Similarity = "euclidean"
    """euclidean: 1 / (1 + euclidean distance); cosine: 1 / (1 + cosine distance); linear_cosine:
    (1 + cosine) / 2, whose mean has a closed form."""
    beta: float = Field(default=1.0, ge=0)
    """Exponent of the density; 0 leaves the uncertainty alone."""

    def shares(self) -> tuple[Shared, ...]:
        """Return the sums over the whole pool."""
        return (SimilaritySums(similarity=self.similarity),)

    def start(self, pool: PoolView) -> RemainingSums:
        """Keep the sums over what is left, over the rounds."""
        return RemainingSums(pool.features, self.similarity, pool.shared[self.shares()[0]]["sums"])

    def utilities(self, pool: PoolView, state: RemainingSums) -> Floats:
        """Return non-negative numbers."""
        state.remove(pool.labelled)
        # In exact arithmetic it is above 0: each row is as similar to itself as can be.
        density = np.maximum(state.sums[pool.candidates] / pool.candidates.size, 0)
        found: Floats = UNCERTAINTY[self._measure()](pool.proba) * density**self.beta
        return found

    def _measure(self) -> Measure:
        return "entropy"


class DensityWeighted(InformationDensity):
    """Uncertainty of any measure times density: u(x) (mean over the unlabelled of sim(x, u))^beta."""

    name: ClassVar[str] = "density_weighted"
    main: ClassVar[str | None] = "uncertainty"
    reference: ClassVar[str] = "Settles, 2009, Active learning literature survey, section 3.6"

    uncertainty: Measure = "least_confident"
    """What is weighted."""

    def _measure(self) -> Measure:
        return self.uncertainty


class DensityWeightedMeta(Wrapper):
    """Another strategy's utility times the cosine to the centre of the candidate's cluster, to the beta.

    The whole pool is clustered once. The wrapped strategy must not give negative utilities; a negative
    cosine counts as 0.
    """

    name: ClassVar[str] = "density_weighted_meta"
    family: ClassVar[str] = "density"
    complexity: ClassVar[str] = "that of the wrapped strategy, and O(n d); once for a split O(n d k)"
    reference: ClassVar[str] = "Settles, 2009, Active learning literature survey, section 3.6"

    strategy: ScoringStrategy
    """The strategy whose utilities are weighted."""
    n_clusters: int = Field(default=5, ge=1)
    """Clusters of the pool."""
    beta: float = Field(default=1.0, ge=0)
    """Exponent of the cosine."""

    def shares(self) -> tuple[Shared, ...]:
        """Return the clusters, and what the wrapped strategy shares."""
        return (*self.strategy.shares(), PoolClusters(n_clusters=self.n_clusters))

    def utilities(self, pool: PoolView, state: Any) -> Floats:
        """Return non-negative numbers.

        Raises
        ------
        StrategyError
            If the wrapped strategy gives a negative utility.
        """
        base = self.strategy.utilities(pool, state)
        if base.min(initial=0) < 0:
            name = type(self.strategy).name
            raise StrategyError(f"density_weighted_meta multiplies utilities: {name} gives negative ones")
        clusters = pool.shared[PoolClusters(n_clusters=self.n_clusters)]
        X = pool.features[pool.candidates]
        centres = clusters["centres"][clusters["labels"][pool.candidates]]
        lengths = np.linalg.norm(X, axis=1) * np.linalg.norm(centres, axis=1)
        cosines = np.einsum("ij,ij->i", X, centres) / np.where(lengths > 0, lengths, 1)
        found: Floats = base * np.maximum(cosines, 0) ** self.beta
        return found


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
