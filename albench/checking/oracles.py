"""Contract tests of an oracle: a class code or a refusal for each row, the same for the same stream."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.checking.contract_check import check_docstring, make_read_only, run_test, soften
from albench.contracts import REFUSED, Oracle
from albench.contracts.returned_answers import check_answers, check_combined
from albench.trial.oracle_answers import list_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck
    from albench.contracts import Annotations, BoughtAnswers, Rows

_NAMES = tuple("abcdefghij")
_COMPARED = ("names", "labels", "prices", "asked")


def iterate_checks(oracle: Oracle) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = type(oracle)
    yield run_test("describes itself", partial(check_docstring, cls, Oracle, "what it answers"), cls)
    # The classes that its parameters mean must be there, as in a plan.
    meant = tuple(dict.fromkeys((*oracle.speaks_of(), *_NAMES)))
    n_meant = max(2, len(oracle.speaks_of()))
    for name, labels, n_classes in (
        ("two classes", np.arange(60) % 2, n_meant),
        ("ten classes", np.arange(60) % 10, max(10, n_meant)),
        ("one class in the pool", np.zeros(30, np.intp), n_meant),
        ("one row", np.zeros(1, np.intp), n_meant),
    ):
        classes = meant[:n_classes]
        yield run_test(name, partial(_check_answers, oracle, labels, classes), cls)


def _check_answers(oracle: Oracle, labels: Rows, classes: tuple[str, ...]) -> str | None:
    def ask(seed: int) -> Annotations:
        rng = np.random.Generator(np.random.PCG64(seed))
        difficulty = make_read_only(np.linspace(0, 1, labels.size))
        extra: dict[str, Any] = {"difficulty": difficulty} if oracle.needs_difficulty() else {}
        recorded = {column: make_read_only(labels.copy()) for column in oracle.recorded_columns()}
        extra |= {"recorded": recorded} if recorded else {}
        shares = make_read_only(soften(labels, len(classes)))
        extra |= {"distribution": shares} if oracle.needs_distribution() else {}
        answers = oracle.answers(make_read_only(labels), classes, rng=rng, **extra)
        return check_answers(answers, oracle, labels.size, len(classes))

    def combine(bought: BoughtAnswers) -> Rows:
        given = oracle.combine_answers(bought, labels.size, classes)
        return check_combined(given, oracle, labels.size, len(classes))

    for seed in (0, 1):
        first, second = ask(seed), ask(seed)
        if not all(np.array_equal(getattr(first, of), getattr(second, of)) for of in _COMPARED):
            return "two calls with generators of one seed answer differently: draw from rng alone"
        bought = list_answers(first, np.arange(labels.size))
        if not np.array_equal(combine(bought), combine(bought)):
            return "combine_answers() gives two results for the same answers"
        if (combine(bought.select(bought.positions > 0))[:1] != REFUSED).any():
            return "combine_answers() gives a label to a row that nobody has answered"
    return None
