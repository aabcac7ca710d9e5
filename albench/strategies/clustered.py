"""Batches that take one row from each of as many clusters: diverse, and if weighted uncertain."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.ordering import best, top
from albench.strategies.centroids import k_means_batch, nearest_to_centres
from albench.strategies.greedy import picks_of
from albench.strategies.kmeans import k_means
from albench.strategies.linkage import cut, linkage
from albench.strategies.measures import UNCERTAINTY, Measure
from albench.strategies.uncertainty import margins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks

_MINIBATCH = 1024


class KMeans(Strategy):
    """The candidates nearest to the centres of as many k-means clusters of the candidates.

    The utility is minus the distance to the centre.
    """

    name: ClassVar[str] = "k_means"
    family: ClassVar[str] = "diversity"
    complexity: ClassVar[str] = "O(n d b) an iteration"
    reference: ClassVar[str] = "Nguyen, Smeulders, 2004, Active learning using pre-clustering"

    minibatch: bool = False
    """Mini-batch k-means: an approximation, for large pools with large batches."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Cluster and choose."""
        del state
        if not self.minibatch:
            return k_means_batch(pool, pool.features, n)
        X = pool.features[pool.candidates]
        return nearest_to_centres(X, minibatch_centres(X, n, pool.rng), pool.tie_keys, n)


class WeightedKMeans(Strategy):
    """Diverse mini-batches: k-means, weighted by uncertainty, of the most uncertain candidates.

    The ``factor`` times n candidates of largest margin uncertainty are clustered into n clusters with those
    uncertainties as weights; the ones nearest to the centres are taken. The utility is minus that distance.
    """

    name: ClassVar[str] = "weighted_k_means"
    family: ClassVar[str] = "hybrid"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA})
    complexity: ClassVar[str] = "O(n C + factor b^2 d)"
    main: ClassVar[str | None] = "factor"
    reference: ClassVar[str] = "Zhdanov, 2019, Diverse mini-batch active learning"

    factor: int = Field(default=10, ge=1)
    """How many times the batch is clustered."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Cluster and choose."""
        del state
        first = top(margins(pool.proba), pool.tie_keys, min(self.factor * n, pool.candidates.size))
        return k_means_batch(pool, pool.features, n, weights=first.utilities, keep=first.candidates)


class Clue(Strategy):
    """The candidates nearest to the centres of k-means clusters in which rows weigh their uncertainty.

    The utility is minus the distance to the centre.
    """

    name: ClassVar[str] = "clue"
    family: ClassVar[str] = "hybrid"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA, Need.EMBEDDING})
    complexity: ClassVar[str] = "O(n d b) an iteration"
    main: ClassVar[str | None] = "uncertainty"
    reference: ClassVar[str] = (
        "Prabhu, Chandrasekaran, Saenko, Hoffman, 2021, Active domain adaptation via clustering"
        " uncertainty-weighted embeddings"
    )

    uncertainty: Measure = "entropy"
    """What a row weighs."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Cluster and choose."""
        del state
        weights = np.maximum(UNCERTAINTY[self.uncertainty](pool.proba), 0)
        return k_means_batch(pool, pool.embedding, n, weights=weights)


class DropQuery(Strategy):
    """k-means of the candidates whose predicted class changes when features are dropped.

    Of ``samples`` predictions with a random share ``rate`` of the features set to 0, more than half must
    differ from the prediction without; if fewer candidates than a batch do so, the most changeable are
    taken. They are clustered into n clusters; the ones nearest to the centres are taken, with minus that
    distance as utility.
    """

    name: ClassVar[str] = "drop_query"
    family: ClassVar[str] = "hybrid"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.PROBA, Need.EMBEDDING})
    complexity: ClassVar[str] = "O(n d (samples + b)) and as many predictions"
    reference: ClassVar[str] = (
        "Gupte, Aklilu, Nirschl, Yeung-Levy, 2024, Revisiting active learning in the era of vision foundation"
        " models"
    )

    rate: float = Field(default=0.75, gt=0, lt=1)
    """Share of the features that is dropped."""
    samples: int = Field(default=3, ge=1)
    """Predictions with dropped features."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Predict, cluster and choose."""
        del state
        rates = np.zeros(pool.candidates.size)
        if pool.model is not None:
            X = pool.features[pool.candidates]
            kept = (pool.rng.random(X.shape, dtype=np.float32) >= self.rate for _ in range(self.samples))
            rates = changed_shares(pool.model.predict, X, kept)
        n_kept = max(n, int((rates > 1 / 2).sum()))
        keep = top(rates, pool.tie_keys, n_kept).candidates
        return k_means_batch(pool, pool.embedding, n, keep=keep)


class RepresentativeSampling(Strategy):
    """From each of as many clusters of the candidates the member nearest to the mean of the cluster.

    With k-means it differs from the strategy of that name where the row nearest to a centre belongs to
    another cluster. The utility is minus the distance to the mean.
    """

    name: ClassVar[str] = "representative_sampling"
    family: ClassVar[str] = "diversity"
    complexity: ClassVar[str] = "O(n d b) an iteration; ward: O(n^2 d)"
    main: ClassVar[str | None] = "clustering"
    reference: ClassVar[str] = "Nguyen, Smeulders, 2004, Active learning using pre-clustering"

    clustering: Literal["k_means", "ward"] = "k_means"
    """k_means, or hierarchical with Ward's criterion, which needs memory for all pairs of candidates."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Cluster and choose.

        Raises
        ------
        StrategyError
            If there are too many candidates for ward.
        """
        del state
        X = pool.features[pool.candidates]
        if self.clustering == "k_means":
            labels = k_means(X, n, pool.rng).labels
        else:
            labels = cut(linkage(X, "ward", advice=" or wrap the strategy in random_subsampling"), n)
        return members_nearest_to_means(X, labels, pool.tie_keys, n)


def minibatch_centres(X: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Return the centres of mini-batch k-means."""
    from sklearn.cluster import MiniBatchKMeans

    seed = int(rng.integers(2**31))
    model = MiniBatchKMeans(n, n_init=1, batch_size=max(_MINIBATCH, 2 * n), random_state=seed)
    found: Floats = model.fit(X).cluster_centers_
    return found


def changed_shares(predict: Callable[[Floats], Rows], X: Floats, kept: Iterable[NDArray[np.bool_]]) -> Floats:
    """Return for each row the share of masks with which its predicted class differs from that without."""
    whole = predict(X)
    differ = [predict(X * mask) != whole for mask in kept]
    found: Floats = np.mean(differ, axis=0)
    return found


def members_nearest_to_means(X: Floats, labels: Rows, keys: Floats, n: int) -> Picks:
    """Take from each cluster in turn the member nearest to the cluster's mean, again and again to ``n``."""
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    utilities = np.empty(labels.size)
    for rows in members:
        gaps = X[rows] - X[rows].mean(axis=0)
        utilities[rows] = -np.sqrt(np.einsum("ij,ij->i", gaps, gaps))
    steps: list[tuple[int, float, int]] = []
    for i in cycle(range(len(members))):
        if len(steps) == n:
            break
        rows = members[i]
        if rows.size:
            place, n_tied = best(utilities[rows], keys[rows])
            steps.append((int(rows[place]), float(utilities[rows[place]]), n_tied))
            members[i] = np.delete(rows, place)
    return picks_of(*zip(*steps, strict=True))
