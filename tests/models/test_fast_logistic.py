"""The fit of a plain logistic regression against scikit-learn's own: equal to the last bit, or left to it."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from albench.models import fast_logistic
from albench.models.fitting import fit_model
from albench.models.names import MODELS

agreed = pytest.mark.skipif(not fast_logistic.can_replace_sklearn(), reason="this scikit-learn fits itself")

LEARNT = ("coef_", "intercept_", "classes_", "n_iter_")


def rows(n=60, d=5, n_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) * rng.lognormal(size=d), rng.integers(n_classes, size=n)


def assert_same(actual, expected):
    for name in LEARNT:
        here, there = getattr(actual, name), getattr(expected, name)
        np.testing.assert_array_equal(here, there)
        assert (here.dtype, here.shape) == (there.dtype, there.shape)
        if here.shape[0] > 1:
            assert here.strides == there.strides, "products of another layout may differ in the last bit"
    assert vars(actual).keys() == vars(expected).keys()


@agreed
@given(
    n=st.integers(4, 150),
    d=st.integers(1, 40),
    n_classes=st.integers(2, 7),
    C=st.sampled_from([1e-3, 1, 1.0, 100.0, np.inf]),
    seed=st.integers(0, 2**16),
)
@settings(max_examples=60, deadline=None)
def test_every_bit_is_scikit_learns(n, d, n_classes, C, seed):
    X, y = rows(n, d, n_classes, seed)
    y[:2] = 0, n_classes - 1
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        here = LogisticRegression(C=C, max_iter=60)
        assert fast_logistic.fit_plain(here, X, y) is here
        there = LogisticRegression(C=C, max_iter=60).fit(X, y)
    assert_same(here, there)
    np.testing.assert_array_equal(here.predict_proba(X), there.predict_proba(X))


@agreed
def test_classes_with_gaps_and_columns_first():
    X, y = rows()
    X, y = np.asfortranarray(X), 2 * y + 1
    assert_same(fast_logistic.fit_plain(LogisticRegression(), X, y), LogisticRegression().fit(X, y))


@agreed
def test_what_does_not_converge_is_told_in_the_same_words():
    X, y = rows()
    fits = []
    for fitting in (lambda model: fast_logistic.fit_plain(model, X, y), lambda model: model.fit(X, y)):
        with pytest.warns(ConvergenceWarning) as caught:
            fits.append((fitting(LogisticRegression(max_iter=3)).n_iter_, str(caught[0].message)))
    assert fits[0] == fits[1]


@pytest.mark.parametrize(
    "params",
    [
        {"class_weight": "balanced"},
        {"fit_intercept": False},
        {"solver": "newton-cg"},
        {"l1_ratio": 0.5, "solver": "saga", "max_iter": 5000},
        {"C": np.float64(2)},
    ],
)
def test_any_other_setting_is_left_to_scikit_learn(params):
    X, y = rows()
    assert fast_logistic.fit_plain(LogisticRegression(**params), X, y) is None
    params = {"max_iter": 1000, "random_state": 3, **params}
    fitted = fit_model(MODELS["logistic_regression"].make_model(params), X, y, n_classes=3, seed=0)
    np.testing.assert_array_equal(fitted.estimator.coef_, LogisticRegression(**params).fit(X, y).coef_)


def test_other_rows_and_other_estimators_are_left_to_scikit_learn():
    class Mine(LogisticRegression):
        pass

    X, y = rows()
    assert fast_logistic.fit_plain(Mine(), X, y) is None
    assert fast_logistic.fit_plain(LogisticRegression(), X.astype(np.float32), y) is None
    assert fast_logistic.fit_plain(LogisticRegression(), csr_matrix(X), y) is None


@pytest.mark.parametrize("params", [{"C": -1}, {"max_iter": -1}, {"tol": "small"}, {"random_state": -1}])
def test_scikit_learn_refuses_what_it_does_not_take(params):
    X, y = rows()
    with pytest.raises(ValueError) as refusal:
        fit_model(MODELS["logistic_regression"].make_model(params), X, y, n_classes=3, seed=0)
    with pytest.raises(ValueError) as own:
        LogisticRegression(**params).fit(X, y)
    assert str(refusal.value) == str(own.value)


def test_scikit_learn_refuses_what_is_not_finite():
    X, y = rows()
    X[3, 2] = np.nan
    with pytest.raises(ValueError) as refusal:
        fit_model(MODELS["logistic_regression"].make_model({}), X, y, n_classes=3, seed=0)
    with pytest.raises(ValueError) as own:
        LogisticRegression().fit(X, y)
    assert str(refusal.value) == str(own.value)


def test_scikit_learn_agrees_from_1_9_on():
    version = tuple(int(part) for part in sklearn.__version__.split(".")[:2])
    assert fast_logistic.can_replace_sklearn() is (version >= (1, 9))


def test_a_scikit_learn_that_moved_what_is_used_or_counts_otherwise_fits_itself(monkeypatch):
    agrees = fast_logistic.can_replace_sklearn.__wrapped__
    with monkeypatch.context() as patch:
        patch.delattr("sklearn._loss.HalfBinomialLoss")
        assert not agrees()
    its_own = LogisticRegression.fit
    monkeypatch.setattr(LogisticRegression, "fit", lambda self, X, y: its_own(self.set_params(C=1.001), X, y))
    assert not agrees()
