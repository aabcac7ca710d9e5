from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.strategies.numerics.linear_algebra import centre_if_far
from albench.strategies.wrapper import Subsampling

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks


class Seals(Subsampling):
    """Similarity search: the wrapped strategy on the nearest neighbours of what is labelled.

    Each labelled row opens its ``neighbours`` nearest pool rows for good; a round chooses among what is
    open and not labelled. Where that is less than a batch, random rows fill it up.
    """

    name = "seals"
    complexity = "that of the wrapped strategy on what is open, and O(b n d)"
    reference = (
        "Coleman, Chou, Katz-Samuels, Culatana, Bailis, Berg, Nowak, Sumbaly, Zaharia, Yalniz, 2022,"
        " Similarity search for efficient active learning and search of rare concepts"
    )

    neighbours: int = Field(default=100, ge=1)
    """Nearest rows that a labelled row opens."""

    def start(self, pool: PoolView) -> tuple[OpenRows, Any]:
        """Return what is open, and the memory of the wrapped strategy."""
        return OpenRows(pool.features, self.neighbours), self.strategy.start(pool)

    def select(self, pool: PoolView, state: tuple[OpenRows, Any], n: int) -> Picks:
        """Choose among the neighbours of the labelled rows."""
        open_rows, inner = state
        open_rows.add(pool.labelled)
        is_open = open_rows.mask[pool.candidates]
        missing = n - int(is_open.sum())
        if missing > 0:
            others = np.flatnonzero(~is_open)
            is_open[pool.rng.permutation(others)[:missing]] = True
        return self.select_among(pool, inner, np.flatnonzero(is_open), n)


class OpenRows:
    """The pool rows near a growing set of rows.

    Attributes
    ----------
    mask : ndarray of shape (n_pool,), bool
    """

    def __init__(self, features: Floats, neighbours: int) -> None:
        self._features = centre_if_far(features)
        self._squares = np.einsum("ij,ij->i", self._features, self._features)
        self._neighbours = min(neighbours, features.shape[0] - 1)
        self._is_added = np.zeros(features.shape[0], np.bool_)
        self.mask = np.zeros(features.shape[0], np.bool_)

    def add(self, rows: Rows) -> None:
        """Open the neighbours of rows; those that have been added cost nothing."""
        new = rows[~self._is_added[rows]]
        self._is_added[new] = True
        if self._neighbours < 1:
            return
        for row in new:
            # The row's own square is left out: it changes no order.
            distances = self._squares - 2 * (self._features @ self._features[row])
            distances[row] = np.inf
            self.mask[np.argpartition(distances, self._neighbours - 1)[: self._neighbours]] = True
