"""Contract tests of a metric and of a signal: a number within bounds, and arrays that stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.checking.contract_check import check_docstring, make_read_only, run_test, soften
from albench.contracts import Metric, Signal
from albench.contracts.returned import check_score, check_signal
from albench.errors import TrialError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck
    from albench.contracts import Floats, Rows

_ROUNDING = 1e-9
_CLASSES = ("0", "1", "2")


class _Situation(NamedTuple):
    """A test part and what a model says of it."""

    name: str
    labels: Rows
    proba: Floats


@dataclass(frozen=True, eq=False)
class GivenOutputs:
    """Outputs of no model, as a metric sees them: read-only."""

    labels: Rows
    predicted: Rows
    given_proba: Floats | None
    classes: tuple[str, ...]

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def distribution(self) -> Floats:
        """Nine tenths of the true class, the rest of all alike."""
        return make_read_only(soften(self.labels, self.n_classes))

    @property
    def pool(self) -> Rows:
        """True class codes of the pool: there are the same rows in it."""
        return self.labels

    @property
    def queried(self) -> Rows:
        """True class codes of every other row of the pool."""
        return make_read_only(np.sort(self.labels)[::2])

    @property
    def proba(self) -> Floats:
        """Class probabilities."""
        if self.given_proba is None:
            raise TrialError("it asks for probabilities: set needs_proba to True")
        return self.given_proba

    @property
    def confusion(self) -> Rows:
        """Counts: true class by predicted class."""
        cells = np.bincount(self.labels * self.n_classes + self.predicted, minlength=self.n_classes**2)
        return make_read_only(cells.reshape(self.n_classes, self.n_classes))


def iterate_metric_checks(metric: Metric) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = type(metric)
    yield run_test("describes itself", partial(_check_description, metric), cls)
    for situation in _make_situations():
        yield run_test(situation.name, partial(_check_metric, metric, situation), cls)
    yield run_test("right answers score best", partial(_check_direction, metric), cls)


def iterate_signal_checks(signal: Signal) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = type(signal)
    yield run_test("describes itself", partial(check_docstring, cls, Signal, "what it measures"), cls)
    for situation in _make_situations():
        yield run_test(situation.name, partial(_check_signal, signal, situation), cls)


def _make_situations() -> list[_Situation]:
    rng = np.random.Generator(np.random.PCG64(0))
    pairs, triples = (rng.dirichlet(np.ones(n), size=60) for n in (2, 3))
    two, three = np.arange(60) % 2, np.arange(60) % 3
    return [
        _Situation("two classes", two, pairs),
        _Situation("three classes", three, triples),
        _Situation("all right and certain", three, np.eye(3)[three]),
        _Situation("all wrong and certain", three, np.eye(3)[(three + 1) % 3]),
        _Situation("the same probabilities for all", three, np.full((60, 3), 1 / 3)),
        _Situation("one class in the scored part", np.zeros(60, np.intp), triples),
        _Situation("a class that is not in the scored part", two, triples),
        _Situation("a class that is never predicted", three, triples * [1, 1, 0]),
        _Situation("one row", np.zeros(1, np.intp), triples[:1]),
    ]


def _build_outputs(metric: Metric, situation: _Situation, order: Rows | None = None) -> GivenOutputs:
    rows = np.arange(situation.labels.size) if order is None else order
    proba = situation.proba[rows] / situation.proba[rows].sum(axis=1, keepdims=True)
    return GivenOutputs(
        make_read_only(situation.labels[rows]),
        make_read_only(proba.argmax(axis=1)),
        make_read_only(proba) if type(metric).needs_proba else None,
        tuple(dict.fromkeys((*metric.speaks_of(), *_CLASSES)))[: proba.shape[1]],
    )


def _score(metric: Metric, outputs: GivenOutputs) -> float | None:
    return check_score(metric.score(outputs), metric)


def _check_description(metric: Metric) -> str | None:
    cls = type(metric)
    if not metric.column:
        return "the class needs a 'name': its column is called so"
    low, high = cls.bounds
    if high is not None and not low < high:
        return f"its bounds are {cls.bounds}: the lower one comes first"
    return check_docstring(cls, Metric, "what it measures, with the formula")


def _check_metric(metric: Metric, situation: _Situation) -> str | None:
    scores = [_score(metric, _build_outputs(metric, situation)) for _ in range(2)]
    if scores[0] != scores[1]:
        return f"two calls give {scores[0]} and {scores[1]}"
    reverse = np.arange(situation.labels.size)[::-1]
    reversed_score = _score(metric, _build_outputs(metric, situation, reverse))
    if (scores[0] is None) != (reversed_score is None):
        return "it depends on the order of the rows whether it is defined"
    if scores[0] is not None and reversed_score is not None and abs(scores[0] - reversed_score) > _ROUNDING:
        return f"its value depends on the order of the rows: {scores[0]:g}, and {reversed_score:g} reversed"
    return None


def _check_direction(metric: Metric) -> str | None:
    situations = {situation.name: situation for situation in _make_situations()}
    right, wrong = (
        _score(metric, _build_outputs(metric, situations[name]))
        for name in ("all right and certain", "all wrong and certain")
    )
    if right is None or wrong is None or right == wrong:
        return None
    if (right > wrong) != type(metric).greater_is_better:
        return (
            f"right answers score {right:g} and wrong ones {wrong:g}: greater_is_better says"
            f" {type(metric).greater_is_better}"
        )
    return None


def _check_signal(signal: Signal, situation: _Situation) -> str | None:
    proba = make_read_only(situation.proba / situation.proba.sum(axis=1, keepdims=True))
    for previous in (None, proba, make_read_only(proba[:, ::-1])):
        values = [check_signal(signal.measure(proba, previous), signal) for _ in range(2)]
        if values[0] != values[1]:
            return f"two calls give {values[0]} and {values[1]}"
    return None
