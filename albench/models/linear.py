"""The answers of a logistic regression without scikit-learn's checks of its input.

A trial asks the same model three times a round about rows that were checked when they were prepared; the
checks would take longer than the products. Every number is the one that scikit-learn gives, to the last bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.models.logistic import is_logistic

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows


def decisions(estimator: Any, X: Floats) -> Floats | None:
    """Return decision values of shape (n,) if binary, else (n, n_classes).

    None where the estimator is no plain (multinomial) logistic regression, or the rows are not dense, or a
    value is not finite: then scikit-learn must answer, or refuse.
    """
    if not is_logistic(estimator):
        return None
    one_against_rest = estimator.solver == "liblinear" or getattr(estimator, "multi_class", "") == "ovr"
    if type(X) is not np.ndarray or one_against_rest:
        return None
    found: Floats = X @ estimator.coef_.T + estimator.intercept_
    if not np.isfinite(found).all():
        return None
    return found.reshape(-1) if found.shape[1] == 1 else found


def predicted(estimator: Any, decision: Floats) -> Rows:
    """Return the predicted class of each row."""
    places = (decision > 0).astype(np.intp) if decision.ndim == 1 else np.argmax(decision, axis=1)
    classes: Rows = estimator.classes_.take(places)
    return classes


def probabilities(decision: Floats) -> Floats:
    """Return class probabilities of shape (n, n_classes): logistic if binary, else softmax."""
    if decision.ndim == 1:
        from scipy.special import expit

        positive = expit(decision)
        both: Floats = np.vstack([1 - positive, positive]).T
        return both
    shifted: Floats = decision - decision.max(axis=1).reshape(-1, 1)
    np.exp(shifted, out=shifted)
    shifted /= shifted.sum(axis=1).reshape(-1, 1)
    return shifted
