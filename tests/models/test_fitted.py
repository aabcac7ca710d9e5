from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.preprocessing import StandardScaler

from albench.contracts import Model
from albench.errors import ModelError
from albench.models.fitted import FittedModel
from albench.models.fitting import ModelFitter, fit_model, import_estimator_class
from albench.models.names import MODELS

X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])


@pytest.mark.parametrize("name", ["gaussian_nb", "knn", "logistic_regression", "random_forest", "svm_rbf"])
def test_every_short_name_fits_and_predicts_codes(name):
    fitted = fit_model(
        MODELS[name].make_model({}),
        np.repeat(X, 3, axis=0),
        np.repeat([0, 0, 0, 2, 2, 2], 3),
        n_classes=4,
        seed=1,
    )
    assert fitted.predict(X[:1]).tolist() == [0]
    assert fitted.predict(X[-1:]).tolist() == [2]
    assert fitted.has_proba is MODELS[name].proba


def test_unseen_classes_have_probability_zero():
    fitted = fit_model(
        MODELS["gaussian_nb"].make_model({}), X, np.array([0, 0, 0, 2, 2, 2]), n_classes=4, seed=0
    )
    proba = fitted.proba(X)
    assert proba.shape == (6, 4)
    assert (proba[:, [1, 3]] == 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1)


def test_no_label_at_all_is_uniform():
    fitted = fit_model(MODELS["knn"].make_model({}), X[:0], np.empty(0, int), n_classes=4, seed=0)
    np.testing.assert_array_equal(fitted.proba(X), np.full((6, 4), 0.25))


def test_one_class_is_constant():
    fitted = fit_model(MODELS["svm_rbf"].make_model({}), X, np.full(6, 3), n_classes=4, seed=0)
    assert fitted.predict(X).tolist() == [3] * 6
    assert fitted.proba(X)[:, 3].tolist() == [1.0] * 6


def test_argmax_of_probabilities_is_the_prediction_where_that_is_relied_on():
    rng = np.random.default_rng(0)
    data, labels = rng.normal(size=(200, 3)), rng.integers(4, size=200)
    for path in (
        "sklearn.ensemble.RandomForestClassifier",
        "sklearn.ensemble.ExtraTreesClassifier",
        "sklearn.tree.DecisionTreeClassifier",
        "sklearn.tree.ExtraTreeClassifier",
        "sklearn.ensemble.BaggingClassifier",
    ):
        fitted = fit_model(Model(estimator=path), data[:80], labels[:80], n_classes=4, seed=0)
        assert fitted.predicts_argmax
        np.testing.assert_array_equal(fitted.proba(data).argmax(axis=1), fitted.predict(data))


def test_the_seed_is_the_random_state_unless_the_spec_sets_one():
    assert (
        ModelFitter.from_model(MODELS["random_forest"].make_model({}), 7).make_estimator().random_state == 7
    )
    assert (
        ModelFitter.from_model(MODELS["random_forest"].make_model({"random_state": 3}), 7)
        .make_estimator()
        .random_state
        == 3
    )
    assert not hasattr(
        ModelFitter.from_model(MODELS["knn"].make_model({}), 7).make_estimator(), "random_state"
    )


def test_a_wrong_parameter_is_told():
    with pytest.raises(ModelError, match=r"^'sklearn\.svm\.SVC' has no parameter 'Q'"):
        ModelFitter.from_model(Model(estimator="sklearn.svm.SVC", params={"Q": 1}), 0)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("sklearn.svm.SVQ", "cannot import estimator 'sklearn.svm.SVQ'"),
        ("no_such_package.X", "cannot import estimator"),
        ("collections.OrderedDict", "no scikit-learn estimator"),
    ],
)
def test_a_path_to_no_estimator_is_told(path, message):
    with pytest.raises(ModelError, match=message):
        import_estimator_class(path)


def test_decisions_of_a_model_that_has_none_are_refused():
    fitted = fit_model(
        MODELS["gaussian_nb"].make_model({}), X, np.array([0, 0, 0, 1, 1, 1]), n_classes=2, seed=0
    )
    with pytest.raises(ModelError, match="gives no decision values"):
        fitted.decision(X)


OVO = {"decision_function_shape": "ovo"}
PAIRS = "a decision value for each pair of classes.* set 'decision_function_shape: ovr'"


