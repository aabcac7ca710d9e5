"""The rows that a strategy queries where nothing is labelled: seed sets that look at features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from albench.contracts import SeedSet
from albench.seed_sets.prefix import take_prefix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from albench.contracts import Floats, PoolView, Rows, SeedPool, Shared, Strategy


class StrategySeedSet(SeedSet):
    """The rows that a strategy queries from nothing, in the order of its picks."""

    looks_at_features = True
    strategy: ClassVar[type[Strategy]]
    """It looks at no model and at no label, and is taken with its defaults."""

    def get_batch_size(self, size: int) -> int:
        """Return how many rows it queries at a time: by default all of the seed set."""
        return size

    def shares(self) -> tuple[Shared, ...]:
        """Return what the strategy shares."""
        return self.strategy().shares()

    def choose_from(self, pool: SeedPool, size: int, rng: np.random.Generator) -> Rows:
        """Return the first ``size`` rows."""
        rows = query_from_nothing(self.strategy(), pool, size, self.get_batch_size(size), rng)
        return take_prefix(rows, size)


@dataclass(frozen=True, eq=False)
class UnlabelledPool:
    """The part of a ``PoolView`` that there is without a label: every class is as probable for every row.

    Attributes
    ----------
    features : ndarray of shape (n_pool, n_features)
    candidates, labelled : ndarray of int
        Rows that can still be chosen, rows that were chosen.
    """

    features: Floats
    n_classes: int
    round: int
    batch_size: int
    candidates: Rows
    labelled: Rows
    tie_keys: Floats
    rng: np.random.Generator
    shared: Mapping[Shared, Mapping[str, NDArray[Any]]]

    @property
    def n_rows(self) -> int:
        """Number of rows of the whole pool."""
        return int(self.features.shape[0])

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.features.shape[1])

    @property
    def proba(self) -> Floats:
        """Class probabilities of the candidates."""
        return np.full((self.candidates.size, self.n_classes), 1 / self.n_classes)


def query_from_nothing(
    strategy: Strategy, pool: SeedPool, size: int, batch_size: int, rng: np.random.Generator
) -> Rows:
    """Return pool positions, batch after batch, until there are ``size`` or the pool is used up.

    Parameters
    ----------
    rng : Generator
        Each batch has two generators of its own: for ties, and for the strategy.
    """
    n_pool, state = pool.labels.size, None
    chosen = np.zeros(n_pool, np.bool_)
    rows: list[Rows] = []
    for round_index in range(-(-min(size, n_pool) // max(batch_size, 1))):
        ties, draws = rng.spawn(2)
        candidates = np.flatnonzero(~chosen)
        view = cast(
            "PoolView",
            UnlabelledPool(
                features=pool.features,
                n_classes=len(pool.classes),
                round=round_index,
                batch_size=batch_size,
                candidates=candidates,
                labelled=np.flatnonzero(chosen),
                tie_keys=ties.random(candidates.size),
                rng=draws,
                shared=pool.shared,
            ),
        )
        if round_index == 0:
            state = strategy.start(view)
        picks = strategy.select(view, state, min(batch_size, candidates.size))
        rows.append(candidates[picks.candidates])
        chosen[rows[-1]] = True
    return np.concatenate(rows) if rows else np.empty(0, np.intp)
