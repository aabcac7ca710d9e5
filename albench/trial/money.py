"""Money of a trial: what its labels cost, what a batch may cost, when nothing more can be bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.datasets.prices import price_labels
from albench.errors import TrialError
from albench.spec.costs import Costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats
    from albench.prepared.split_arrays import SplitArrays
    from albench.trial.history import QueriedBatch
    from albench.trial.oracle_answers import OracleAnswers
    from albench.trial.records import TrialTask

# Sums of prices are rounded: what is dearer by less than this share of the money is not dearer.
_SAME = 1e-9


def show_prices(task: TrialTask, arrays: SplitArrays) -> Floats:
    """Return what each label of the pool costs as far as that is known before it is asked for.

    The price of its row, and of any label; what its class costs, the answer alone says.
    """
    costs, rows = _read_costs(task), _get_row_prices(task, arrays)
    prices = np.full(arrays.pool_labels.size, costs.label)
    return prices if rows is None else prices + rows


class MoneyBudget:
    """What a trial may spend on labels and training."""

    def __init__(self, task: TrialTask, arrays: SplitArrays, answers: OracleAnswers) -> None:
        costs = _read_costs(task)
        self.money = float(task.identity.money or 0)
        self._rows = arrays.pool_rows
        rows = _get_row_prices(task, arrays)
        self._prices = answers.costs * price_labels(costs, task.classes, answers.given_labels, rows)
        # Paid for every batch, however small: for asking, and for the round of training that follows.
        self._fixed = costs.batch + costs.round
        self._left = self.money * (1 + _SAME)
        self._is_cut = self._has_bought = False
        self.notes: list[str] = []

    def can_buy(self, is_queried: NDArray[np.bool_]) -> bool:
        """Say whether the cheapest label that is left can be paid; never after a batch that was cut.

        Before anything is bought it is tried, whatever it costs: a trial without a label has failed.
        """
        if not self._has_bought:
            return True
        cheapest = self._prices[~is_queried].min(initial=np.inf)
        return not self._is_cut and bool(self._fixed + cheapest <= self._left)

    def pay_seed_set(self, batch: QueriedBatch) -> QueriedBatch:
        """Pay for the seed set."""
        price = float(self._prices[batch.positions].sum()) + (self._fixed if batch.positions.size else 0.0)
        if price > self._left:
            raise TrialError(f"the seed set costs {price:g}, more than the whole budget of {self.money:g}")
        self._left -= price
        self._has_bought = bool(batch.positions.size)
        return batch

    def pay(self, batch: QueriedBatch, round_index: int) -> QueriedBatch:
        """Return the rows of a batch, in the order of the picks, before the first that cannot be paid.

        Raises
        ------
        TrialError
            If that leaves a trial without any label.
        """
        prices = self._prices[batch.positions]
        spent = self._fixed + np.cumsum(prices)
        n = int(np.searchsorted(spent, self._left, side="right"))
        self._is_cut = n < prices.size
        if self._is_cut and prices[n] > self.money * (1 + _SAME):
            self.notes.append(
                f"the batch of round {round_index} ends before row {self._rows[batch.positions[n]]}, which "
                f"costs {prices[n]:g}, more than the whole budget of {self.money:g}"
            )
        if not n and not self._has_bought:
            whole = f"more than the whole budget of {self.money:g}"
            raise TrialError(f"the first row to be asked for costs {spent[0]:g}, {whole}")
        if n:
            self._left -= float(spent[n - 1])
            self._has_bought = True
        return batch.take_first(n)


def _read_costs(task: TrialTask) -> Costs:
    prices = task.identity.prices or {"label": 1.0}
    return Costs.model_validate({name: value for name, value in prices.items() if name != "rows"})


def _get_row_prices(task: TrialTask, arrays: SplitArrays) -> Floats | None:
    if "rows" not in (task.identity.prices or {}):
        return None
    if arrays.pool_prices is None:
        raise TrialError("the arrays of the split lack the prices of rows")
    return arrays.pool_prices
