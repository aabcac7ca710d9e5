"""Estimators in parameters of estimators, calibration, warm starts, semi-supervised controls."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC

from albench.api import run
from albench.contracts import Calibration, Model
from albench.errors import ModelError, SpecError
from albench.models.calibration import CalibrationWarning
from albench.models.fitting import ModelFitter, fit_model
from albench.models.names import MODELS
from albench.spec.read import load_experiment_text
from albench.spec.resolved import render_resolved
from albench.trial.loop import RoundModel

RNG = np.random.default_rng(3)
X = RNG.normal(size=(90, 4)) + np.repeat([0, 1, 2], 30)[:, None]
Y = np.repeat([0, 1, 2], 30)
SPEC = {
    "datasets": "iris",
    "strategies": "margin",
    "budgets": 40,
    "repeats": 1,
    "execution": {"backend": "inline"},
}


def read(*models, **more):
    return load_experiment_text({**SPEC, "models": list(models), **more})


GRID = {
    "sklearn.model_selection.GridSearchCV": {
        "estimator": {"logistic_regression": {"C": 0.5}},
        "param_grid": {"C": [0.1, 10]},
        "cv": {"sklearn.model_selection.StratifiedKFold": {"n_splits": 2, "shuffle": True}},
    }
}
PIPELINE_OF_NEIGHBOURS = {
    "sklearn.pipeline.Pipeline": {
        "steps": [["scale", "sklearn.preprocessing.StandardScaler"], ["model", "knn"]]
    }
}
PIPELINE = {
    "sklearn.pipeline.Pipeline": {
        "steps": [{"scale": "sklearn.preprocessing.StandardScaler"}, ["forest", "random_forest"]]
    }
}


def test_nested_estimators_are_written_in_full_and_read_back():
    experiment = read(GRID, PIPELINE)
    grid, pipeline = (entry.task.component for entry in experiment.models)
    assert grid.params["estimator"] == {
        "sklearn.linear_model.LogisticRegression": {"max_iter": 1000, "C": 0.5}
    }
    assert pipeline.params["steps"] == [
        ["scale", {"sklearn.preprocessing.StandardScaler": {}}],
        ["forest", {"sklearn.ensemble.RandomForestClassifier": {}}],
    ]
    assert load_experiment_text(render_resolved(experiment)).models == experiment.models


def test_nested_estimators_are_made_anew_with_the_seed():
    grid, pipeline = (
        ModelFitter.from_model(entry.task.component, 11) for entry in read(GRID, PIPELINE).models
    )
    first, two = grid.make_estimator(), grid.make_estimator()
    assert isinstance(first.estimator, LogisticRegression)
    assert first.estimator is not two.estimator
    assert first.cv.random_state == first.estimator.random_state == 11
    assert pipeline.make_estimator().steps[1][1].random_state == 11
    assert pipeline.fit(X, Y, 3).predict(X).tolist() == pipeline.fit(X, Y, 3).predict(X).tolist()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"self_training": {"estimator": {"svm_rbf": {"Q": 1}}}}, "'sklearn.svm.SVC' has no parameter 'Q'"),
        ({"one_vs_rest": {"estimator": "sklearn.svm.SVQ"}}, "module 'sklearn.svm' has no 'SVQ'"),
        ("one_vs_rest", "'one_vs_rest' needs 'estimator'"),
        ("self_training", "'self_training' needs 'estimator'"),
        ({"bagging": {"estimator": {"self_training": {"estimator": None}}}}, "'self_training' needs 'est"),
        ({"self_training": {"estimator": "knnn"}}, r"error\[unknown-model\]: no model 'knnn'"),
        ("ridge", "'ridge' is a regressor, but the labels of an experiment are classes"),
        ({"random_forest": {"warm_start": True}}, "'warm_start' is for linear models"),
        ({"svm_rbf": {"calibrated": {"method": "platt"}}}, "'method' must be 'sigmoid' or 'isotonic'"),
        ({"svm_rbf": {"calibrated": {"folds": 1}}}, "'folds' must be at least 2"),
        ({"svm_rbf": {"refit_every": 0}}, "'refit_every' must be at least 1"),
    ],
)
@pytest.mark.parametrize("imports", [True, False])
def test_mistakes_in_nested_estimators_are_named(model, message, imports):
    if not imports and "calibrated" not in message and message.startswith(("'sklearn", "module", "'warm")):
        pytest.skip("seen only where the class may be imported")
    with pytest.raises(SpecError, match=message):
        load_experiment_text({**SPEC, "models": [model]}, import_user_code=imports)


@pytest.mark.parametrize("word", ["drop", "passthrough", None])
def test_steps_may_be_left_out(word):
    (entry,) = read({"sklearn.pipeline.Pipeline": {"steps": [["scale", word], ["model", "knn"]]}}).models
    assert entry.task.component.params["steps"][0] == ["scale", word]


OWN = """\
from sklearn.base import BaseEstimator
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils import get_tags


