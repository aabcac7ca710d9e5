from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import Shared, Strategy
from albench.ordering import Pick, best, build_picks
from albench.strategies.numerics.carried_state import CarriedState
from albench.strategies.numerics.k_means_clustering import k_means
from albench.strategies.numerics.linear_algebra import centre_if_far
from albench.strategies.numerics.pairs import iterate_tiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks

_BLOCK = 256
_EQUAL = 1e-10


class Balls(Shared):
    """A radius, and how many rows of the pool lie within it of each row: ``radius`` and ``counts``.

    Distances that equal the radius to ten digits are within it.
    """

    identity_name = "albench.strategies.prob_cover.Balls"

    radius: float | None
    """None to find it."""
    purity: float
    """Share of the balls that must hold rows of one pseudo-class."""
    n_clusters: int | None
    """Pseudo-classes; None for the dataset's number of classes."""

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Find the radius if need be, and count."""
        radius = self.radius
        if radius is None:
            n_clusters = min(self.n_clusters or n_classes, features.shape[0])
            labels = k_means(features, n_clusters, rng).labels
            radius = find_largest_radius(compute_distances_to_others(features, labels), self.purity)
        counts = np.zeros(features.shape[0], np.int32)
        for tile in iterate_tiles(features):
            inside = is_within(tile.squared, radius)
            counts[tile.rows] += inside.sum(axis=1, dtype=np.int32)
            if tile.mirrored:
                counts[tile.columns] += inside.sum(axis=0, dtype=np.int32)
        return {"radius": np.array(radius), "counts": counts}


class ProbCover(Strategy):
    """The candidate whose ball of radius delta holds the most rows that no ball of a labelled row holds.

    The utility is that number of rows. Unless it is given, delta is the largest radius for which at least a
    share ``purity`` of all balls hold rows of a single k-means cluster; it has a closed form: just below a
    quantile of the distances to the nearest row of another cluster.
    """

    name = "prob_cover"
    family = "diversity"
    cost = "quadratic"
    complexity = "O(n^2 d) once for a split, then O(n d) a row that becomes covered"
    main = "delta"
    reference = "Yehuda, Dekel, Hacohen, Weinshall, 2022, Active learning through a covering lens"

    delta: float | None = Field(default=None, gt=0)
    """Radius of the balls; by default found from the purity."""
    purity: float = Field(default=0.95, gt=0, lt=1)
    """Share of the balls that must be pure, where delta is not given."""
    n_clusters: int | None = Field(default=None, ge=1)
    """Clusters that purity is measured by; by default as many as the dataset has classes."""

    def shares(self) -> tuple[Shared, ...]:
        """Return the balls."""
        return (Balls(radius=self.delta, purity=self.purity, n_clusters=self.n_clusters),)

    def start(self, pool: PoolView) -> CarriedState[BallCover]:
        """Keep what is covered, and how much each ball would add, over the rounds."""
        balls = pool.shared[self.shares()[0]]
        cover = BallCover(pool.features, float(balls["radius"]), balls["counts"])
        return CarriedState(cover, pool.n_rows)

    def select(self, pool: PoolView, state: CarriedState[BallCover], n: int) -> Picks:
        """Build the batch pick by pick."""
        new = state.update(pool.labelled)
        state.current.add(new)
        batch = state.current.clone()
        chosen: list[int] = []
        picks: list[Pick] = []
        for _ in range(n):
            gains = batch.gains[pool.candidates].astype(np.float64)
            gains[chosen] = -np.inf
            pick, n_tied = best(gains, pool.tie_keys)
            chosen.append(pick)
            batch.add(pool.candidates[[pick]])
            picks.append((pick, float(gains[pick]), n_tied))
        state.set_next(pool.candidates[chosen], batch)
        return build_picks(picks)


class BallCover:
    """Which rows lie in the ball of a chosen row, and how many others each ball would add.

    Parameters
    ----------
    features : ndarray of shape (n, d)
    counts : ndarray of shape (n,), int
        Rows in each ball.

    Attributes
    ----------
    covered : ndarray of shape (n,), bool
    gains : ndarray of shape (n,), int
    """

    def __init__(self, features: Floats, radius: float, counts: NDArray[np.int32]) -> None:
        self._features, self._radius = centre_if_far(features), radius
        self._norms = np.einsum("ij,ij->i", self._features, self._features)
        self.covered = np.zeros(counts.size, np.bool_)
        self.gains = counts.copy()

    def add(self, rows: Rows) -> None:
        """Cover by the balls of rows; each row of the pool costs something once, when it becomes covered."""
        for inside in self._iterate_inside(rows):
            new = np.flatnonzero(inside.any(axis=0) & ~self.covered)
            self.covered[new] = True
            for around in self._iterate_inside(new):
                self.gains -= around.sum(axis=0, dtype=np.int32)

    def clone(self) -> BallCover:
        """Return a copy that can be added to without changing this one."""
        other = copy(self)
        other.covered, other.gains = self.covered.copy(), self.gains.copy()
        return other

    def _iterate_inside(self, rows: Rows) -> Iterator[NDArray[np.bool_]]:
        for first in range(0, rows.size, _BLOCK):
            block = rows[first : first + _BLOCK]
            squared = (-2 * self._features[block]) @ self._features.T
            squared += self._norms
            squared += self._norms[block, None]
            yield is_within(squared, self._radius)


def is_within(squared: Floats, radius: float) -> NDArray[np.bool_]:
    """Return where a squared distance is within a radius."""
    inside: NDArray[np.bool_] = squared <= radius * radius * (1 + _EQUAL)
    return inside


def compute_distances_to_others(features: Floats, labels: Rows) -> Floats:
    """Return the distance of each row to the nearest row with another label; infinite if there is none."""
    nearest = np.full(labels.size, np.inf)
    for tile in iterate_tiles(features):
        tile.squared[labels[tile.rows, None] == labels[tile.columns]] = np.inf
        nearest[tile.rows] = np.minimum(nearest[tile.rows], tile.squared.min(axis=1))
        if tile.mirrored:
            nearest[tile.columns] = np.minimum(nearest[tile.columns], tile.squared.min(axis=0))
    distances: Floats = np.sqrt(nearest)
    return distances


def find_largest_radius(nearest: Floats, purity: float) -> float:
    """Return a radius just below the largest for which a share ``purity`` of rows have no other within it.

    Parameters
    ----------
    nearest : ndarray of shape (n,)
        Distance of each row to the nearest row of another cluster.
    """
    n_impure = int((1 - purity) * nearest.size + _EQUAL)
    limit = np.partition(nearest, n_impure)[n_impure]
    # Without a second cluster every radius is pure: one whose square is still finite.
    return float(limit * (1 - 10 * _EQUAL)) if np.isfinite(limit) else float(np.finfo(np.float64).max ** 0.25)
