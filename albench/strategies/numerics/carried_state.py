"""State that a strategy carries from one round to the next, computed from the labelled rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Rows

S = TypeVar("S")


class CarriedState(Generic[S]):
    """A state of the labelled rows, brought up to date once a round.

    A batch is chosen on a copy, which becomes the state if the batch is labelled as it was chosen.

    Parameters
    ----------
    now : S
        The state while nothing is labelled.
    """

    def __init__(self, now: S, n_pool: int) -> None:
        self.current = now
        self._is_labelled = np.zeros(n_pool, np.bool_)
        self._picked: Rows = np.empty(0, np.intp)
        self._next = now

    def update(self, labelled: Rows) -> Rows:
        """Take over the state of the last batch; return the labelled rows that are not in ``current``."""
        new = labelled[~self._is_labelled[labelled]]
        self._is_labelled[new] = True
        # Of a batch with refused rows, the copy holds rows that are not labelled.
        if self._picked.size and self._is_labelled[self._picked].all():
            self.current = self._next
            new = np.setdiff1d(new, self._picked)
        self._picked = self._picked[:0]
        return new

    def set_next(self, picked: Rows, state: S) -> None:
        """Set the state that holds if the picked rows are labelled."""
        self._picked, self._next = picked, state
