"""Strategies that speak of classes name them; where they mean a place, plan and page say which class it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import albench
from albench.checking.pools import find_hindrance, list_suitable_pools
from albench.errors import SpecError
from albench.spec.read import load_experiment_text
from albench.strategies.cost_sensitive import CostSensitive
from albench.strategies.relevance import Relevance
from albench.text import list_words

CLASSES = tuple(sorted(str(number) for number in range(1, 11)))  # 1, 10, 2, ..., 9


@pytest.fixture(scope="module")
def ten_classes(tmp_path_factory):
    """A table whose classes are the numbers 1 to 10, each where the feature of its number is large."""
    rng = np.random.default_rng(0)
    numbers = np.tile(np.arange(1, 11), 16)
    X = rng.normal(size=(numbers.size, 10)) + 6 * np.eye(10)[numbers - 1]
    lines = [",".join([*(f"{x:.4f}" for x in row), str(y)]) for row, y in zip(X, numbers, strict=True)]
    file = tmp_path_factory.mktemp("data") / "ten.csv"
    file.write_text("\n".join([",".join([*(f"f{i}" for i in range(10)), "y"]), *lines]), encoding="utf-8")
    return file


def load(file, strategies):
    return load_experiment_text(
        {
            "datasets": [{"csv": {"path": str(file), "target": "y"}, "label": "ten"}],
            "models": ["logistic_regression"],
            "strategies": strategies,
            "seed_sizes": 20,
            "seed_sets": "per_class",
            "batch_sizes": 5,
            "budgets": 25,
            "repeats": 1,
            "name": "ten",
            "execution": {"n_jobs": 1},
        },
    )


def test_a_relevant_class_is_hunted_by_its_name(ten_classes, tmp_path):
    strategies = [
        {"relevance": {"class": "1"}, "label": "named"},
        {"relevance": {"class": 1}, "label": "as a number"},
        {"relevance": 1, "label": "placed"},
        {"epsilon_greedy": {"strategy": {"relevance": {"class": "10"}}, "epsilon": 0.0}, "label": "within"},
    ]
    results = albench.run(load(ten_classes, strategies[:1]), results=tmp_path)
    bought = results.queries.join(results.trials.select("key", "strategy"), on="key")
    codes = bought.filter((bought["strategy"] == "named") & (bought["round"] > 0))["label_true"]
    assert codes.to_list() == [CLASSES.index("1")] * 5
    views = [FixedView(np.eye(10)[[0]]), FixedView(np.eye(10)[[1]])]
    for entry, code in zip(strategies, (0, 0, 1, 1), strict=True):
        component = load(ten_classes, [entry]).strategies[1].component
        component = component.inner()[0] if component.inner() else component
        assert [component.utilities(view, None)[0] for view in views] == [code == 0, code == 1]


class FixedView:
    """Probabilities of ten classes, as a round would show them."""

    classes = CLASSES

    def __init__(self, proba):
        self.proba = np.array(proba, dtype=float)
        self.n_classes = self.proba.shape[1]


def test_plan_and_page_say_which_class_a_place_is(ten_classes, tmp_path):
    costs = (1 - np.eye(10)).tolist()
    experiment = load(
        ten_classes,
        [
            {"relevance": 1, "label": "placed"},
            {"relevance": {}, "label": "by default"},
            {"relevance": {"class": "7"}, "label": "named"},
            {"gibbs_sampling": {"cost_sensitive": costs}, "label": "costs"},
            {"cost_sensitive": {"costs": costs, "classes": list(range(1, 11))}, "label": "named costs"},
        ],
    )
    order = "'1', '10', '2', '3', '4', '5', '6', '7', '8', '9' (sorted as text, not as numbers)"
    expected = (
        f"ten: placed: positive 1 is class '10' of {order}; {{class: '10'}} names it",
        f"ten: by default: relevant by default is class '9' of {order}; {{class: '9'}} names it",
        f"ten: costs: rows and columns of costs are {order}",
    )
    assert albench.plan(experiment, results=tmp_path).warnings == expected
    results = albench.run(experiment, results=tmp_path)
    page = results.report().read_text(encoding="utf-8").replace("&#39;", "'")
    for sentence in expected:
        assert sentence in page
    (check,) = [check for check in results.checks if check.code == "ALB007"]
    bought = results.queries.join(results.trials.select("key", "strategy"), on="key").filter(round=1)
    assert {CLASSES[code] for code in bought.filter(strategy="named")["label_true"]} == {"7"}
    by_random = {CLASSES[code] for code in bought.filter(strategy="random")["label_true"]}
    never = list_words([f"'{name}'" for name in CLASSES if name in by_random - {"7"}])
    assert f"named on ten (class {never})" in check.sentence


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (
            {"relevance": {"class": "11"}},
            "no class '11'; there are '1', '10', '2', '3', '4', '5', '6', '7', ...",
        ),
        ({"albl": ["margin", {"relevance": {"class": "spam"}}]}, "no class 'spam'; there are"),
        (
            {"cost_sensitive": {"costs": {"1": {"2": 1}, "2": {"1": 1}}}},
            "costs of 2 classes for a dataset of 10",
        ),
        ({"cost_sensitive": {"costs": {"1": {"b": 1}, "b": {"1": 1}}}}, "no class 'b'"),
    ],
)
def test_a_name_that_no_class_has_is_told_before_anything_runs(strategy, message, ten_classes, tmp_path):
    with pytest.raises(SpecError) as raised:
        albench.plan(load(ten_classes, [strategy]), results=tmp_path)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({"relevance": {"class": "benin"}}, "no class 'benin'; there are 'benign' and 'malignant'"),
        ({"relevance": "benign"}, "{class: 'benign'}"),
        ({"relevance": {"class": "benign", "positive": 0}}, "not both"),
        (
            {"cost_sensitive": {"costs": {"benign": {}, "malignant": {"benign": 5}}}},
            "lacks the cost of 'malignant'",
        ),
        ({"cost_sensitive": {"costs": [[0, 1], [5, 0]], "classes": ["benign", "benign"]}}, "different names"),
    ],
)
def test_a_wrong_name_is_a_mistake_of_the_spec(strategy, message):
    with pytest.raises(SpecError) as raised:
        load_experiment_text(
            {"datasets": "breast_cancer", "models": "knn", "strategies": [strategy], "budgets": 30},
        )
    assert message in str(raised.value)


def test_costs_by_name_are_those_of_the_matrix_in_the_datasets_order():
    numbers = [str(number) for number in range(1, 11)]
    by_number = np.random.default_rng(1).uniform(size=(10, 10))
    proba = np.random.default_rng(2).dirichlet(np.ones(10), 20)
    named = CostSensitive.model_validate(
        {
            "costs": {
                t: dict(zip(numbers, row, strict=True)) for t, row in zip(numbers, by_number, strict=True)
            }
        }
    )
    with_header = CostSensitive(costs=by_number.tolist(), classes=list(range(1, 11)))
    # The cost of the cheapest answer, one class after the other.
    expected = [
        min(
            sum(p[CLASSES.index(true)] * by_number[int(true) - 1, int(answer) - 1] for true in numbers)
            for answer in numbers
        )
        for p in proba
    ]
    assert_allclose(named.utilities(FixedView(proba), None), expected)
    assert_allclose(with_header.utilities(FixedView(proba), None), expected)
    assert named == with_header


def test_strategies_that_place_classes_keep_their_identity():
    assert Relevance().identity() == {"name": "relevance"}
    assert Relevance(positive=1).identity() == {"name": "relevance", "params": {"positive": 1}}
    costs = CostSensitive(costs=[[0, 1], [5, 0]])
    assert costs.identity() == {"name": "cost_sensitive", "params": {"costs": [[0.0, 1.0], [5.0, 0.0]]}}


def test_the_contract_tests_make_pools_that_have_the_named_class():
    strategy = Relevance.model_validate({"class": "spam"})
    pools = list_suitable_pools(strategy)
    assert all(find_hindrance(strategy, pool) == "" for pool in pools)
    assert "spam" in pools[0].build_task(strategy).classes
