"""Random sampling of as many labels as a strategy has bought of the same stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts.stream import Decider, Spending

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts.stream import ArrivingRow


class ChosenRows(Decider):
    """Buys rows that were chosen before the first one arrives.

    Parameters
    ----------
    is_chosen : ndarray of shape (n,), bool
    """

    def __init__(self, is_chosen: NDArray[np.bool_]) -> None:
        # One byte a row, and as quickly looked at as a list, which takes eight.
        self._is_chosen = is_chosen.tobytes()

    def decide(self, row: ArrivingRow, spending: Spending) -> bool:
        """Say whether the next row was chosen."""
        is_bought = self._is_chosen[spending.n_rows] == 1
        spending.record(bought=is_bought)
        return is_bought


def choose_as_many(n_bought: int, n_rows: int, rng: np.random.Generator) -> ChosenRows:
    """Choose rows at random, without replacement, each as probable as any other."""
    is_chosen = np.zeros(n_rows, np.bool_)
    is_chosen[rng.choice(n_rows, n_bought, replace=False)] = True
    return ChosenRows(is_chosen)
