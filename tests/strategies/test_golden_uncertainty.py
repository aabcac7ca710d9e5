"""Uncertainty of one model: the numbers of six libraries."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import albench
from albench.errors import SpecError, StrategyError
from albench.ordering import top
from albench.spec.read import load_experiment_text
from albench.strategies.cost_sensitive import CostSensitive
from albench.strategies.relevance import Relevance
from albench.strategies.uncertainty import (
    DistanceToBoundary,
    Entropy,
    LeastConfident,
    Margin,
    RatioOfConfidence,
    find_two_largest,
)

STRATEGIES = {"least_confident": LeastConfident(), "margin": Margin(), "entropy": Entropy()}
FORMS = {"s": lambda s: s, "1 - s": lambda s: 1 - s, "1 + s": lambda s: 1 + s}


class FixedView:
    """Probabilities, as a round would show them."""

    def __init__(self, proba, decision=None):
        self.proba = np.array(proba)
        self.decision = decision
        self.n_classes = self.proba.shape[1]
        self.classes = tuple(map(str, range(self.n_classes)))


def test_every_case_of_the_libraries(golden):
    numbers = golden("uncertainty")
    seen = 0
    for case in numbers["cases"]:
        if case["strategy"] not in STRATEGIES or "note" in case:
            continue
        view = FixedView(numbers["probabilities"][case["case"]])
        utilities = STRATEGIES[case["strategy"]].utilities(view, None)
        name = f"{case['strategy']}, {case['library']}, {case['case']}"
        if "scores" in case:
            assert_allclose(
                utilities, FORMS[case["ours"]](np.array(case["scores"])), rtol=1e-9, atol=1e-12, err_msg=name
            )
        if "ranks" in case:
            assert_allclose(
                np.sort(utilities)[::-1], utilities[case["ranks"]], rtol=1e-9, atol=1e-12, err_msg=name
            )
        if "batch" in case:
            # Libraries differ in which of the tied they take; what they take is worth the same.
            best = top(utilities, np.arange(utilities.size) / utilities.size, 3).utilities
            assert_allclose(np.sort(utilities[case["batch"]]), np.sort(best), rtol=1e-9, err_msg=name)
        seen += 1
    assert seen == 49


def test_where_libact_gives_nan_we_give_zero_for_a_certain_row(golden):
    numbers = golden("uncertainty")
    wrong = [case for case in numbers["cases"] if "note" in case]
    assert len(wrong) == 2
    for case in wrong:
        proba = np.array(numbers["probabilities"][case["case"]])
        utilities = Entropy().utilities(FixedView(proba), None)
        assert np.isfinite(utilities).all()
        certain = proba.max(axis=1) == 1
        assert_array_equal(utilities[certain], 0)
        scores = np.array([np.nan if s is None else s for s in case["scores"]])
        assert_allclose(utilities[~np.isnan(scores)], scores[~np.isnan(scores)], rtol=1e-12)


def test_costs(golden):
    numbers = golden("uncertainty")
    cases = [case for case in numbers["cases"] if case["strategy"] == "cost_sensitive"]
    assert {case["measure"] for case in cases} == {"least_confident", "margin"}
    for case in cases:
        view = FixedView(numbers["probabilities"][case["case"]])
        strategy = CostSensitive(costs=numbers["costs"], measure=case["measure"])
        assert_allclose(strategy.utilities(view, None), case["scores"], rtol=1e-9, atol=1e-15)


def test_equal_costs_are_the_plain_strategies():
    proba = np.random.default_rng(0).dirichlet(np.ones(4), 30)
    costs = (1 - np.eye(4)).tolist()
    assert_allclose(
        CostSensitive(costs=costs).utilities(FixedView(proba), None),
        LeastConfident().utilities(FixedView(proba), None),
    )
    assert_allclose(
        CostSensitive(costs=costs, measure="margin").utilities(FixedView(proba), None),
        Margin().utilities(FixedView(proba), None) - 1,
    )


def test_costs_must_be_square_and_of_the_dataset():
    with pytest.raises(ValueError, match="square matrix"):
        CostSensitive(costs=[[0, 1, 2], [1, 0, 2]])
    with pytest.raises(StrategyError, match="costs of 2 classes for a dataset of 3"):
        CostSensitive(costs=[[0, 1], [1, 0]]).utilities(FixedView([[0.2, 0.3, 0.5]]), None)


def test_ratio_of_confidence():
    utilities = RatioOfConfidence().utilities(FixedView([[0.5, 0.3, 0.2], [1, 0, 0], [0.2, 0.4, 0.4]]), None)
    assert_allclose(utilities, [0.6, 0, 1])


def test_relevance_is_the_probability_of_the_positive_class():
    view = FixedView([[0.7, 0.3], [0.1, 0.9]])
    assert_allclose(Relevance().utilities(view, None), [0.3, 0.9])
    assert_allclose(Relevance(positive=0).utilities(view, None), [0.7, 0.1])
    with pytest.raises(StrategyError, match="positive is class 2, but there are 2"):
        Relevance(positive=2).utilities(view, None)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({"relevance": 3}, "positive is class 3, but there are 3, from 0"),
        ({"gibbs_sampling": {"cost_sensitive": [[0, 1], [5, 0]]}}, "costs of 2 classes for a dataset of 3"),
        ({"albl": ["margin", {"relevance": 9}]}, "positive is class 9, but there are 3, from 0"),
    ],
)
def test_a_strategy_of_other_classes_is_told_before_anything_runs(strategy, message, tmp_path):
    capped = {"iris": {"pool": {"max_pool": 90}}}
    spec = {"datasets": [capped], "models": "knn", "strategies": [strategy], "budgets": 30}
    with pytest.raises(SpecError, match=rf"strategy '{next(iter(strategy))}.*' on dataset '.*': {message}"):
        albench.plan(load_experiment_text(spec), results=tmp_path)


def test_distance_to_boundary_of_two_and_of_more_classes():
    binary = FixedView([[0.5, 0.5]], decision=np.array([-2.0, 0.5, 3.0]))
    assert_allclose(DistanceToBoundary().utilities(binary, None), [-2, -0.5, -3])
    many = FixedView([[0.5, 0.5]], decision=np.array([[1.0, 4.0, 2.5], [0.0, -1.0, 0.0]]))
    assert_allclose(DistanceToBoundary().utilities(many, None), [-1.5, 0])


@pytest.mark.parametrize("n_classes", [2, 3, 16, 17, 40])
def test_two_largest(n_classes):
    values = np.random.default_rng(n_classes).normal(size=(50, n_classes))
    ordered = np.sort(values, axis=1)
    first, second = find_two_largest(values)
    assert_array_equal(first, ordered[:, -1])
    assert_array_equal(second, ordered[:, -2])
