"""Fewer candidates for a strategy that is slow or has a weakness for outliers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field, model_validator

from albench.contracts import CostClass, Need
from albench.ordering import top
from albench.strategies.inner import Wrapper
from albench.strategies.pairs import centred

if TYPE_CHECKING:
    from typing import Self

    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks

_ANCHORS = 16


class Subsampling(Wrapper):
    """Base of wrappers that show the wrapped strategy a part of the candidates."""

    def among(self, pool: PoolView, state: Any, keep: Rows, n: int) -> Picks:
        """Let the wrapped strategy choose among the candidates at positions ``keep``, ascending."""
        picks = self.strategy.select(pool.among(keep), state, n)
        return picks._replace(candidates=keep[picks.candidates])


class RandomSubsampling(Subsampling):
    """The wrapped strategy on a random part of the candidates, drawn anew each round.

    What the wrapped strategy computes of the whole pool, once for a split, is not made smaller: cap the pool
    for that (split: max_pool).
    """

    name: ClassVar[str] = "random_subsampling"
    complexity: ClassVar[str] = "that of the wrapped strategy on the part that is kept"
    reference: ClassVar[str] = "Ertekin, Huang, Bottou, Giles, 2007, Learning on the border"

    share: float | None = Field(default=None, gt=0, le=1)
    """Part of the candidates that is kept; 0.1 if neither share nor size is given."""
    size: int | None = Field(default=None, ge=1)
    """How many candidates are kept, instead of a share."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.share is not None and self.size is not None:
            raise ValueError("give share or size, not both")
        return self

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Choose among the part, which is never smaller than the batch."""
        n_all = pool.candidates.size
        wanted = self.size if self.size is not None else int(np.ceil((self.share or 0.1) * n_all))
        keep = pool.rng.permutation(n_all)[: max(n, min(wanted, n_all))]
        return self.among(pool, state, np.sort(keep), n)


class Seals(Subsampling):
    """Similarity search: the wrapped strategy on the nearest neighbours of what is labelled.

    Each labelled row opens its ``neighbours`` nearest pool rows for good; a round chooses among what is
    open and not labelled. Where that is less than a batch, random rows fill it up.
    """

    name: ClassVar[str] = "seals"
    complexity: ClassVar[str] = "that of the wrapped strategy on what is open, and O(b n d)"
    reference: ClassVar[str] = (
        "Coleman, Chou, Katz-Samuels, Culatana, Bailis, Berg, Nowak, Sumbaly, Zaharia, Yalniz, 2022,"
        " Similarity search for efficient active learning and search of rare concepts"
    )

    neighbours: int = Field(default=100, ge=1)
    """Nearest rows that a labelled row opens."""

    def start(self, pool: PoolView) -> tuple[Opened, Any]:
        """Return what is open, and the memory of the wrapped strategy."""
        return Opened(pool.features, self.neighbours), self.strategy.start(pool)

    def select(self, pool: PoolView, state: tuple[Opened, Any], n: int) -> Picks:
        """Choose among the neighbours of the labelled rows."""
        opened, inner = state
        opened.add(pool.labelled)
        is_open = opened.mask[pool.candidates]
        missing = n - int(is_open.sum())
        if missing > 0:
            closed = np.flatnonzero(~is_open)
            is_open[pool.rng.permutation(closed)[:missing]] = True
        return self.among(pool, inner, np.flatnonzero(is_open), n)


class Opened:
    """The pool rows near a growing set of rows.

    Attributes
    ----------
    mask : ndarray of shape (n_pool,), bool
    """

    def __init__(self, features: Floats, neighbours: int) -> None:
        self._features = centred(features)
        self._squares = np.einsum("ij,ij->i", self._features, self._features)
        self._neighbours = min(neighbours, features.shape[0] - 1)
        self._known = np.zeros(features.shape[0], np.bool_)
        self.mask = np.zeros(features.shape[0], np.bool_)

    def add(self, rows: Rows) -> None:
        """Open the neighbours of rows; those that have been added cost nothing."""
        new = rows[~self._known[rows]]
        self._known[new] = True
        if self._neighbours < 1:
            return
        for row in new:
            distances = self._squares - 2 * (self._features @ self._features[row])
            distances[row] = np.inf
            self.mask[np.argpartition(distances, self._neighbours - 1)[: self._neighbours]] = True


class AnchorSubsampling(Subsampling):
    """The wrapped strategy on the candidates most like a few labelled rows of each class, the anchors.

    Each class gives up to ``anchors`` labelled rows, chosen far apart (k-means++). Each anchor fetches its
    ``neighbours`` most similar candidates (cosine); of what is fetched, the ``size`` candidates stay that
    are most similar to the anchors that fetched them, on average. Each round draws new anchors.
    """

    name: ClassVar[str] = "anchor_subsampling"
    cost: ClassVar[CostClass] = "linear"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LABELS, Need.EMBEDDING})
    complexity: ClassVar[str] = (
        "that of the wrapped strategy on the part that is kept, and O(A n d), A anchors"
    )
    reference: ClassVar[str] = "Lesci, Vlachos, 2024, AnchorAL: computationally efficient active learning"

    anchors: int = Field(default=10, ge=1)
    """Anchors of each class that is labelled."""
    neighbours: int = Field(default=50, ge=1)
    """Candidates that an anchor fetches."""
    size: int = Field(default=500, ge=1)
    """Candidates that stay."""

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Choose among the candidates near the anchors; all of them while they are no more than ``size``."""
        if self.size >= pool.candidates.size or not pool.labelled.size:
            return self.strategy.select(pool, state, n)
        directions = unit_rows(pool.embedding)
        near = directions[anchor_rows(directions[pool.labelled], pool, self.anchors)]
        similar = similarities(directions[pool.candidates], near, self.neighbours)
        fetched = int(np.isfinite(similar).sum())
        keep = top(similar, pool.tie_keys, max(n, min(self.size, fetched))).candidates
        return self.among(pool, state, np.sort(keep), n)


def unit_rows(X: Floats) -> Floats:
    """Return rows scaled to length 1; rows of zeros stay."""
    lengths = np.linalg.norm(X, axis=1, keepdims=True)
    found: Floats = np.divide(X, lengths, out=np.zeros(X.shape), where=lengths > 0)
    return found


def anchor_rows(directions: Floats, pool: PoolView, anchors: int) -> Rows:
    """Return pool positions of up to ``anchors`` labelled rows a class, spread by k-means++."""
    from sklearn.cluster import kmeans_plusplus

    found = []
    for code in range(pool.n_classes):
        rows = np.flatnonzero(pool.labels == code)
        if rows.size > anchors:
            seed = int(pool.rng.integers(2**31))
            spread = kmeans_plusplus(directions[rows], anchors, random_state=seed)[1]
            rows = rows[np.unique(spread)]
        found.append(pool.labelled[rows])
    return np.concatenate(found)


def similarities(candidates: Floats, anchors: Floats, neighbours: int) -> Floats:
    """Return each candidate's mean cosine to the anchors that fetch it; minus infinity if none does."""
    total, times = np.zeros(candidates.shape[0]), np.zeros(candidates.shape[0])
    last = max(candidates.shape[0] - neighbours, 0)
    for first in range(0, anchors.shape[0], _ANCHORS):
        for cosines in (candidates @ anchors[first : first + _ANCHORS].T).T:
            fetched = np.argpartition(cosines, last)[last:] if last else np.arange(cosines.size)
            total[fetched] += cosines[fetched]
            times[fetched] += 1
    found: Floats = np.divide(total, times, out=np.full(total.size, -np.inf), where=times > 0)
    return found
