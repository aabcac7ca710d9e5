"""Calibrated class probabilities, and those for estimators that have decision values alone."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import ModelError
from albench.models.decision import compute_decision_values, refuse_pairs

if TYPE_CHECKING:
    from albench.contracts import Calibration, Floats, Rows


class CalibrationWarning(UserWarning):
    """A round in which there were too few labels to calibrate; a trial's notes count them."""


class SoftmaxOfDecisions:
    """A fitted estimator whose probabilities are the softmax of its decision values.

    With two classes that is the logistic function of the one decision value.
    """

    def __init__(self, estimator: Any, n_classes: int) -> None:
        self.estimator = estimator
        self.n_classes = n_classes

    def predict(self, X: Floats) -> Rows:
        """Return class codes of shape (n,)."""
        codes: Rows = self.estimator.predict(X)
        return codes

    def predict_proba(self, X: Floats) -> Floats:
        """Return class probabilities of shape (n, n_classes)."""
        from scipy.special import softmax

        decision = compute_decision_values(self.estimator, X, self.n_classes)
        if decision.ndim == 1:
            decision = np.column_stack([np.zeros_like(decision), decision])
        proba: Floats = softmax(decision, axis=1)
        return proba


def fit_calibrated(estimator: Any, X: Floats, y: Rows, calibration: Calibration) -> Any:
    """Fit an estimator with its probabilities calibrated by cross-validation on the labelled rows.

    While a class has fewer rows than there are folds, the estimator is fitted on all rows and its
    probabilities are the softmax of its decisions, or its own where it has no decision values; a
    :class:`CalibrationWarning` says so.

    Raises
    ------
    ModelError
        If that is needed and the estimator has neither, or if it has one decision value a pair of classes.

    Reference
    ---------
    Platt, 1999, Probabilistic outputs for support vector machines; Zadrozny, Elkan, 2002, Transforming
    classifier scores into accurate multiclass probability estimates.
    """
    n_seen = np.unique(y[y >= 0]).size
    refuse_pairs(estimator, n_seen)
    if np.unique(y, return_counts=True)[1].min() >= calibration.folds:
        from sklearn.calibration import CalibratedClassifierCV

        return CalibratedClassifierCV(estimator, method=calibration.method, cv=calibration.folds).fit(X, y)
    fitted = estimator.fit(X, y)
    reason = f"a class has fewer rows than {calibration.folds} folds"
    if hasattr(fitted, "decision_function"):
        warnings.warn(f"{reason}: softmax of decisions", CalibrationWarning, stacklevel=2)
        return SoftmaxOfDecisions(fitted, n_seen)
    if hasattr(fitted, "predict_proba"):
        warnings.warn(f"{reason}: its own probabilities", CalibrationWarning, stacklevel=2)
        return fitted
    raise ModelError(f"{reason}, and {type(fitted).__name__} gives neither decision values nor probabilities")
