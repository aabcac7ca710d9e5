from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Shared, Strategy
from albench.strategies.numerics.covering import CoverState, select_covering_batch, start_cover
from albench.strategies.numerics.neighbours import KNearest

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks
    from albench.strategies.numerics.carried_state import CarriedState

# Rounding of sums, by which a bound must not fall below the gain.
_SLACK = 1e-9


class FacilityLocation(Strategy):
    """Greedy facility location: the candidate that raises sum_x max_s sim(x, s) most.

    s runs over the labelled and the picked rows, x over the pool. sim(x, s) = exp(-||x - s||^2 / h^2) if s
    is x or one of its nearest neighbours, else 0; h is the median over the pool of the distance to the
    last of them. The utility is that rise.
    """

    name = "facility_location"
    family = "diversity"
    cost = "quadratic"
    complexity = "O(n^2 d) once for a split, then O(n k + b k^2), k neighbours"
    main = "neighbours"
    reference = "Wei, Iyer, Bilmes, 2015, Submodularity in data subset selection and active learning"

    neighbours: int = Field(default=50, ge=1)
    """Nearest neighbours that a row is similar to."""

    def shares(self) -> tuple[Shared, ...]:
        """Return the neighbours."""
        return (KNearest(k=self.neighbours),)

    def start(self, pool: PoolView) -> CarriedState[CoverState]:
        """Keep what is covered, and what candidates can add at most, over the rounds."""
        near = pool.shared[KNearest(k=self.neighbours)]
        return start_cover(SparseCover(near["rows"], near["distances"]), pool.n_rows)

    def select(self, pool: PoolView, state: CarriedState[CoverState], n: int) -> Picks:
        """Build the batch pick by pick."""
        return select_covering_batch(pool, state, n)


class SparseCover:
    """How well each row of a pool is covered, by similarity to its nearest neighbours alone.

    Parameters
    ----------
    neighbours : ndarray of shape (n, k), int
    distances : ndarray of shape (n, k)

    Attributes
    ----------
    covered : ndarray of shape (n,)
    """

    def __init__(self, neighbours: Rows, distances: Floats) -> None:
        from scipy.sparse import csr_array

        n, k = neighbours.shape
        width = np.median(distances[:, -1]) if k else 0.0
        near = np.exp(-((distances / width) ** 2)) if width > 0 else np.ones((n, k))
        columns = np.hstack([np.arange(n)[:, None], neighbours])
        similar = np.hstack([np.ones((n, 1)), near])
        starts = np.arange(0, n * (k + 1) + 1, k + 1)
        self._to = csr_array((similar.ravel(), columns.ravel(), starts), shape=(n, n))
        self._from = self._to.T.tocsr()
        self.covered = np.zeros(n)

    def add(self, rows: Rows) -> Rows:
        """Cover by rows; return those that are covered better now."""
        entries = self._from[rows]
        before = self.covered.copy()
        np.maximum.at(self.covered, entries.indices, entries.data)
        return np.flatnonzero(self.covered > before)

    def compute_gains(self, rows: Rows) -> Floats:
        """Return what each row would add to the sum of what is covered."""
        entries = self._from[rows]
        rise = np.maximum(entries.data - self.covered[entries.indices], 0)
        owner = np.repeat(np.arange(rows.size), np.diff(entries.indptr))
        return np.asarray(np.bincount(owner, weights=rise, minlength=rows.size), np.float64)

    compute_bounds = compute_gains

    def compute_losses(self, rows: Rows, changed: Rows, before: Floats) -> Floats:
        """Return numbers just below what gains of rows lost when the cover of some rows rose."""
        entries = self._to[changed]
        level = np.repeat(np.arange(changed.size), np.diff(entries.indptr))
        low, high = before[level], self.covered[changed][level]
        parts = np.clip(entries.data, low, high) - low
        losses = np.bincount(entries.indices, weights=parts, minlength=self.covered.size)
        # A little less, so that rounding never takes a bound below the gain.
        return np.asarray(losses[rows] * (1 - _SLACK), np.float64)
