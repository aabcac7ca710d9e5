"""Resampled rows and parameters searched for on labelled rows: part of the key only where they are set."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier

import albench
from albench.checking.pools import make_blobs
from albench.contracts import Model, Resampling
from albench.errors import ModelError, SpecError
from albench.models.fitting import ModelFitter, fit_model
from albench.models.names import MODELS
from albench.models.resampling import ResamplingWarning, resample
from albench.models.tuning import tune_model

KNN = "sklearn.neighbors.KNeighborsClassifier"
X, Y = make_blobs(90, 3, 3)
RARE = np.flatnonzero((Y != 2) | (np.arange(90) < 12))
SPEC = """
datasets: [wine]
models: [{MODEL}]
strategies: [margin]
seed_sizes: 12
budgets: 42
repeats: 1
execution: {n_jobs: 1, backend: inline}
"""


def make(path=KNN, **settings):
    return Model.model_validate({"estimator": path, **settings})


def test_keys_of_models_without_these_settings_are_what_they_were():
    plain = MODELS["knn"].make_model({})
    assert plain.fragment().keys() == {"estimator", "version", "params"} - (
        set() if plain.params else {"params"}
    )
    resampled = plain.model_copy(update={"resampling": Resampling(method="oversample")})
    assert resampled.fragment() == plain.fragment() | {
        "resampling": {"method": "oversample", "neighbours": 5}
    }


def test_oversampling_repeats_rows_until_classes_are_alike():
    more, labels = resample(X[RARE], Y[RARE], Resampling(method="oversample"), 0)
    assert np.bincount(labels).tolist() == [30, 30, 30]
    assert_array_equal(more[: RARE.size], X[RARE])
    of_rare = {tuple(row) for row in X[RARE][Y[RARE] == 2]}
    assert {tuple(row) for row in more[RARE.size :]} <= of_rare
    assert_array_equal(resample(X[RARE], Y[RARE], Resampling(method="oversample"), 0)[0], more)


def test_smote_is_imbalanced_learns():
    smote = pytest.importorskip("imblearn.over_sampling").SMOTE
    more, labels = resample(X[RARE], Y[RARE], Resampling(method="smote", neighbours=2), 7)
    wanted, wanted_labels = smote(k_neighbors=2, random_state=7).fit_resample(X[RARE], Y[RARE])
    assert_allclose(more, wanted)
    assert_array_equal(labels, wanted_labels)


def test_smote_makes_do_with_the_neighbours_that_there_are_and_repeats_a_single_row():
    pytest.importorskip("imblearn")
    rows = np.r_[np.flatnonzero(Y == 0)[:9], np.flatnonzero(Y == 1)[:3], np.flatnonzero(Y == 2)[:1]]
    with pytest.warns(ResamplingWarning, match="one labelled row"):
        more, labels = resample(X[rows], Y[rows], Resampling(method="smote"), 0)
    assert np.bincount(labels).tolist() == [9, 9, 9]
    assert_array_equal(np.unique(more[labels == 2], axis=0), X[rows[-1:]])
    low, high = X[rows[9:12]].min(axis=0), X[rows[9:12]].max(axis=0)
    assert ((more[labels == 1] >= low - 1e-9) & (more[labels == 1] <= high + 1e-9)).all()


def test_a_model_is_fitted_on_the_resampled_rows():
    model = make("sklearn.linear_model.LogisticRegression", resampling="oversample")
    fitted = fit_model(model, X[RARE], Y[RARE], n_classes=3, seed=3)
    wanted = LogisticRegression().fit(*resample(X[RARE], Y[RARE], model.resampling, 3))
    assert_allclose(fitted.proba(X), wanted.predict_proba(X), atol=1e-4)
    with pytest.raises(ModelError, match="which have no weights"):
        ModelFitter.from_model(model, 0).fit(X, Y, 3, weights=np.ones(90))


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy"])
def test_a_search_finds_what_grid_search_finds(metric):
    grid = {"n_neighbors": [1, 9, 15], "weights": ["uniform", "distance"]}
    tuned = tune_model(make(tune={"grid": grid, "cv": 4, "metric": metric}), X, Y, 3, 5)
    folds = StratifiedKFold(4, shuffle=True, random_state=5)
    search = GridSearchCV(KNeighborsClassifier(), grid, cv=folds, scoring=metric).fit(X, Y)
    assert tuned.params == search.best_params_
    assert tuned.tune is None


def test_rows_of_a_validation_fold_are_never_resampled(monkeypatch):
    seen = []
    monkeypatch.setattr(
        "albench.models.fitting.resample", lambda X, y, how, seed: (seen.append(len(y)), (X, y))[1]
    )
    tune_model(make(resampling="oversample", tune={"grid": {"n_neighbors": [1, 3]}}), X[RARE], Y[RARE], 3, 0)
    assert len(seen) == 6
    assert max(seen) < RARE.size


def test_without_a_row_of_each_class_in_each_fold_nothing_is_searched():
    model = make(tune={"grid": {"n_neighbors": [1, 3]}, "cv": 5})
    assert tune_model(model, X[RARE], Y[RARE], 3, 0) is None
    assert tune_model(model, X[:3], np.zeros(3, int), 3, 0) is None


def test_parameters_are_searched_every_so_many_rounds_on_what_is_labelled(monkeypatch, tmp_path):
    searches = []

    def watch(model, X, y, n_classes, seed):
        searches.append(len(y))
        return tune_model(model, X, y, n_classes, seed)

    monkeypatch.setattr("albench.trial.round_model.tune_model", watch)
    text = SPEC.replace("MODEL", "knn: {tune: {grid: {n_neighbors: [1, 3]}, cv: 2, every: 2}}")
    results = albench.run(text, results=tmp_path)
    assert results.trials["status"].unique().to_list() == ["done"]
    assert sorted(set(searches)) == [12, 32]
    assert len(searches) == 2 * results.trials.height


def test_a_trial_that_was_never_tuned_and_parameters_that_cannot_be_fitted_are_reported(tmp_path):
    text = SPEC.replace("MODEL", "knn: {tune: {grid: {n_neighbors: [1, 3]}, cv: 20}}")
    reasons = set(albench.run(text, results=tmp_path / "never").trials["reason"])
    assert reasons == {"never tuned: in no round has each labelled class had a row for each of 20 folds"}
    text = SPEC.replace("MODEL", "knn: {tune: {grid: {n_neighbors: [1, 99]}, cv: 2}}")
    failures = albench.run(text, results=tmp_path / "failed").failures
    assert all("'tune' tries n_neighbors 99 on 12 labelled rows: " in text for text in failures["reason"])


def test_a_value_that_an_estimator_refuses_is_found_before_a_run():
    for grid in ("{n_neighbors: [3, 0]}", "{weights: [uniform, near]}"):
        with pytest.raises(SpecError, match=r"'knn' does not take (0|near) for .* which 'tune' tries"):
            albench.plan(SPEC.replace("MODEL", f"knn: {{tune: {{grid: {grid}}}}}"))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("svm_rbf: {calibrated: sigmoid, resampling: oversample}", "would be in several folds"),
        ("knn: {tune: {grid: {n_neighbours: [1]}}}", "no parameter 'n_neighbours' to search for"),
        ("knn: {tune: {grid: {}}}", "grid"),
        ("knn: {tune: {grid: {n_neighbors: [1]}, cv: 1}}", "'cv' must be at least 2"),
        ("knn: {resampling: undersample}", "'oversample' or 'smote'"),
    ],
)
def test_what_cannot_be_trained_so_is_said_in_the_spec(model, words):
    with pytest.raises(SpecError, match=words):
        albench.load_experiment(SPEC.replace("MODEL", model))


def test_what_a_strategy_computes_for_refits_is_of_resampled_rows_too(monkeypatch, tmp_path):
    # The solver of many refits at once knows labelled rows as they are: it must not be asked here.
    def refuse(*_):
        raise AssertionError("the joint solver knows no resampled rows")

    monkeypatch.setattr("albench.strategies.expected_error_reduction.Refits", refuse)
    spec = {
        "datasets": ["iris"],
        "models": [{"logistic_regression": {"resampling": "oversample"}}],
        "strategies": ["random", {"expected_error_reduction": {"evaluation_rows": 5}}],
        "split": {"holdout": {"max_pool": 20}},
        "seed_sizes": 7,
        "batch_sizes": 1,
        "budgets": 8,
        "repeats": 1,
        "execution": {"n_jobs": 1, "backend": "inline"},
    }
    assert albench.run(spec, results=tmp_path).trials["status"].to_list() == ["done"] * 3
