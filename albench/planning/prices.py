"""Prices in a plan: what of them is part of a trial, what a seed set costs at least, how far money goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts import Need
from albench.datasets.prices import hash_prices
from albench.errors import SpecError
from albench.text import format_count, quote

if TYPE_CHECKING:
    from albench.contracts import Floats, Strategy
    from albench.datasets.facts import DatasetFacts
    from albench.spec.costs import Costs
    from albench.spec.experiment import Experiment


def find_money(experiment: Experiment) -> float | None:
    """Return the largest budget of money; None where budgets are labels."""
    return max((budget.value for budget in experiment.budgets if budget.kind == "money"), default=None)


def describe_prices(costs: Costs, facts: DatasetFacts, *, is_visible: bool) -> dict[str, Any] | None:
    """Return what of the prices a trial on a dataset depends on, for its key.

    Parameters
    ----------
    is_visible : bool
        Whether it depends on what is known before asking alone, as a strategy does that sees prices; then
        None where every label costs 1. Otherwise on all of them, as where money ends the trial.
    """
    values = costs.model_dump(mode="json")
    prices: dict[str, Any] = {"label": values["label"]}
    if facts.row_prices:
        prices["rows"] = hash_prices(facts.row_prices)
    if is_visible:
        return None if prices == {"label": 1.0} else prices
    classes = {name: values["classes"][name] for name in sorted(costs.classes) if name in facts.classes}
    fixed = {name: values[name] for name in ("batch", "round") if values[name]}
    return prices | ({"classes": classes} if classes else {}) | fixed


def sees_prices(strategy: Strategy) -> bool:
    """Say whether a strategy looks at what labels cost."""
    return Need.PRICES in strategy.required()


def check_money(experiment: Experiment) -> None:
    """Check that strategies and oracles are such that money can end their trials.

    Raises
    ------
    SpecError
        If a strategy looks at the number of labels that it will get; if the label of a row, and with it the
        price of its class, may change after the purchase.
    """
    for strategy in experiment.strategies:
        if strategy.component.looks_at_budget:
            text = "looks at the number of labels that it will get, which money does not tell"
            raise SpecError(f"strategy {quote(strategy.label)} {text}: write 'budgets' in labels")
    for oracle in experiment.oracles if experiment.costs.classes else ():
        if oracle.component.combines_rows():
            text = "changes labels after their purchase: prices of classes cannot be kept within money"
            raise SpecError(f"oracle {quote(oracle.label)} {text}; leave out 'classes' in 'costs'")


class DatasetPrices:
    """What labels of a dataset cost at least and on average.

    Parameters
    ----------
    least : float
        Least price of an answer of the oracles.
    """

    def __init__(self, costs: Costs, facts: DatasetFacts, least: float) -> None:
        self._costs, self._facts, self._least = costs, facts, least
        self._by_class = np.array([costs.classes.get(name, costs.label) for name in facts.classes])
        self._rows: Floats = np.sort(np.array(facts.row_prices or (0.0,)))

    def find_least(self, n_labels: int, n_batches: int) -> float:
        """Return what so many labels in so many batches cost at least, the rounds of training included."""
        # A refused label costs what any label does.
        label = min(self._by_class.min(), self._costs.label)
        rows = self._rows[:n_labels].sum() if self._facts.row_prices else 0.0
        fixed = n_batches * (self._costs.batch + self._costs.round)
        return float(self._least * (n_labels * label + rows) + fixed)

    def check_seed_size(self, money: float, seed_size: int) -> None:
        """Check that money buys a seed set and a label more."""
        least = self.find_least(seed_size + 1, 2 if seed_size else 1)
        if least > money * (1 + 1e-9):
            seeds = f"a seed set of {format_count(seed_size, 'label')} and one more label cost"
            what = seeds if seed_size else "one label costs"
            text = f"dataset {quote(self._facts.label)}: a budget of {money:g} of money buys nothing"
            raise SpecError(f"{text}: {what} at least {least:g}")

    def estimate_labels(self, money: float, *, seed_size: int, batch_size: int, n_pool: int) -> int:
        """Return about how many labels money buys, of rows and classes as they come."""
        counts = np.array(self._facts.class_counts)
        label = float(self._by_class @ counts / counts.sum() + self._rows.mean())
        fixed = self._costs.batch + self._costs.round
        rest, price = money - seed_size * label - fixed, label + fixed / batch_size
        n = seed_size + (rest / price if price else n_pool)
        return int(np.clip(n, min(seed_size + 1, n_pool), n_pool))
