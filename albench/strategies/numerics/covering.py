"""A greedy cover of a pool over the rounds of a trial, whatever covering means."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from albench.strategies.numerics.greedy import LazyGreedy, greedy_batch
from albench.strategies.numerics.rounds import Kept

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks


class Cover(Protocol):
    """What is covered so far, and what rows would add to it; a gain never grows."""

    covered: Floats

    def add(self, rows: Rows) -> Rows:
        """Cover by rows; return the positions in ``covered`` that rose."""
        ...

    def gains(self, rows: Rows) -> Floats:
        """Return what each row would add."""
        ...

    def bounds(self, rows: Rows) -> Floats:
        """Return numbers that the gains do not exceed."""
        ...

    def losses(self, rows: Rows, changed: Rows, before: Floats) -> Floats:
        """Return numbers that the losses of the gains, by the last addition, do not fall below."""
        ...


class Progress(NamedTuple):
    """A cover and upper bounds of the gains of pool rows, infinite where they are not known yet."""

    cover: Cover
    bounds: Floats


def start(cover: Cover, n_pool: int) -> Kept[Progress]:
    """Return the memory of a trial."""
    return Kept(Progress(cover, np.full(n_pool, np.inf)), n_pool)


def cover_batch(pool: PoolView, state: Kept[Progress], n: int, *, scale: float = 1.0) -> Picks:
    """Choose greedily what adds most to the cover; utilities are gains over ``scale``."""
    new = state.news(pool.labelled)
    cover, bounds = state.now
    if new.size:
        cover.add(new)
    rows = pool.candidates
    unknown = rows[np.isinf(bounds[rows])]
    if unknown.size:
        bounds[unknown] = cover.bounds(unknown)
    picks, after, lower = cover_greedily(cover, bounds[rows], pool, n, scale)
    bounds_after = bounds.copy()
    bounds_after[rows] = lower
    state.foresee(rows[picks.candidates], Progress(after, bounds_after))
    return picks


def cover_greedily(
    cover: Cover, bounds: Floats, pool: PoolView, n: int, scale: float
) -> tuple[Picks, Cover, Floats]:
    """Return the batch, the cover with it, and bounds of the gains of the candidates after it.

    Parameters
    ----------
    cover : Cover
        Of the labelled rows; not changed.
    bounds : ndarray of shape (n_candidates,)
        Numbers that the gains of the candidates do not exceed.
    pool : PoolView
    n : int
    scale : float
        Utilities are gains over it.
    """
    rows = pool.candidates
    with_picks = copy(cover)
    with_picks.covered = cover.covered.copy()
    lazy = LazyGreedy(bounds / scale, pool.tie_keys, lambda some: with_picks.gains(rows[some]) / scale)

    def step() -> tuple[int, float, int]:
        found = lazy.pick()
        before = with_picks.covered.copy()
        changed = with_picks.add(rows[[found[0]]])
        lazy.lower(with_picks.losses(rows, changed, before[changed]) / scale)
        return found

    return greedy_batch(step, n), with_picks, lazy.bounds * scale
