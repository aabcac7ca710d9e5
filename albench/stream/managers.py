"""Budget managers: whether a label may be bought now."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from math import floor

from pydantic import Field

from albench.contracts.stream import BudgetManager, Spending


class FixedBudget(BudgetManager):
    """Buys while fewer than the budget's share of all rows so far were bought: n_bought / t < budget.

    At no moment more than ``ceil(budget * t)`` labels are bought.
    """

    name = "fixed"
    promises = True
    reference = (
        "Ienco, Zliobaite, Pfahringer, 2014, High density-focused uncertainty sampling for active learning"
        " over evolving stream data"
    )

    def open(self, budget: float) -> Spending:
        """Return the counts of one trial."""
        return _CountedSpending(budget)


class _CountedSpending(Spending):
    def has_budget(self) -> bool:
        return self.n_bought / (self.n_rows + 1) < self.budget


class EstimatedBudget(BudgetManager):
    """Buys while the spending over a forgetting window is below the budget: u / window < budget.

    After each row ``u = u * (window - 1) / window + bought``. As published it may exceed the budget: nothing
    counts as spent before the first row, so that about ``window * -log(1 - budget)`` rows at the beginning
    can be bought one after the other; later u is below the budget before each purchase, not after it, which
    adds up to about ``t / (2 * window)`` labels.
    """

    name = "estimated"
    main = "window"
    reference = "Zliobaite, Bifet, Pfahringer, Holmes, 2014, Active learning with drifting streaming data"

    window: int = Field(default=100, ge=1)
    """Rows over which spending is forgotten."""

    def open(self, budget: float) -> Spending:
        """Return the estimate of one trial."""
        return _EstimatedSpending(budget, self.window)


class _EstimatedSpending(Spending):
    def __init__(self, budget: float, window: int) -> None:
        super().__init__(budget)
        self._window = window
        self._kept = (window - 1) / window
        self._spent = 0.0

    def has_budget(self) -> bool:
        return self._spent / self._window < self.budget

    def record(self, *, bought: bool) -> None:
        super().record(bought=bought)
        self._spent = self._spent * self._kept + bought


class BalancedQuantile(BudgetManager):
    """Balanced incremental quantile filter: buys what is among the most useful of the last rows.

    The threshold is the (1 - budget) quantile of the last utilities, lowered by ``range * left / tolerance``,
    where range is that of these utilities and left what the budget has left, ``budget * t - n_bought``. It
    may exceed the budget by up to about ``tolerance`` labels; where all utilities are equal their range is 0,
    and it buys every row.
    """

    name = "balanced_quantile"
    sets_threshold = True
    reference = "Kottke, Krempl, Spiliopoulou, 2015, Probabilistic active learning in datastreams"

    window: int = Field(default=100, ge=1)
    """How many utilities the quantile is of."""
    tolerance: int = Field(default=50, ge=1)
    """Labels above or below the budget that move the threshold by the whole range of utilities."""

    def open(self, budget: float) -> Spending:
        """Return the utilities of one trial."""
        return _QuantileSpending(budget, self.window, self.tolerance)


class _QuantileSpending(Spending):
    def __init__(self, budget: float, window: int, tolerance: int) -> None:
        super().__init__(budget)
        self._window = window
        self._tolerance = tolerance
        self._arrived: deque[float] = deque()
        self._sorted: list[float] = []

    def has_budget(self) -> bool:
        return True

    def is_worth_buying(self, utility: float) -> bool:
        if len(self._arrived) == self._window:
            oldest = self._arrived.popleft()
            del self._sorted[bisect_left(self._sorted, oldest)]
        self._arrived.append(utility)
        insort(self._sorted, utility)
        threshold = compute_quantile(self._sorted, 1 - self.budget)
        left = self.budget * (self.n_rows + 1) - self.n_bought
        spread = self._sorted[-1] - self._sorted[0]
        return utility >= threshold - spread * (left / self._tolerance)


def compute_quantile(values: list[float], share: float) -> float:
    """Return a quantile of ascending values, interpolated as ``numpy.quantile`` does, to the last bit."""
    place = (len(values) - 1) * share
    below = floor(place)
    low, high = values[below], values[min(below + 1, len(values) - 1)]
    weight = place - below
    if weight >= 0.5:  # noqa: PLR2004 - numpy adds from the nearer side
        return high - (high - low) * (1 - weight)
    return low + (high - low) * weight
