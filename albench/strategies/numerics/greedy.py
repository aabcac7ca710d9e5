"""Greedy choice of a batch when gains only fall as it grows: evaluate late, choose exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.ordering import Picks, best

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

_HEAD = 512
_FIRST = 16
_TIE = 1e-10


class LazyGreedy:
    """Picks the candidate of largest gain, one by one, without evaluating all of them for each.

    A gain that was right some picks ago is an upper bound now. Only the candidates whose bound reaches the
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
        self._right = np.zeros(bounds.size, np.bool_)
        self._picked = np.zeros(bounds.size, np.bool_)
        self._left = bounds.size
        self._lead(_HEAD)

    def pick(self) -> tuple[int, float, int]:
        """Return the next pick, its gain, and the candidates tied with it (0 if none)."""
        n_evaluated = _FIRST
        while True:
            if not self._head.size:
                self._lead(_HEAD)
            head = self.bounds[self._head]
            largest = head.max()
            floor = largest - abs(largest) * _TIE if np.isfinite(largest) else largest
            if self._head.size < self._left and floor <= self._beyond:
                self._lead(4 * self._head.size)
                continue
            near = np.flatnonzero(head >= floor)
            if self._right[self._head[near]].all():
                return self._take(near, head)
            stale = np.flatnonzero(~self._right[self._head])
            rows = self._head[stale[_largest(head[stale], n_evaluated)]]
            self.bounds[rows] = self._evaluate(rows)
            self._right[rows] = True
            n_evaluated *= 2

    def lower(self, losses: Floats) -> None:
        """Lower all bounds by what gains lost at least, so that fewer need an evaluation."""
        self.bounds -= losses
        self._right[:] = False
        self._lead(_HEAD)

    def _lead(self, n: int) -> None:
        """Make the ``n`` largest bounds the head; note the largest bound beyond it."""
        n = min(n, self._left)
        self.bounds[self._picked] = -np.inf
        if n == self.bounds.size:
            self._head, self._beyond = np.arange(n), -np.inf
            return
        order = np.argpartition(self.bounds, self.bounds.size - n - 1)
        self._head = np.sort(order[-n:])
        self._beyond = float(self.bounds[order[-n - 1]])

    def _take(self, near: Rows, head: Floats) -> tuple[int, float, int]:
        place, n_tied = int(near[0]), 0
        if near.size > 1:
            first, n_tied = best(head[near], self._keys[self._head[near]])
            place = int(near[first])
        pick = int(self._head[place])
        self._head = np.concatenate([self._head[:place], self._head[place + 1 :]])
        self._picked[pick] = True
        self._left -= 1
        self._right[:] = False
        return pick, float(head[place]), n_tied


def greedy_batch(step: Callable[[], tuple[int, float, int]], n: int) -> Picks:
    """Return the picks of ``n`` steps, each giving a pick, its utility and how many were tied with it."""
    steps = [step() for _ in range(n)]
    return picks_of(*zip(*steps, strict=True))


def picks_of(chosen: tuple[int, ...], utilities: tuple[float, ...], n_tied: tuple[int, ...]) -> Picks:
    """Put together picks that were made one by one."""
    tied: NDArray[np.intp] = np.array(n_tied, np.intp)
    return Picks(np.array(chosen, np.intp), np.array(utilities, np.float64), tied > 0, int(tied.max()))


def _largest(values: Floats, n: int) -> Rows:
    if n >= values.size:
        return np.arange(values.size)
    return np.argpartition(values, values.size - n)[-n:]
