"""Models of other packages: they answer in codes of the dataset's classes, or say what to install."""

from __future__ import annotations

import importlib.util
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits

from albench.errors import ModelError, SpecError
from albench.models.fitting import fit_model
from albench.models.names import MODELS
from albench.spec.read import load_experiment_text

X, Y = load_digits(return_X_y=True)
SOME = np.flatnonzero(np.isin(Y, [1, 4, 7]))
PACKAGES = {"lightgbm": "lightgbm", "xgboost": "xgboost", "catboost": "catboost"}
EVERY = {**PACKAGES, "tabpfn": "tabpfn", "torch_mlp": "torch"}


def is_there(package):
    return importlib.util.find_spec(package) is not None


@pytest.mark.parametrize("name", PACKAGES)
def test_boosting_answers_in_codes_of_the_classes_and_is_reproducible(name):
    if not is_there(PACKAGES[name]):
        pytest.skip(f"the extra albench[{name}] is not installed")
    train, test = SOME[:150], SOME[150:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted, again = (
            fit_model(MODELS[name].make_model({}), X[train], Y[train], n_classes=10, seed=3) for _ in "ab"
        )
        proba, predicted = fitted.proba(X[test]), fitted.predict(X[test])
        np.testing.assert_array_equal(again.proba(X[test]), proba)
    assert proba.shape == (test.size, 10)
    assert (proba[:, [0, 2, 3, 5, 6, 8, 9]] == 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(proba.argmax(axis=1), predicted)
    assert (predicted == Y[test]).mean() > 0.9


@pytest.mark.parametrize("name", EVERY)
def test_what_to_install_is_told(name):
    if is_there(EVERY[name]):
        pytest.skip("it is installed")
    extra = MODELS[name].extra
    with pytest.raises(ModelError, match=rf"install it with: pip install 'albench\[{extra}\]'"):
        fit_model(MODELS[name].make_model({}), X[:20], Y[:20], n_classes=10, seed=0)
    spec = {"datasets": "digits", "models": name, "strategies": "margin", "budgets": 50}
    with pytest.raises(SpecError, match=rf"pip install 'albench\[{extra}\]'"):
        load_experiment_text(spec)
    assert load_experiment_text(spec, import_user_code=False).models[0].label == name
