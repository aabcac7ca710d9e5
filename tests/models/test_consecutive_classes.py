"""Estimators that take no classes but 0, 1, ... work within others while a class has no label yet."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression

from albench.contracts import Calibration, Model
from albench.models.calibration import CalibrationWarning
from albench.models.fitting import ModelFitter, fit_model

STRICT = {"xgboost.XGBClassifier": {"random_state": 0}}
NESTED = {
    "in a pipeline": ("sklearn.pipeline.Pipeline", {"steps": [["model", STRICT]]}),
    "in self-training": ("sklearn.semi_supervised.SelfTrainingClassifier", {"estimator": STRICT}),
    "in a vote": ("sklearn.ensemble.VotingClassifier", {"estimators": [["a", STRICT]], "voting": "soft"}),
    "in bagging": ("sklearn.ensemble.BaggingClassifier", {"estimator": STRICT, "n_estimators": 3}),
    "by itself": ("xgboost.XGBClassifier", {"random_state": 0}),
}


class XGBClassifier(ClassifierMixin, BaseEstimator):
    """As strict as xgboost's, which need not be installed; its classes are a property, too."""

    def __init__(self, C=1.0, random_state=None):
        self.C = C
        self.random_state = random_state

    def fit(self, X, y):
        self.n_classes_ = np.unique(y).size
        if not np.array_equal(np.unique(y), self.classes_):
            raise ValueError(f"Invalid classes. Expected: {self.classes_}, got {np.unique(y)}")
        self.inner_ = LogisticRegression(C=self.C).fit(X, y)
        return self

    def predict(self, X):
        return self.inner_.predict(X)

    def predict_proba(self, X):
        return self.inner_.predict_proba(X)

    @property
    def classes_(self):
        return np.arange(self.n_classes_)


@pytest.fixture
def data(monkeypatch):
    """Four classes far apart, the second of which has no label."""
    module = ModuleType("xgboost")
    module.XGBClassifier = XGBClassifier
    monkeypatch.setitem(sys.modules, "xgboost", module)
    labels = np.repeat([0, 2, 3], 8)
    X = np.eye(4)[labels] * 20 + np.random.default_rng(0).normal(size=(24, 4))
    return X, labels


@pytest.mark.parametrize(("path", "params"), NESTED.values(), ids=NESTED)
def test_a_strict_estimator_is_fitted_while_a_class_is_missing(data, path, params):
    X, labels = data
    fitter = ModelFitter.from_model(Model(estimator=path, params=params), seed=0)
    fitted = fitter.fit(X, labels, 5, unlabelled=X + 0.5)
    assert fitted.predict(X).tolist() == labels.tolist()
    proba = fitted.proba(X)
    assert proba.shape == (24, 5)
    assert proba.argmax(axis=1).tolist() == labels.tolist()
    np.testing.assert_allclose(proba[:, [0, 2, 3]].sum(axis=1), 1)


def test_it_keeps_its_name_and_can_be_cloned(data):
    from albench.estimators.building import make_object

    classifier = make_object("xgboost.XGBClassifier", {"C": 2.0}, seed=0)
    assert type(clone(classifier)).__name__ == "XGBClassifier"
    assert clone(classifier).get_params()["C"] == 2.0


@pytest.mark.parametrize(
    "path", ["sklearn.ensemble.RandomForestClassifier", "sklearn.naive_bayes.GaussianNB"]
)
def test_without_decision_values_too_few_rows_leave_probabilities_uncalibrated(path):
    X, labels = np.random.default_rng(0).normal(size=(8, 3)), np.array([0, 0, 0, 0, 0, 0, 1, 1])
    calibrated = Model(estimator=path, calibrated=Calibration(folds=3))
    with pytest.warns(CalibrationWarning, match="fewer rows than 3 folds: its own probabilities"):
        fitted = fit_model(calibrated, X, labels, n_classes=2, seed=0)
    plain = fit_model(Model(estimator=path), X, labels, n_classes=2, seed=0)
    assert fitted.proba(X).tolist() == plain.proba(X).tolist()
