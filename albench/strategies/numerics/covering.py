"""Greedy batches that cover a pool, over the rounds of a trial, for any definition of a cover."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from albench.ordering import Pick, build_picks
from albench.strategies.numerics.carried_state import CarriedState
from albench.strategies.numerics.lazy_greedy import LazyGreedy

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows
    from albench.ordering import Picks


class Cover(Protocol):
    """What is covered so far, and what rows would add to it; a gain never grows."""

    covered: Floats

    def add(self, rows: Rows) -> Rows:
        """Cover by rows; return the positions in ``covered`` that rose."""
        ...

    def compute_gains(self, rows: Rows) -> Floats:
        """Return what each row would add."""
        ...

    def compute_bounds(self, rows: Rows) -> Floats:
        """Return numbers that the gains do not exceed."""
        ...

    def compute_losses(self, rows: Rows, changed: Rows, before: Floats) -> Floats:
        """Return numbers that the losses of the gains, by the last addition, do not fall below."""
        ...


class CoverState(NamedTuple):
    """A cover and upper bounds of the gains of pool rows, infinite until they are computed."""

    cover: Cover
    bounds: Floats


def start_cover(cover: Cover, n_pool: int) -> CarriedState[CoverState]:
    """Return the memory of a trial."""
    return CarriedState(CoverState(cover, np.full(n_pool, np.inf)), n_pool)


def select_covering_batch(
    pool: PoolView, state: CarriedState[CoverState], n: int, *, scale: float = 1.0
) -> Picks:
    """Choose greedily what adds most to the cover; utilities are gains over ``scale``."""
    new = state.update(pool.labelled)
    cover, bounds = state.current
    if new.size:
        cover.add(new)
    rows = pool.candidates
    # Bounds are computed in the first round; later ones fall with the gains.
    unknown = rows[np.isinf(bounds[rows])]
    if unknown.size:
        bounds[unknown] = cover.compute_bounds(unknown)
    picks, after, lower = cover_greedily(cover, bounds[rows], pool, n, scale)
    bounds_after = bounds.copy()
    bounds_after[rows] = lower
    state.set_next(rows[picks.candidates], CoverState(after, bounds_after))
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
    scale : float
        Utilities are gains over it.
    """
    rows = pool.candidates
    with_picks = copy(cover)
    with_picks.covered = cover.covered.copy()
    lazy = LazyGreedy(bounds / scale, pool.tie_keys, lambda i: with_picks.compute_gains(rows[i]) / scale)
    picks: list[Pick] = []
    for _ in range(n):
        picks.append(lazy.pick_next())
        before = with_picks.covered.copy()
        changed = with_picks.add(rows[[picks[-1][0]]])
        lazy.lower_bounds(with_picks.compute_losses(rows, changed, before[changed]) / scale)
    return build_picks(picks), with_picks, lazy.bounds * scale