def fitted_on(n_classes, estimator, params, **settings):
    rows = (
        np.random.default_rng(0).normal(size=(8 * n_classes, 2)) + np.repeat(np.arange(n_classes), 8)[:, None]
    )
    model = Model(estimator=estimator, params=params, **settings)
    return fit_model(model, rows, np.repeat(np.arange(n_classes), 8), n_classes=n_classes, seed=0), rows


@pytest.mark.parametrize("n_classes", [3, 4])
@pytest.mark.parametrize(
    ("estimator", "params"),
    [
        ("sklearn.svm.SVC", OVO),
        ("sklearn.svm.NuSVC", {**OVO, "nu": 0.1}),
        ("sklearn.pipeline.Pipeline", {"steps": [["svc", {"sklearn.svm.SVC": OVO}]]}),
        ("sklearn.ensemble.BaggingClassifier", {"estimator": {"sklearn.svm.SVC": OVO}}),
    ],
)
def test_decisions_between_pairs_of_classes_are_refused(n_classes, estimator, params):
    fitted, rows = fitted_on(n_classes, estimator, params)
    assert fitted.estimator.decision_function(rows).shape == (rows.shape[0], n_classes * (n_classes - 1) / 2)
    with pytest.raises(ModelError, match=PAIRS):
        fitted.decision(rows)


@pytest.mark.parametrize("folds", [2, 9])
def test_decisions_between_pairs_of_classes_are_not_calibrated(folds):
    with pytest.raises(ModelError, match=PAIRS):
        fitted_on(3, "sklearn.svm.SVC", OVO, calibrated={"folds": folds})


@pytest.mark.parametrize(
    ("n_classes", "estimator", "params"),
    [
        (2, "sklearn.svm.SVC", OVO),
        (3, "sklearn.svm.SVC", {}),
        (3, "sklearn.multiclass.OneVsRestClassifier", {"estimator": {"sklearn.svm.SVC": OVO}}),
        (4, "sklearn.multiclass.OneVsOneClassifier", {"estimator": {"sklearn.svm.SVC": OVO}}),
    ],
)
def test_decisions_one_a_class_are_the_estimators_own(n_classes, estimator, params):
    fitted, rows = fitted_on(n_classes, estimator, params)
    np.testing.assert_array_equal(fitted.decision(rows), fitted.estimator.decision_function(rows))


class OneColumn:
    classes_ = np.arange(3)

    def decision_function(self, X):
        return np.zeros(X.shape[0])


def test_one_decision_for_three_classes_is_refused():
    with pytest.raises(ModelError, match=r"OneColumn gives decision values of shape \(6,\) for 6 rows and 3"):
        FittedModel(OneColumn(), np.arange(3), 3).decision(X)


@pytest.mark.parametrize("n_classes", [2, 3, 10])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg", "saga"])
def test_logistic_regression_answers_as_scikit_learn_does_to_the_last_bit(n_classes, dtype, solver):
    rng = np.random.default_rng(n_classes)
    data, labels = rng.normal(size=(300, 7)).astype(dtype) * 20, rng.integers(n_classes, size=300)
    model = MODELS["logistic_regression"].make_model({"solver": solver, "tol": 0.1})
    fitted = fit_model(model, data[:100], labels[:100], n_classes=n_classes, seed=0)
    np.testing.assert_array_equal(fitted.predict(data), fitted.estimator.predict(data))
    expected = fitted.estimator.predict_proba(data)
    assert fitted.proba(data).tobytes() == np.ascontiguousarray(expected, dtype=np.float64).tobytes()


def test_rows_that_are_not_finite_are_refused_as_scikit_learn_does():
    fitted = fit_model(
        MODELS["logistic_regression"].make_model({}), X, np.array([0, 0, 0, 1, 1, 1]), n_classes=2, seed=0
    )
    for answer in (fitted.predict, fitted.proba):
        with pytest.raises(ValueError) as refusal:
            answer(np.array([[np.nan]]))
        with pytest.raises(ValueError) as own:
            fitted.estimator.predict(np.array([[np.nan]]))
        assert str(refusal.value) == str(own.value)


def test_naive_bayes_of_columns_that_hardly_vary_may_round():
    X, y = load_digits(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    sums = []
    for seed in range(6):
        rows = np.random.default_rng(seed).permutation(y.size)[:100]
        fitted = fit_model(MODELS["gaussian_nb"].make_model({}), X[rows], y[rows], n_classes=10, seed=0)
        sums.append(fitted.proba(X).sum(axis=1))
    # Rounding of log-likelihoods near 1e11: scikit-learn's rows sum to 1 as closely as that.
    assert 1e-6 < np.abs(np.concatenate(sums) - 1).max() < 1e-3
