"""A plan says which models fail on as few labels as trials start from: those that fail when it is run."""

from __future__ import annotations

import re

import polars as pl
import pytest

import albench
from albench.spec.read import load_experiment_text

GRID = {
    "datasets": "iris",
    "models": [
        "knn",
        "linear_discriminant_analysis",
        "quadratic_discriminant_analysis",
        "logistic_regression_cv",
        "ridge_classifier_cv",
        {"bagging": {"estimator": "knn", "n_estimators": 2}},
    ],
    "strategies": "k_center",
    "seed_sizes": [3, 12],
    "batch_sizes": 5,
    "budgets": 17,
    "repeats": 1,
    "execution": {"n_jobs": 1},
}


def find_told(warnings):
    matches = [re.search(r"^'(.+)' cannot be fitted on the (\d+) labels", text) for text in warnings]
    return {(match[1], int(match[2])) for match in matches if match}


def test_what_the_plan_tells_is_what_fails_when_it_is_run(tmp_path):
    experiment = load_experiment_text(GRID, folder=tmp_path)
    warned = find_told(albench.plan(experiment, results=tmp_path / "results").warnings)
    trials = albench.run(experiment, results=tmp_path / "results").trials
    failed = trials.group_by("model", "seed_size").agg((pl.col("status") != "done").all())
    assert warned == {(model, n) for model, n, all_failed in failed.iter_rows() if all_failed}
    # 5 neighbours; more rows than classes; rows of a class in each of 5 folds.
    assert {("knn", 3), ("bagging", 3), ("linear_discriminant_analysis", 3)} <= warned
    assert {("logistic_regression_cv", 3), ("logistic_regression_cv", 12)} <= warned
    assert not warned & {("knn", 12), ("ridge_classifier_cv", 3), ("linear_discriminant_analysis", 12)}


def test_the_sentence_says_where_why_and_what_to_do(tmp_path):
    spec = {**GRID, "datasets": ["iris", "wine"], "models": "knn", "seed_sizes": 3}
    (warning,) = albench.plan(load_experiment_text(spec), results=tmp_path).warnings
    begin = "'knn' cannot be fitted on the 3 labels that trials on 'iris' and 'wine' start from: all of them would fail ("
    assert warning.startswith(begin)
    assert warning.endswith("); raise 'seed_sizes' or change the model")
    assert "n_neighbors" in warning


@pytest.mark.parametrize("changes", [{"seed_sizes": 5}, {"models": "gaussian_nb"}])
def test_nothing_is_said_where_nothing_fails(tmp_path, changes):
    spec = {**GRID, "models": "knn", "seed_sizes": 3, **changes}
    assert albench.plan(load_experiment_text(spec), results=tmp_path).warnings == ()


def test_by_chance_a_seed_set_may_do_and_nothing_is_said(tmp_path):
    spec = {**GRID, "models": "linear_discriminant_analysis", "seed_sizes": 4, "seed_sets": "random"}
    assert albench.plan(load_experiment_text(spec), results=tmp_path).warnings == ()


MEMBERS = {"qbc": {"models": ["knn", "gaussian_nb"]}}
COMMITTEE = GRID | {"models": "gaussian_nb", "batch_sizes": 2, "budgets": 13, "baseline": {"arms": 1}}


def list_failing(trials):
    failed = trials.group_by("strategy", "seed_size").agg((pl.col("status") != "done").all())
    return {(strategy, n) for strategy, n, all_failed in failed.iter_rows() if all_failed}


@pytest.mark.parametrize("strategy", [MEMBERS, {"random_subsampling": {"strategy": MEMBERS, "size": 9}}])
def test_of_a_committee_the_plan_tells_which_member_has_too_few_labels(strategy, tmp_path):
    spec = COMMITTEE | {"strategies": ["random", strategy], "seed_sizes": [0, 3, 5]}
    experiment = load_experiment_text(spec, folder=tmp_path)
    warnings = albench.plan(experiment, results=tmp_path / "results").warnings
    name = next(iter(strategy))
    member = "'KNeighborsClassifier' in the committee cannot be fitted on the"
    assert [text.partition(" would fail")[0] for text in warnings] == [
        f"{member} 2 labels that trials of '{name}' on 'iris' start from: all that ask it then",
        f"{member} 3 labels that trials of '{name}' on 'iris' start from: all that ask it then",
    ]
    failing = list_failing(albench.run(experiment, results=tmp_path / "results").trials)
    assert failing == {(name, 0), (name, 3)}


def test_of_a_committee_of_bootstraps_the_plan_tells_that_each_lacks_labels(tmp_path):
    # A class takes more rows than the 4 features: of 18 labels it has 6, of a bootstrap of them often fewer.
    spec = COMMITTEE | {
        "models": "quadratic_discriminant_analysis",
        "strategies": ["random", {"qbc": {"members": 20}}],
        "seed_sizes": 18,
        "budgets": 22,
    }
    experiment = load_experiment_text(spec, folder=tmp_path)
    (warning,) = albench.plan(experiment, results=tmp_path / "results").warnings
    begin = "a bootstrap of 'quadratic_discriminant_analysis' cannot be fitted on the 18 labels that trials of 'qbc' on"
    assert warning.startswith(begin)
    assert list_failing(albench.run(experiment, results=tmp_path / "results").trials) == {("qbc", 18)}


def test_a_seed_set_of_one_class_needs_no_fit_and_the_round_after_it_does(tmp_path):
    spec = GRID | {"models": "knn", "seed_sizes": 1, "batch_sizes": 3, "budgets": 10}
    experiment = load_experiment_text(spec, folder=tmp_path)
    (warning,) = albench.plan(experiment, results=tmp_path / "results").warnings
    assert warning.startswith(
        "'knn' cannot be fitted on the 4 labels that trials on 'iris' have in round 1: all but"
    )
    assert not (albench.run(experiment, results=tmp_path / "results").trials["status"] == "done").any()
