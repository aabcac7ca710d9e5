"""Contract tests of a stream strategy: what it decides of rows as they arrive, within what may be spent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.checking.contract_check import check_docstring, make_read_only, run_test
from albench.contracts import (
    ArrivingRow,
    BudgetManager,
    Spending,
    StreamFacts,
    StreamStrategy,
    explain_misfit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck
    from albench.contracts import Floats

_N_ROWS, _DELAY = 240, 5


@dataclass(frozen=True)
class _Situation:
    """A stream; ``scale`` is how sure the learner is, from 0 for not at all."""

    name: str
    n_classes: int = 2
    n_features: int = 3
    scale: float = 1.0
    budget: float = 0.1
    are_equal: bool = False


_SITUATIONS = (
    _Situation("two classes"),
    _Situation("ten classes", n_classes=10),
    _Situation("one feature", n_features=1),
    _Situation("a learner that is certain of every row", scale=1000.0),
    _Situation("a learner that knows nothing", scale=0.0),
    _Situation("rows that are all equal", are_equal=True),
    _Situation("a budget of one row in a hundred", budget=0.01),
    _Situation("a budget of all rows", budget=1.0),
)


class _WatchedSpending(Spending):
    """A spending that notes what the manager answered about a row, and what was recorded of it."""

    def __init__(self, spending: Spending) -> None:
        super().__init__(spending.budget)
        self._spending = spending
        self.start_row()

    def start_row(self) -> None:
        """Forget the row before."""
        self.answer = False
        self.recorded: list[bool] = []

    def has_budget(self) -> bool:
        self.answer = self._spending.has_budget()
        return self.answer

    def is_worth_buying(self, utility: float) -> bool:
        if not np.isfinite(utility):
            raise ValueError(f"the utility of a row is {utility}: a manager needs a number")
        self.answer = self._spending.is_worth_buying(utility)
        return self.answer

    def record(self, *, bought: bool) -> None:
        super().record(bought=bought)
        self._spending.record(bought=bought)
        self.recorded.append(bought)


def iterate_checks(strategy: StreamStrategy) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = type(strategy)
    yield run_test("describes itself", partial(check_docstring, cls, StreamStrategy, "what it buys"), cls)
    yield run_test("goes with its budget manager", partial(_check_manager, strategy), cls)
    for situation in _SITUATIONS:
        yield run_test(situation.name, partial(_check_decisions, strategy, situation), cls)
    yield run_test("keeps its memory in its decider", partial(_check_memory, strategy), cls)


def _check_manager(strategy: StreamStrategy) -> str | None:
    manager: Any = strategy.get_published_manager()
    if not isinstance(manager, BudgetManager):
        return f"get_published_manager() returned {manager!r}, which is no budget manager"
    return explain_misfit(strategy, manager) or None


def _check_decisions(strategy: StreamStrategy, situation: _Situation) -> str | None:
    first, second = (list(_decide(strategy, situation, seed=0)) for _ in range(2))
    if first != second:
        return "it decides otherwise with a generator of the same seed: draw from the rng of begin() alone"
    return None


def _check_memory(strategy: StreamStrategy) -> str | None:
    """Let two trials run in turn, as they may in one process."""
    ours, theirs = _Situation(""), _Situation("", n_classes=3, n_features=2, scale=0.2)
    alone = list(_decide(strategy, ours, seed=0))
    in_turn = zip_longest(_decide(strategy, ours, seed=0), _decide(strategy, theirs, seed=1))
    if [decision for decision, _ in in_turn] != alone:
        return (
            "it decides otherwise while another trial runs: what it remembers belongs to what begin() returns"
        )
    return None


def _decide(strategy: StreamStrategy, situation: _Situation, seed: int) -> Iterator[bool]:
    """Let the strategy decide about each row."""
    facts = StreamFacts(situation.budget, situation.n_classes, situation.n_features)
    spending = _WatchedSpending(strategy.get_published_manager().open(situation.budget))
    decider = strategy.begin(facts, np.random.Generator(np.random.PCG64(seed)))
    n_members = strategy.count_members()
    bought: list[tuple[int, ArrivingRow]] = []
    for t, row in enumerate(_make_rows(situation, n_members)):
        while bought and bought[0][0] + _DELAY <= t:
            decider.observe_label(bought.pop(0)[1].features, t % situation.n_classes)
        spending.start_row()
        decision: Any = decider.decide(row, spending)
        if not isinstance(decision, bool | np.bool_):
            raise TypeError(f"decide() returned {decision!r}: it returns True or False")
        if decision and not spending.answer:
            raise ValueError(f"it bought row {t}, which the budget manager did not allow")
        if spending.recorded not in ([bool(decision)], [] if not decision else [True]):
            raise ValueError(
                f"of row {t} it decided {decision} and recorded {spending.recorded}: a row that is bought is"
                " recorded once, by spending.record(bought=True)"
            )
        if decision:
            bought.append((t, row))
        yield bool(decision)


def _make_rows(situation: _Situation, n_members: int) -> Iterator[ArrivingRow]:
    rng = np.random.Generator(np.random.PCG64(7))
    features = rng.standard_normal((_N_ROWS, situation.n_features))
    if situation.are_equal:
        features[:] = features[0]
    weights = rng.standard_normal((situation.n_features, situation.n_classes))
    others = weights + 0.3 * rng.standard_normal((max(n_members, 1), *weights.shape))
    for row in features:
        proba = _compute_softmax(situation.scale * (row @ weights))
        committee = make_read_only(_compute_softmax(situation.scale * (row @ others)))
        ask = (lambda _, answers=committee: answers) if n_members else None
        yield ArrivingRow(make_read_only(row), make_read_only(proba), ask)


def _compute_softmax(logits: Floats) -> Floats:
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    proba: Floats = weights / weights.sum(axis=-1, keepdims=True)
    return proba