class Fast(KNeighborsClassifier):
    def __init__(self, classifier="slow", n_neighbors=5):
        super().__init__(n_neighbors=n_neighbors)
        self.classifier = classifier


class Wrapper(BaseEstimator):
    def __init__(self, estimator=None):
        self.estimator = estimator

    def fit(self, X, y):
        return self

    def predict(self, X):
        return X

    def __sklearn_tags__(self):
        return get_tags(self.estimator)
"""


def test_what_a_class_from_elsewhere_takes_is_its_own_affair(tmp_path):
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    spec = {**SPEC, "models": [{"./own.py:Fast": {"classifier": "fast"}}]}
    (entry,) = load_experiment_text(spec, folder=tmp_path).models
    assert entry.task.component.params == {"classifier": "fast"}


def test_a_wrapper_that_cannot_tell_what_it_is_is_told(tmp_path):
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    spec = {**SPEC, "models": [{"./own.py:Wrapper": {"estimator": "knnn"}}]}
    with pytest.raises(SpecError, match="Wrapper' cannot tell whether it is a classifier"):
        load_experiment_text(spec, folder=tmp_path)


@pytest.mark.parametrize(
    ("model", "place", "message"),
    [
        (
            {"logistic_regression": {"C": "abc"}},
            "logistic_regression.C",
            "'logistic_regression' does not take the text 'abc' for 'C'",
        ),
        (
            {"logistic_regression": {"C": -1}},
            "logistic_regression.C",
            "'logistic_regression' does not take -1 for 'C'",
        ),
        (
            {"bagging": {"n_estimators": 5, "estimator": {"svm_rbf": {"gamma": "wide"}}}},
            "bagging.estimator.svm_rbf.gamma",
            "'svm_rbf' does not take the text 'wide' for 'gamma'",
        ),
        (
            {"voting": {"estimators": [["a", "knn"], {"b": {"knn": {"n_neighbors": 0}}}]}},
            r"voting.estimators\[1\].b.knn.n_neighbors",
            "'knn' does not take 0 for 'n_neighbors'",
        ),
    ],
)
def test_a_value_that_every_fit_would_refuse_is_told_at_its_place(model, place, message):
    with pytest.raises(SpecError, match=rf"models\[0\]\.{place}: error\[wrong-value\]: .*{message}"):
        read(model)


@pytest.mark.parametrize(
    "grid",
    [
        {"model__p": [1, 2], "scale__with_mean": [True, False]},
        [{"model__p": [1, 2]}, {"model": [{"sklearn.svm.SVC": {}}], "model__C": [1, 10]}],
    ],
)
def test_what_a_search_may_try_is_tried(grid):
    search = {"estimator": PIPELINE_OF_NEIGHBOURS, "param_grid": grid, "cv": 2}
    (entry,) = read({"sklearn.model_selection.GridSearchCV": search}).models
    assert ModelFitter.from_model(entry.task.component, 0).fit(X, Y, 3).predict(X).shape == Y.shape


def test_a_class_of_the_users_may_take_other_values_than_its_base(tmp_path):
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    spec = {**SPEC, "models": [{"./own.py:Fast": {"n_neighbors": "many"}}]}
    assert load_experiment_text(spec, folder=tmp_path).models


def test_settings_enter_the_identity_and_the_label_only_where_they_are_given():
    plain, calibrated, lazy = read(
        "knn", {"knn": {"calibrated": "isotonic"}}, {"knn": {"refit_every": 3}}
    ).models
    assert plain.task.component.identity() == {"estimator": "sklearn.neighbors.KNeighborsClassifier"}
    assert calibrated.task.component.identity()["calibrated"] == {"method": "isotonic", "folds": 3}
    assert lazy.task.component.identity()["refit_every"] == 3
    assert len({plain.label, calibrated.label, lazy.label}) == 3


def svm(**more):
    return Model(estimator="sklearn.svm.SVC", calibrated=Calibration(**more))


def test_calibration_is_that_of_scikit_learn():
    fitted = fit_model(svm(method="isotonic", folds=5), X, Y, n_classes=3, seed=4)
    expected = CalibratedClassifierCV(SVC(random_state=4), method="isotonic", cv=5).fit(X, Y)
    assert_array_equal(fitted.proba(X), expected.predict_proba(X))


def test_with_fewer_rows_than_folds_it_is_the_softmax_of_decisions():
    few = np.r_[0:5, 30:35, 60:62]
    with pytest.warns(CalibrationWarning, match="fewer rows than 3 folds: softmax of decisions"):
        fitted = fit_model(svm(), X[few], Y[few], n_classes=3, seed=0)
    decision = SVC(random_state=0).fit(X[few], Y[few]).decision_function(X)
    raised = np.exp(decision)
    assert_allclose(fitted.proba(X), raised / raised.sum(axis=1, keepdims=True), rtol=1e-12)
    two = np.r_[0:2, 30:40]
    with pytest.warns(CalibrationWarning):
        binary = fit_model(svm(), X[two], Y[two], n_classes=3, seed=0)
    decision = SVC(random_state=0).fit(X[two], Y[two]).decision_function(X)
    assert_allclose(binary.proba(X)[:, 1], 1 / (1 + np.exp(-decision)), rtol=1e-12)


def test_rounds_without_calibration_are_counted(tmp_path):
    model = {"svm_rbf": {"calibrated": {"folds": 6}}}
    results = run(read(model, seed_sizes=12), results=tmp_path)
    assert results.trials["status"].unique().to_list() == ["done"]
    reasons = results.trials["reason"].unique().to_list()
    assert all("CalibrationWarning x" in reason and "6 folds" in reason for reason in reasons)
    assert results.curves["log_loss"].is_finite().all()


def test_self_training_is_given_the_unlabelled_rows():
    model = Model(
        estimator="sklearn.semi_supervised.SelfTrainingClassifier",
        params={"estimator": {"sklearn.linear_model.LogisticRegression": {}}, "threshold": 0.6},
    )
    labelled = np.zeros(90, bool)
    labelled[[0, 1, 30, 31, 60, 61]] = True
    rows = np.flatnonzero(labelled)
    fitted = RoundModel(ModelFitter.from_model(model, 5), 3).fit(0, X, labelled, rows, Y[rows])
    y = np.where(labelled, Y, -1)
    order = np.r_[rows, np.flatnonzero(~labelled)]
    expected = SelfTrainingClassifier(LogisticRegression(random_state=5), threshold=0.6).fit(
        X[order], y[order]
    )
    assert_array_equal(fitted.proba(X), expected.predict_proba(X))
    assert (expected.labeled_iter_ > 0).any()


def test_a_warm_start_goes_on_from_the_last_fit_unless_the_classes_differ():
    model = Model(
        estimator="sklearn.linear_model.SGDClassifier",
        params={"warm_start": True, "max_iter": 1, "tol": None},
    )
    rounds = RoundModel(ModelFitter.from_model(model, 0), 3)
    everything = np.ones(90, bool)
    order = np.random.default_rng(0).permutation(90)
    first = rounds.fit(0, X, everything, order[:40], Y[order[:40]])
    kept = first.estimator.coef_.copy()
    second = rounds.fit(1, X, everything, order[:60], Y[order[:60]])
    by_hand = SGDClassifier(warm_start=True, max_iter=1, tol=None, random_state=0).fit(
        X[order[:40]], Y[order[:40]]
    )
    by_hand.fit(X[order[:60]], Y[order[:60]])
    assert_array_equal(second.estimator.coef_, by_hand.coef_)
    assert_array_equal(first.estimator.coef_, kept)
    cold = SGDClassifier(max_iter=1, tol=None, random_state=0).fit(X[order[:60]], Y[order[:60]])
    assert not np.array_equal(cold.coef_, by_hand.coef_)
    binary = rounds.fit(2, X, everything, np.arange(60), Y[:60])
    fresh = SGDClassifier(max_iter=1, tol=None, random_state=0).fit(X[:60], Y[:60])
    assert_array_equal(binary.estimator.coef_, fresh.coef_)


@pytest.mark.parametrize("calibrated", [None, Calibration()])
def test_a_warm_start_of_anything_else_is_refused(calibrated):
    path = (
        "sklearn.linear_model.LogisticRegression" if calibrated else "sklearn.ensemble.RandomForestClassifier"
    )
    with pytest.raises(ModelError, match="'warm_start' is for linear models that are not calibrated"):
        ModelFitter.from_model(Model(estimator=path, params={"warm_start": True}, calibrated=calibrated), 0)


def test_a_model_that_is_refitted_every_third_round_answers_as_before_between(tmp_path):
    models = ["logistic_regression", {"logistic_regression": {"refit_every": 3}, "label": "lazy"}]
    results = run(read(*models, seed_sizes=10, batch_sizes=5), results=tmp_path)
    curves = results.curves.join(results.trials.select("key", "model", "strategy", "arm"), on="key")
    random = curves.filter((pl.col("strategy") == "random") & (pl.col("arm") == 0)).sort("round")
    each = {
        name: random.filter(pl.col("model") == name)["log_loss"].to_numpy()
        for name in ("lazy", "logistic_regression")
    }
    assert_array_equal(each["lazy"], each["logistic_regression"][[0, 0, 0, 3, 3, 3, 6]])


def test_while_one_class_is_labelled_a_lazy_model_is_fitted_again():
    model = MODELS["gaussian_nb"].make_model({}).model_copy(update={"refit_every": 5})
    rounds = RoundModel(ModelFitter.from_model(model, 0), 3)
    everything = np.ones(90, bool)
    assert rounds.fit(0, X, everything, np.arange(5), Y[:5]).estimator is None
    assert rounds.fit(1, X, everything, np.arange(40), Y[:40]).estimator is not None
