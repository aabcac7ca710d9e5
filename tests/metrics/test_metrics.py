"""Every metric against scikit-learn, and against hand-worked cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from albench.metrics.classification import Accuracy, BalancedAccuracy, Brier, Ece, F1Macro, LogLoss
from albench.metrics.ranking import AveragePrecision, RocAuc
from albench.metrics.signals import Agreement, MeanEntropy, MeanTopProbability
from albench.models.fitted import FittedModel
from albench.trial.scoring import ModelOutputs


@dataclass
class Told:
    """An estimator whose answers are given."""

    proba_: np.ndarray

    def predict(self, X):
        return self.proba_.argmax(axis=1)

    def predict_proba(self, X):
        return self.proba_


def outputs(proba, labels):
    proba = np.asarray(proba, float)
    classes = np.arange(proba.shape[1])
    return ModelOutputs(
        FittedModel(Told(proba), classes, classes.size), np.empty((len(labels), 0)), np.asarray(labels)
    )


@st.composite
def cases(draw, n_classes=None):
    c = n_classes or draw(st.integers(2, 5))
    n = draw(st.integers(c, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    labels = (
        np.concatenate([np.arange(c), rng.integers(c, size=n - c)])
        if draw(st.booleans())
        else rng.integers(c, size=n)
    )
    return rng.dirichlet(np.ones(c), size=n), labels


@given(cases())
def test_cheap_metrics_equal_scikit_learns(case):
    proba, labels = case
    evaluated, predicted = outputs(proba, labels), proba.argmax(axis=1)
    one_hot = np.eye(proba.shape[1])[labels]
    assert Accuracy().score(evaluated) == pytest.approx(sk.accuracy_score(labels, predicted), abs=1e-15)
    recalls = [np.mean(predicted[labels == c] == c) for c in np.unique(labels)]
    assert BalancedAccuracy().score(evaluated) == pytest.approx(np.mean(recalls), abs=1e-15)
    expected = sk.f1_score(labels, predicted, average="macro", zero_division=0)
    assert F1Macro().score(evaluated) == pytest.approx(expected, abs=1e-15)
    assert Brier().score(evaluated) == pytest.approx(((proba - one_hot) ** 2).sum(axis=1).mean(), abs=1e-12)
    clipped = np.clip(proba[np.arange(labels.size), labels], 1e-6, 1)
    assert LogLoss().score(evaluated) == pytest.approx(-np.log(clipped).mean(), abs=1e-12)


@given(cases(n_classes=2))
def test_binary_ranking_metrics_take_the_minority_class_as_positive(case):
    proba, labels = case
    counts = np.bincount(labels, minlength=2)
    positive = 1 if counts[1] <= counts[0] else 0
    evaluated = outputs(proba, labels)
    if counts.min() == 0:
        assert RocAuc().score(evaluated) is None
        assert AveragePrecision().score(evaluated) is None
        return
    truth, score = labels == positive, proba[:, positive]
    assert RocAuc().score(evaluated) == pytest.approx(sk.roc_auc_score(truth, score))
    assert AveragePrecision().score(evaluated) == pytest.approx(sk.average_precision_score(truth, score))


@given(cases(n_classes=4))
def test_multi_class_ranking_metrics_average_over_present_classes(case):
    proba, labels = case
    present = np.unique(labels)
    evaluated = outputs(proba, labels)
    if present.size < 2:
        assert RocAuc().score(evaluated) is None
        return
    areas = [sk.roc_auc_score(labels == c, proba[:, c]) for c in present]
    precisions = [sk.average_precision_score(labels == c, proba[:, c]) for c in present]
    assert RocAuc().score(evaluated) == pytest.approx(np.mean(areas))
    assert AveragePrecision().score(evaluated) == pytest.approx(np.mean(precisions))


def test_calibration_error_by_hand():
    # Tops 0.9, 0.9 (one right) and 0.6 (right): |2*0.9 - 1| + |0.6 - 1|, over three rows.
    proba = [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]]
    assert Ece().score(outputs(proba, [0, 1, 1])) == pytest.approx((0.8 + 0.4) / 3)


def test_a_certain_and_right_model_is_calibrated():
    assert Ece().score(outputs([[1.0, 0.0], [0.0, 1.0]], [0, 1])) == 0


def test_log_loss_of_a_certain_and_wrong_model_is_clipped():
    assert LogLoss().score(outputs([[1.0, 0.0]], [1])) == pytest.approx(6 * np.log(10))


def test_signals_are_what_is_worked_out_by_hand():
    now = np.array([[1.0, 0.0], [0.5, 0.5]])
    before = np.array([[0.9, 0.1], [0.2, 0.8]])
    assert MeanEntropy().measure(now, None) == pytest.approx(np.log(2) / 2)
    assert MeanTopProbability().measure(now, None) == 0.75
    assert Agreement().measure(now, None) is None
    assert Agreement().measure(now, before) == 0.5
