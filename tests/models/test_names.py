"""Short names: all of scikit-learn's estimators for one target, and what each is said to answer."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.utils import all_estimators

from albench.estimators.nested_estimators import expand_nested
from albench.models.fitting import ModelFitter, fit_model
from albench.models.names import MODELS
from albench.registry.lookup import load_catalogue

SEVERAL_TARGETS = {
    "ClassifierChain",
    "MultiOutputClassifier",
    "RegressorChain",
    "MultiOutputRegressor",
    "MultiTaskElasticNet",
    "MultiTaskElasticNetCV",
    "MultiTaskLasso",
    "MultiTaskLassoCV",
}
DEPRECATED = {"PassiveAggressiveClassifier", "PassiveAggressiveRegressor"}
NAMES = {name: {"estimator": each.estimator, "defaults": each.defaults} for name, each in MODELS.items()}
GIVEN = {
    "estimator": {"estimator": "logistic_regression"},
    "estimators": {"estimators": [["a", "logistic_regression"], ["b", {"knn": {"n_neighbors": 3}}]]},
}
# A binary task, non-negative features: what the pickiest of them take.
RNG = np.random.default_rng(0)
X = np.abs(RNG.normal(size=(60, 3))) + np.repeat([0, 2], 30)[:, None]
Y = np.repeat([0, 1], 30)


@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_every_estimator_of_scikit_learn_has_a_name(kind):
    known = {each.estimator.rpartition(".")[2] for each in MODELS.values() if each.task.startswith(kind[:5])}
    there = {name for name, _ in all_estimators(kind)}
    assert there - SEVERAL_TARGETS - DEPRECATED <= known


def params_of(name):
    entry = MODELS[name]
    params = {key: value for need in entry.required for key, value in GIVEN[need].items()}
    if name == "radius_neighbors":
        params = {"radius": 10.0}
    if name == "categorical_nb":
        params = {"min_categories": 20}
    return expand_nested(params, NAMES, None)


@pytest.mark.parametrize(
    "name", sorted(n for n, e in MODELS.items() if e.task == "classification" and not e.extra)
)
def test_every_classifier_fits_and_answers_as_listed(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = fit_model(MODELS[name].make_model(params_of(name)), X, Y, n_classes=3, seed=1)
    assert set(fitted.predict(X).tolist()) <= {0, 1}
    if MODELS[name].proba is not None:
        assert fitted.has_proba is MODELS[name].proba
    if MODELS[name].decision is not None:
        assert hasattr(fitted.estimator, "decision_function") is MODELS[name].decision
    assert hasattr(fitted.estimator, "dropout_sample") is MODELS[name].dropout
    if fitted.has_proba:
        proba = fitted.proba(X)
        assert proba.shape == (60, 3)
        assert (proba[:, 2] == 0).all()


@pytest.mark.parametrize("name", sorted(n for n, e in MODELS.items() if e.task == "regression"))
def test_every_regressor_is_made(name):
    assert ModelFitter.from_model(MODELS[name].make_model(params_of(name)), 3).make_estimator().fit


def test_the_catalogue_says_the_same():
    assert load_catalogue()["model"] == {name: each.describe() for name, each in MODELS.items()}
