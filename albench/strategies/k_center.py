from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.contracts import Need, Strategy
from albench.ordering import Pick, Picks, best, build_picks, top
from albench.strategies.numerics.distances import NearestCentre, compute_nearest_squared

if TYPE_CHECKING:
    from albench.contracts import PoolView

_HEAD = 128
# With more new centres than this, distances of the whole pool are cheaper than those of head after head.
_PENDING = 64
# `best` looks as far for ties.
_TIE = 1e-10


class KCenter(Strategy):
    """Greedy k-center (core-set): the row farthest from its nearest labelled or picked row, one by one.

    The utility is that euclidean distance at the moment of the pick; it is infinite while nothing is
    labelled, when the first pick is a uniformly random row.
    """

    name = "k_center"
    family = "diversity"
    complexity = "O(n d b)"
    reference = (
        "Sener, Savarese, 2018, Active learning for convolutional neural networks: a core-set approach"
    )

    space: Literal["features", "embedding"] = "features"
    """What distances are measured in: the features, or the query model's representation of the pool."""
    one_shot: bool = False
    """Take the batch by the distance to the nearest labelled row alone, blind to what else is in it
    (relative distance)."""

    def required(self) -> frozenset[Need]:
        """Return what it needs: an embedding if that is its space."""
        return frozenset({Need.EMBEDDING} if self.space == "embedding" else ())

    def start(self, pool: PoolView) -> NearestCentre:
        """Keep the distances to the labelled rows over the rounds."""
        return NearestCentre(pool.features)

    def select(self, pool: PoolView, state: NearestCentre, n: int) -> Picks:
        """Build the batch pick by pick."""
        # An embedding changes with the model, so its distances cannot be kept.
        nearest = NearestCentre(pool.embedding) if self.space == "embedding" else state
        nearest.add_later(pool.labelled)
        if self.one_shot:
            nearest.update()
            return top(np.sqrt(nearest.squared[pool.candidates]), pool.tie_keys, n)
        farthest = FarthestRows(pool, nearest)
        return build_picks([farthest.pick_next() for _ in range(n)])


class FarthestRows:
    """A batch of farthest rows; picks are centres of this batch alone until they are labelled.

    Distances only fall: an old one is an upper bound. So only the candidates with the largest bounds (the
    head) are kept up to date, and the others looked at when their bounds reach the farthest of the head.
    """

    def __init__(self, pool: PoolView, nearest: NearestCentre) -> None:
        self._rows, self._keys, self._nearest = pool.candidates, pool.tie_keys, nearest
        self._picked: list[int] = []
        self._bounds = nearest.squared[pool.candidates]
        self._refill_head(_HEAD)

    def pick_next(self) -> Pick:
        """Take the farthest candidate; its utility is the distance."""
        # A bound as large as the farthest of the head may stand for a tie with it.
        while self._beyond > -np.inf and self._distances.max() * (1 - _TIE) <= self._beyond:
            self._refill_head(4 * self._head.size)
        place, n_tied = best(self._distances, self._head_keys)
        pick, distance = int(self._head[place]), float(self._distances[place])
        self._picked.append(pick)
        self._bounds[pick] = -np.inf
        picked = slice(place, place + 1)
        to_pick = compute_nearest_squared(self._X, self._norms, self._X[picked], self._norms[picked])
        np.minimum(self._distances, np.sqrt(to_pick), out=self._distances)
        self._distances[place] = -np.inf
        return pick, distance, n_tied

    def _refill_head(self, n: int) -> None:
        """Make the ``n`` candidates with the largest bounds the head."""
        pending = self._nearest.pending.size
        if pending > _PENDING or (pending and n > self._rows.size // 8):
            self._nearest.update()
            self._bounds = self._nearest.squared[self._rows]
            self._bounds[self._picked] = -np.inf
        left = self._rows.size - len(self._picked)
        if n < left:
            order = np.argpartition(self._bounds, -n - 1)
            self._head = np.sort(order[-n:])
            self._beyond = float(np.sqrt(self._bounds[order[-n - 1]]))
        else:
            self._head, self._beyond = np.flatnonzero(self._bounds >= 0), -np.inf
        self._head_keys = self._keys[self._head]
        self._X, self._norms = self._nearest.get_rows(self._rows[self._head])
        new = np.concatenate([self._nearest.pending, self._rows[self._picked]])
        to_new = compute_nearest_squared(self._X, self._norms, *self._nearest.get_rows(new))
        self._distances = np.sqrt(np.minimum(self._bounds[self._head], to_new))
