"""`albench list models` and `albench show model`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from albench.cli import cli


def invoke(*arguments):
    result = CliRunner().invoke(cli, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_only_models_that_an_experiment_can_use_are_listed():
    listed = invoke("list", "models")
    assert listed.startswith("classification\n")
    assert "  logistic_regression " in listed
    assert "knn_regressor" not in listed + invoke("list") + invoke("list", "models", "--json")
    for model in json.loads(invoke("list", "models", "--json"))["models"].values():
        assert model["task"] == "classification"


def test_a_model_says_what_it_stands_for_and_what_it_answers():
    shown = invoke("show", "model", "svm_rbf")
    assert "estimator      sklearn.svm.SVC" in shown
    assert "probabilities  no: decision values" in shown
    assert "calibrated" in shown


@pytest.mark.parametrize(
    ("strategy", "advice"),
    [
        (
            "hierarchical_sampling",
            "cap the pool (split: max_pool): some work under random_subsampling is on all of it",
        ),
        ("prob_cover", "cap the pool (split: max_pool): some work under random_subsampling is on all of it"),
        ("typiclust", "random_subsampling around it, or cap the pool (split: max_pool)"),
        ("expected_error_reduction", "random_subsampling around it, or cap the pool (split: max_pool)"),
    ],
)
def test_a_strategy_says_what_helps_on_a_large_pool(strategy, advice):
    assert f"large pools    {advice}" in invoke("show", "strategy", strategy)


def test_a_strategy_of_linear_cost_needs_no_advice():
    assert "large pools" not in invoke("show", "strategy", "margin")


def test_a_model_says_what_it_needs():
    assert "needs          estimator" in invoke("show", "model", "self_training")
    assert "install        pip install 'albench[torch]'" in invoke("show", "model", "torch_mlp")
    assert "task           regression" in invoke("show", "model", "ridge")
