"""Contract tests of a budget manager: it answers yes or no, and keeps the budget that it promises to keep."""

from __future__ import annotations

from functools import partial
from itertools import zip_longest
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.checking.contract_check import check_docstring, run_test
from albench.contracts import BudgetManager

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck
    from albench.contracts import Spending

_N_ROWS = 600
_STREAMS = {
    "every row is wanted": np.ones(_N_ROWS),
    "rows that differ": np.random.Generator(np.random.PCG64(0)).random(_N_ROWS),
    "no row is wanted, then every one": np.repeat([0.0, 1.0], _N_ROWS // 2),
}
_BUDGETS = (0.01, 0.1, 0.5, 1.0)
_LEAST = 0.5
"""Utility from which a strategy that sets its own threshold wants a row."""


def iterate_checks(manager: BudgetManager) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = type(manager)
    advice = "when there is budget"
    yield run_test("describes itself", partial(check_docstring, cls, BudgetManager, advice), cls)
    for name in _STREAMS:
        yield run_test(name, partial(_check_stream, manager, name), cls)
    yield run_test("keeps its memory in its spending", partial(_check_memory, manager), cls)


def _check_stream(manager: BudgetManager, name: str) -> str | None:
    for budget in _BUDGETS:
        first, second = (list(_decide(manager, name, budget)) for _ in range(2))
        if first != second:
            return f"at a budget of {budget} it decides otherwise on the same rows"
        n_bought = np.cumsum(first)
        allowed = np.array([ceil(budget * (t + 1)) + 1 for t in range(_N_ROWS)])
        if type(manager).promises and (is_above := n_bought > allowed).any():
            t = int(is_above.argmax())
            return (
                f"at a budget of {budget} it let {n_bought[t]} of {t + 1} rows be bought: 'promises' says"
                f" never more than {allowed[t]}"
            )
    return None


def _check_memory(manager: BudgetManager) -> str | None:
    """Let two trials run in turn, as they may in one process."""
    alone = list(_decide(manager, "rows that differ", 0.1))
    trials = _decide(manager, "rows that differ", 0.1), _decide(manager, "every row is wanted", 0.5)
    if [decision for decision, _ in zip_longest(*trials)] != alone:
        return (
            "it decides otherwise while another trial runs: what it remembers belongs to what open() returns"
        )
    return None


def _decide(manager: BudgetManager, name: str, budget: float) -> Iterator[bool]:
    spending = manager.open(budget)
    for utility in _STREAMS[name].tolist():
        answer = _ask(manager, spending, utility)
        spending.record(bought=answer)
        yield answer


def _ask(manager: BudgetManager, spending: Spending, utility: float) -> bool:
    answer: Any = spending.has_budget()
    if answer != spending.has_budget():
        raise ValueError("has_budget() changes its answer when it is asked twice: record() alone changes it")
    if type(manager).sets_threshold:
        answer = spending.is_worth_buying(utility)
    if not isinstance(answer, bool | np.bool_):
        raise TypeError(f"it answered {answer!r}: the answer is True or False")
    return bool(answer) and (type(manager).sets_threshold or utility >= _LEAST)
