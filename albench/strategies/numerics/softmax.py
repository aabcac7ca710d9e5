"""One softmax regression: its loss, slope, Hessian and minimum, for many parameter sets at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from albench.strategies.numerics.linear_algebra import invert

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows

# Twice the decrease still to come, by the quadratic model, at which Newton's method ends.
_DECREMENT = 1e-20
_ROUNDING = 1e-13
_MAX_STEPS = 200


class SoftmaxRegression(NamedTuple):
    """A softmax regression that minimises cross-entropy + ridge / 2 ||weights||^2, the intercept free.

    Attributes
    ----------
    theta : ndarray of shape (n_classes, n_parameters)
        Weights, and the intercept last if there is one.
    """

    theta: Floats
    ridge: float
    intercept: bool

    def build_design(self, X: Floats) -> Floats:
        """Return features with a column of ones where there is an intercept."""
        return np.column_stack([X, np.ones(X.shape[0])]) if self.intercept else X


def convert_to_softmax(estimator: Any) -> SoftmaxRegression | None:
    """Return a fitted logistic regression of scikit-learn as a softmax regression; None of other models.

    Of two classes, scikit-learn fits one vector of weights: the difference of two opposite ones, whose
    ridge counts double.
    """
    from sklearn.linear_model import LogisticRegression

    if type(estimator) is not LogisticRegression or not _is_plain(estimator.get_params()):
        return None
    theta = estimator.coef_
    if estimator.fit_intercept:
        theta = np.column_stack([theta, estimator.intercept_])
    binary = theta.shape[0] == 1
    theta = np.concatenate([-theta / 2, theta / 2]) if binary else theta
    return SoftmaxRegression(theta, (1 + binary) / float(estimator.C), bool(estimator.fit_intercept))


def _is_plain(settings: dict[str, Any]) -> bool:
    return bool(
        settings["class_weight"] is None
        and settings["solver"] != "liblinear"
        and settings.get("penalty", "l2") not in {"l1", "elasticnet", None}
        and not settings.get("l1_ratio")
        and np.isfinite(settings["C"])
    )


class Likelihood:
    """The penalised likelihood of labelled rows.

    Parameters
    ----------
    design : ndarray of shape (n_rows, n_parameters)
    answers : ndarray of shape (n_classes, n_rows)
        1 where the row is of the class, else 0.
    """

    def __init__(self, design: Floats, answers: Floats, model: SoftmaxRegression) -> None:
        self.design = design
        self.answers = answers
        self.intercept = model.intercept
        self.penalty = np.full(design.shape[1], model.ridge)
        if model.intercept:
            self.penalty[-1] = 0

    def compute_loss(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        """Return loss, slope and probabilities (n_sets, n_classes, n_rows) of parameter sets.

        Parameters
        ----------
        theta : ndarray of shape (n_sets, n_classes, n_parameters)
        """
        n, k, p = theta.shape
        logits = (theta.reshape(-1, p) @ self.design.T).reshape(n, k, -1)
        proba, norm = softmax(logits)
        loss = norm.sum(axis=1) - np.einsum("bkl,kl->b", logits, self.answers)
        loss += np.einsum("bkp,bkp,p->b", theta, theta, self.penalty) / 2
        slope = ((proba - self.answers).reshape(n * k, -1) @ self.design).reshape(theta.shape)
        slope += theta * self.penalty
        return loss, slope, proba

    def compute_hessian(self, proba: Floats) -> Floats:
        """Return the second derivatives, shape (n_classes x n_parameters, the same)."""
        k, p = proba.shape[0], self.design.shape[1]
        hessian = np.empty((k, p, k, p))
        for i in range(k):
            for j in range(i + 1):
                weights = proba[i] * ((i == j) - proba[j])
                hessian[i, :, j] = hessian[j, :, i] = (self.design.T * weights) @ self.design
            hessian[i, range(p), i, range(p)] += self.penalty
        if self.intercept:
            # The same shift of all intercepts changes nothing, so any curvature along it will do.
            hessian[:, -1, :, -1] += 1 / k
        return hessian.reshape(k * p, k * p)

    def minimise(self, theta: Floats) -> tuple[Floats, Floats]:
        """Return the minimum by Newton's method from ``theta``, and the inverse Hessian there."""
        for _ in range(_MAX_STEPS):
            loss, slope, proba = self.compute_loss(theta[None])
            inverse = invert(self.compute_hessian(proba[0]))
            step = -(inverse @ slope.ravel()).reshape(theta.shape)
            if -np.vdot(step, slope) <= _DECREMENT:
                break
            length = 1.0
            # Near the minimum, losses differ by less than they are rounded.
            highest = loss[0] + _ROUNDING * abs(loss[0])
            while self.compute_loss((theta + length * step)[None])[0][0] > highest and length > _ROUNDING:
                length /= 2
            theta = theta + length * step
        return theta, inverse


def softmax(logits: Floats) -> tuple[Floats, Floats]:
    """Return probabilities and log-sum-exp over the second of three axes."""
    largest: Floats = logits.max(axis=1, keepdims=True)
    proba: Floats = np.exp(logits - largest)
    total: Floats = proba.sum(axis=1, keepdims=True)
    proba /= total
    largest += np.log(total)
    return proba, largest[:, 0]


def encode_one_hot(labels: Rows, n_classes: int) -> Floats:
    """Return 1 where a row is of the class, shape (n_classes, n_rows)."""
    answers: Floats = (labels == np.arange(n_classes)[:, None]).astype(np.float64)
    return answers
