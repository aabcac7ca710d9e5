"""Contract tests of a stopping rule: a number a round, and a decision from the numbers so far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from albench.checking.contract_check import check_docstring, make_read_only, run_test
from albench.contracts import Course, StoppingRule
from albench.contracts.conversion import convert_number
from albench.stopping.course import decide
from albench.stopping.observed_round import SeenRound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck
    from albench.contracts import Floats

_N_POOL, _BATCH = 60, 4
_METRIC = "accuracy"


@dataclass(frozen=True)
class _Situation:
    """A trial of some rounds; the model grows more certain by ``growth`` a round."""

    name: str
    n_classes: int = 2
    n_rounds: int = 12
    growth: float = 0.5
    has_proba: bool = True


_SITUATIONS = (
    _Situation("two classes"),
    _Situation("three classes", n_classes=3),
    _Situation("a model that is certain at once", growth=50.0),
    _Situation("a model that learns nothing", growth=0.0),
    _Situation("one round", n_rounds=1),
    _Situation("no row left without a label", n_rounds=_N_POOL // _BATCH),
)
_WITHOUT_PROBA = _Situation("a model without probabilities", has_proba=False)


def iterate_checks(rule: StoppingRule) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = type(rule)
    yield run_test("describes itself", partial(check_docstring, cls, StoppingRule, "when it stops"), cls)
    situations = _SITUATIONS if cls.needs_proba else (*_SITUATIONS, _WITHOUT_PROBA)
    complete = rule.with_metric(_METRIC)
    for situation in situations:
        yield run_test(situation.name, partial(_check_trial, complete, situation), cls)


def _check_trial(rule: StoppingRule, situation: _Situation) -> str | None:
    rounds = list(_make_rounds(situation))
    values = [_observe(rule, rounds) for _ in range(2)]
    if not np.array_equal(values[0], values[1], equal_nan=True):
        return "observe() gives other numbers for the same rounds: what it remembers belongs into start()"
    course = _make_course(rule, values[0], rounds)
    answers = [
        [decide(rule, course.until(i + 1)) for i in order]
        for order in (range(len(rounds)), reversed(range(len(rounds))))
    ]
    if answers[0] != answers[1][::-1]:
        return "stops() gives another answer for the same course: it decides from the course alone"
    return None


def _observe(rule: StoppingRule, rounds: list[SeenRound]) -> Floats:
    memory = rule.start()
    numbers = [convert_number(rule.observe(seen, memory), "observe()") for seen in rounds]
    return np.array([np.nan if number is None else number for number in numbers])


def _make_course(rule: StoppingRule, values: Floats, rounds: list[SeenRound]) -> Course:
    scores = np.linspace(0.5, 0.9, len(rounds))
    metric = getattr(rule, "metric", _METRIC)
    n_labels = np.array([seen.n_labels for seen in rounds])
    arrays = [make_read_only(array) for array in (values, n_labels, scores)]
    return Course(arrays[0], arrays[1], {metric: arrays[2]})


def _make_rounds(situation: _Situation) -> Iterator[SeenRound]:
    rng = np.random.Generator(np.random.PCG64(0))
    features = rng.standard_normal((_N_POOL, 3))
    weights = rng.standard_normal((3, situation.n_classes))
    order, labels = rng.permutation(_N_POOL), (features @ weights).argmax(axis=1)
    previous = None
    for number in range(1, situation.n_rounds + 1):
        labelled, candidates = np.sort(order[: number * _BATCH]), np.sort(order[number * _BATCH :])
        logits = situation.growth * number * (features @ weights)
        proba = np.exp(logits - logits.max(axis=1, keepdims=True))
        proba /= proba.sum(axis=1, keepdims=True)
        shown = proba[candidates] if situation.has_proba else np.empty((0, situation.n_classes))
        known = proba[labelled] if situation.has_proba else np.empty((0, situation.n_classes))
        batch = proba[order[number * _BATCH :][:_BATCH]] if number < situation.n_rounds else None
        before = None if previous is None or not situation.has_proba else previous[candidates]
        yield SeenRound(
            n_classes=situation.n_classes,
            n_labels=labelled.size,
            proba=make_read_only(shown),
            previous_predicted=None if before is None else make_read_only(before),
            batch_proba=None if batch is None or not situation.has_proba else make_read_only(batch),
            features=make_read_only(features),
            labelled=make_read_only(labelled),
            labels=make_read_only(labels[labelled]),
            predict_labelled=partial(make_read_only, known),
        )
        previous = proba.argmax(axis=1)
