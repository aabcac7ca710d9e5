"""Metrics of rare classes: numbers of imbalanced-learn and scikit-learn, null with a reason where undefined."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

import albench
from albench.checking.metrics import GivenOutputs
from albench.registry.lookup import get_builtin

GOLDEN = json.loads((Path(__file__).parent / "golden" / "imbalance.json").read_text(encoding="utf-8"))
NAMES = ("a", "b", "c")
SPEC = """
datasets: [{imbalanced_blobs: {n_rows: 300, weights: [9, 1]}}]
models: [gaussian_nb]
strategies: [margin, {balanced_acquisition: margin}]
metrics: [{found: {class: "1"}}, {found: {class: "0"}}, {weighted_error: {costs: {"1": 9}}}]
primary_metric: found_1
seed_sizes: 10
batch_sizes: 10
budgets: all
repeats: 1
execution: {n_jobs: 1, backend: inline}
"""


def make(name, **parameters):
    return get_builtin("metric", name).model_validate(parameters)


@pytest.mark.parametrize("case", GOLDEN["cases"])
def test_they_equal_imbalanced_learn_and_scikit_learn(case):
    outputs = GivenOutputs(
        np.array(case["labels"]), np.array(case["predicted"]), np.array(case["proba"]), NAMES
    )
    for name in ("recall", "precision", "f1"):
        scores = [make(name, **{"class": each}).score(outputs) for each in NAMES]
        assert scores == [None if value is None else pytest.approx(value) for value in case[name]]
    assert make("g_mean").score(outputs) == pytest.approx(case["g_mean"])
    # scikit-learn calls a constant's correlation 0; here it is undefined.
    assert make("mcc").score(outputs) in (None, pytest.approx(case["mcc"]))
    assert make("pr_auc", **{"class": "c"}).score(outputs) == (
        None if case["pr_auc"] is None else pytest.approx(case["pr_auc"])
    )
    costs = dict(zip(NAMES, GOLDEN["costs"], strict=True))
    assert make("weighted_error", costs=costs).score(outputs) == pytest.approx(case["weighted_error"])


def test_weighted_error_by_hand():
    # Two rows of c taken for a (20 each), one of c for b (5), one of a for c (1): 46 over 10 rows.
    labels, predicted = np.array([2, 2, 2, 0, 0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 2, 0, 0, 0, 1, 1, 1])
    outputs = GivenOutputs(labels, predicted, None, NAMES)
    assert make("weighted_error", costs={"c": {"a": 20, "b": 5}}).score(outputs) == pytest.approx(4.6)
    assert make("weighted_error", costs={"b": 1}).score(outputs) == pytest.approx(0.4)
    unknown = make("weighted_error", costs={"d": 3})
    assert unknown.score(outputs) is None
    assert unknown.explain_undefined(outputs) == "the dataset has no class 'd'"


def test_found_counts_what_was_queried_and_not_what_is_predicted():
    outputs = SimpleNamespace(classes=NAMES, pool=np.array([0, 0, 1, 1, 1, 1]), queried=np.array([0, 1]))
    assert make("found", **{"class": "b"}).score(outputs) == 0.25
    nowhere = make("found", **{"class": "c"})
    assert nowhere.score(outputs) is None
    assert nowhere.explain_undefined(outputs) == "the pool has no row of class 'c'"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return albench.run(SPEC, results=tmp_path_factory.mktemp("found"))


def test_found_is_the_share_of_the_pools_rows_in_every_round(results):
    for key in results.trials["key"]:
        queries = results.queries.filter(pl.col("key") == key)
        rounds = results.curves.filter(pl.col("key") == key).sort("round")
        n_there = queries.filter(pl.col("label_true") == 1).height
        shares = [
            queries.filter(pl.col("label_true") == 1, pl.col("round") <= each).height / n_there
            for each in rounds["round"]
        ]
        assert rounds["found_1"].to_list() == pytest.approx(shares)
    assert results.curves.group_by("key").agg(pl.col("found_1").last())["found_1"].unique().len() == 1
    assert results.references["found_1"].to_list() == [1.0]


def test_a_strategy_is_judged_by_what_it_found_as_by_any_other_metric(results):
    areas = dict(results.leaderboard().select("strategy", "area").iter_rows())
    assert areas["margin"] > areas["random"]
    assert areas["balanced_acquisition"] > areas["random"]
