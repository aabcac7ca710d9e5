"""Greedy choice of a batch when gains only fall as it grows: evaluate late, choose exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.ordering import Pick, best

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.contracts import Floats, Rows

_HEAD = 512
_FIRST = 16
# `best` looks as far for ties.
_TIE = 1e-10


class LazyGreedy:
    """Picks the candidate of largest gain, one by one, without evaluating all of them for each.

    A gain that was exact some picks ago is an upper bound now. Only the candidates whose bound reaches the
    largest gain, or ties with it, are evaluated again; the pick and its ties are those of an evaluation of
    all.

    Parameters
    ----------
    bounds : ndarray of shape (n_candidates,)
        Upper bounds of the gains; the object's own from now on.
    keys : ndarray of shape (n_candidates,)
        Tie keys.
    evaluate : callable
        Gains of candidates (positions) now.

    Reference
    ---------
    Minoux, 1978, Accelerated greedy algorithms for maximizing submodular set functions.
    """

    def __init__(self, bounds: Floats, keys: Floats, evaluate: Callable[[Rows], Floats]) -> None:
        self.bounds = bounds
        self._keys = keys
        self._evaluate = evaluate
        self._is_exact = np.zeros(bounds.size, np.bool_)
        self._is_picked = np.zeros(bounds.size, np.bool_)
        self._n_left = bounds.size
        self._refill_head(_HEAD)

    def pick_next(self) -> Pick:
        """Return the next pick, its gain, and the candidates tied with it (0 if none)."""
        n_evaluated = _FIRST
        while True:
            if not self._head.size:
                self._refill_head(_HEAD)
            head = self.bounds[self._head]
            largest = head.max()
            floor = largest - abs(largest) * _TIE if np.isfinite(largest) else largest
            if self._head.size < self._n_left and floor <= self._beyond:
                self._refill_head(4 * self._head.size)
                continue
            near = np.flatnonzero(head >= floor)
            if self._is_exact[self._head[near]].all():
                return self._take(near, head)
            stale = np.flatnonzero(~self._is_exact[self._head])
            rows = self._head[stale[_find_largest(head[stale], n_evaluated)]]
            self.bounds[rows] = self._evaluate(rows)
            self._is_exact[rows] = True
            # Doubling: few evaluations where the first bounds are sharp, few calls where they are not.
            n_evaluated *= 2

    def lower_bounds(self, losses: Floats) -> None:
        """Lower all bounds by what gains lost at least, so that fewer need an evaluation."""
        self.bounds -= losses
        self._is_exact[:] = False
        self._refill_head(_HEAD)

    def _refill_head(self, n: int) -> None:
        """Make the ``n`` largest bounds the head, and keep the largest bound beyond it."""
        n = min(n, self._n_left)
        self.bounds[self._is_picked] = -np.inf
        if n == self.bounds.size:
            self._head, self._beyond = np.arange(n), -np.inf
            return
        order = np.argpartition(self.bounds, self.bounds.size - n - 1)
        self._head = np.sort(order[-n:])
        self._beyond = float(self.bounds[order[-n - 1]])

    def _take(self, near: Rows, head: Floats) -> Pick:
        place, n_tied = int(near[0]), 0
        if near.size > 1:
            first, n_tied = best(head[near], self._keys[self._head[near]])
            place = int(near[first])
        pick = int(self._head[place])
        self._head = np.concatenate([self._head[:place], self._head[place + 1 :]])
        self._is_picked[pick] = True
        self._n_left -= 1
        self._is_exact[:] = False
        return pick, float(head[place]), n_tied


def _find_largest(values: Floats, n: int) -> Rows:
    if n >= values.size:
        return np.arange(values.size)
    return np.argpartition(values, values.size - n)[-n:]
