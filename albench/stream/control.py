"""Random sampling of as many labels as a strategy has bought of the same stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts.stream import Decider, Spending

if TYPE_CHECKING:
    from albench.contracts import Rows
    from albench.contracts.stream import ArrivingRow


class ChosenRows(Decider):
    """Buys rows that were chosen before the first one arrives.

    Parameters
    ----------
    rows : ndarray of shape (n_chosen,), int
        In ascending order.
    """

    def __init__(self, rows: Rows) -> None:
        # Of the buffer each number is made when it is needed.
        self._rows = iter(rows.data)
        self._next = next(self._rows, None)

    def decide(self, row: ArrivingRow, spending: Spending) -> bool:
        """Say whether the next row was chosen."""
        is_bought = spending.n_rows == self._next
        if is_bought:
            self._next = next(self._rows, None)
        spending.record(bought=is_bought)
        return is_bought


def choose_as_many(n_bought: int, n_rows: int, rng: np.random.Generator) -> ChosenRows:
    """Choose rows at random, without replacement, each as probable as any other."""
    return ChosenRows(np.sort(rng.choice(n_rows, n_bought, replace=False)))
