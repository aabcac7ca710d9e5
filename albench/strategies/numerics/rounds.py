"""What a strategy has computed about the labelled rows, kept from one round to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Rows

S = TypeVar("S")


class Kept(Generic[S]):
    """A state that knows the labelled rows.

    A batch is chosen on a copy, which is kept as the next state if the batch is labelled as it was chosen.

    Parameters
    ----------
    now : S
        The state while nothing is labelled.
    n_pool : int

    Attributes
    ----------
    now : S
    """

    def __init__(self, now: S, n_pool: int) -> None:
        self.now = now
        self._known = np.zeros(n_pool, np.bool_)
        self._picked: Rows = np.empty(0, np.intp)
        self._next = now

    def news(self, labelled: Rows) -> Rows:
        """Return the labelled rows that ``now`` does not know of."""
        new = labelled[~self._known[labelled]]
        self._known[new] = True
        if self._picked.size and self._known[self._picked].all():
            self.now = self._next
            new = np.setdiff1d(new, self._picked)
        self._picked = self._picked[:0]
        return new

    def foresee(self, picked: Rows, state: S) -> None:
        """Note the state that holds if the picked rows are labelled."""
        self._picked, self._next = picked, state
