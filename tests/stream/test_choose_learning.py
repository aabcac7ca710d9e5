"""Which models learn label by label, and which are fitted anew."""

from __future__ import annotations

import numpy as np
import pytest

from albench.contracts import Model
from albench.stream.learners import choose_learning

SGD = "sklearn.linear_model.SGDClassifier"
NAIVE_BAYES = "sklearn.naive_bayes.GaussianNB"


@pytest.mark.parametrize(
    ("model", "is_fitted_anew"),
    [
        (Model(estimator=SGD, params={"loss": "log_loss"}), False),
        (Model(estimator="sklearn.neural_network.MLPClassifier"), False),
        (Model(estimator="river.tree.HoeffdingTreeClassifier"), False),
        (Model(estimator=SGD, calibrated="sigmoid"), True),
        (Model(estimator=SGD, params={"loss": "log_loss"}, resampling="oversample"), True),
        (Model(estimator="sklearn.linear_model.LogisticRegression"), True),
        (Model(estimator=NAIVE_BAYES), True),
    ],
)
def test_what_can_learns_label_by_label(model, is_fitted_anew):
    learning = choose_learning(model, 50, 200)
    assert (learning.refit_every, learning.window) == ((50, 200) if is_fitted_anew else (None, None))


def test_naive_bayes_knows_rows_of_a_column_that_is_constant():
    """Label by label its probabilities were not-a-number: the variance of the column would be 0."""
    learner = choose_learning(Model(estimator=NAIVE_BAYES), 1, None).make_learner(2, seed=0)
    for label, value in enumerate([0.0, 1.0, 0.1, 1.1]):
        learner.learn(np.array([value, 7.0]), label % 2)
    learner.advance()
    proba = learner.predict_proba(np.array([0.0, 7.0]))
    assert proba.argmax() == 0
    assert proba.sum() == pytest.approx(1)
