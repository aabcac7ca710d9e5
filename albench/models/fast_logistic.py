"""The fit of a plain logistic regression without scikit-learn's dispatch.

A small fit evaluates its loss some thirty times, and scikit-learn 1.9 spends more than half of each
evaluation on finding out which array library it was given. Here the same solver of scipy is given the same
loss of scikit-learn, with the same operations on numpy arrays in the same order: coefficients are equal to
the last bit, which :func:`can_replace_sklearn` checks for the installed versions before any is used.

No other module imports private names of scikit-learn.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.contracts import Floats, Rows

    Objective = Callable[[Floats], tuple[float, Floats]]

_NUMBERS = ("C", "tol", "max_iter", "random_state")


def fit_plain(estimator: Any, X: Floats, y: Rows) -> Any | None:
    """Fit a plain logistic regression, and return it.

    None, and nothing done, where scikit-learn must fit, or refuse: another estimator or setting, rows that
    are not dense float64, or a value that is not finite.

    Parameters
    ----------
    estimator : object
        Not fitted yet.
    X : ndarray of shape (n, d)
    y : ndarray of shape (n,), int
        At least two classes.
    """
    if not (_is_plain(estimator) and _is_plain_matrix(X) and can_replace_sklearn()):
        return None
    return _fit(estimator, X, y)


def is_logistic(estimator: Any) -> bool:
    """Say whether an estimator is scikit-learn's logistic regression itself."""
    # By name: importing the class would cost every light command a second.
    cls = type(estimator)
    return (cls.__name__, cls.__module__) == ("LogisticRegression", "sklearn.linear_model._logistic")


def _is_plain(estimator: Any) -> bool:
    """Say whether it is a logistic regression that is set to nothing but numbers that scikit-learn takes."""
    if not is_logistic(estimator):
        return False
    settings, defaults = vars(estimator), vars(type(estimator)())
    if settings.keys() != defaults.keys() or not _are_numbers(*(settings[name] for name in _NUMBERS)):
        return False
    return all(settings[name] == defaults[name] for name in defaults if name not in _NUMBERS)


def _are_numbers(C: Any, tol: Any, max_iter: Any, random_state: Any) -> bool:
    is_seed = random_state is None or (type(random_state) is int and 0 <= random_state < 2**32)
    are_real = type(C) in {int, float} and type(tol) in {int, float}
    return is_seed and are_real and C > 0 and tol > 0 and type(max_iter) is int and max_iter > 0


def _is_plain_matrix(X: Any) -> bool:
    return type(X) is np.ndarray and X.dtype == np.float64 and bool(np.isfinite(X).all())


@cache
def can_replace_sklearn() -> bool:
    """Say whether the installed scikit-learn gives the same coefficients, of two classes and of three.

    They must lie in memory as there, too, since products of another layout may differ in the last bit:
    scikit-learn 1.8 has another, and fits itself.
    """
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 5)), rng.integers(3, size=40)
    # What it warns of would stand in the notes of the trial that asks first.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [LogisticRegression().fit(X, labels).coef_ for labels in (y, np.minimum(y, 1))]
        try:
            ours = [_fit(LogisticRegression(), X, labels).coef_ for labels in (y, np.minimum(y, 1))]
        except (ImportError, AttributeError, TypeError):
            # It stands on names that are not public: where another version has others, that version fits.
            return False
    return all(
        np.array_equal(here, there) and here.strides == there.strides
        for here, there in zip(ours, theirs, strict=True)
    )


def _fit(estimator: Any, X: Floats, y: Rows) -> Any:
    # Private, since only the compiled losses of LogisticRegression.fit give its coefficients to the last bit.
    # Where a version has other names, can_replace_sklearn() is false, and scikit-learn fits.
    from scipy import optimize
    from sklearn.linear_model._logistic import _LOGISTIC_SOLVER_CONVERGENCE_MSG
    from sklearn.utils.optimize import _check_optimize_result

    classes, codes = np.unique(y, return_inverse=True)
    n, d = X.shape
    n_vectors = 1 if classes.size == 2 else classes.size  # noqa: PLR2004
    loss = _build_binary_objective if n_vectors == 1 else _build_multinomial_objective
    result = optimize.minimize(
        loss(np.ascontiguousarray(X), codes.astype(np.float64), 1 / (estimator.C * n)),
        np.zeros(n_vectors * (d + 1)),
        method="L-BFGS-B",
        jac=True,
        # As LogisticRegression sets them.
        options={
            "maxiter": estimator.max_iter,
            "maxls": 50,
            "gtol": estimator.tol,
            "ftol": 64 * np.finfo(float).eps,
        },
    )
    n_iter = _check_optimize_result("lbfgs", result, estimator.max_iter, _LOGISTIC_SOLVER_CONVERGENCE_MSG)
    estimator.classes_, estimator.n_features_in_ = classes, d
    estimator.n_iter_ = np.array([n_iter], dtype=np.int32)
    estimator.coef_, estimator.intercept_ = _unpack_coefficients(result.x, n_vectors)
    return estimator


def _unpack_coefficients(w: Floats, n_vectors: int) -> tuple[Floats, Floats]:
    if n_vectors == 1:
        return w[None, :-1], w[-1:]
    vectors = w.reshape((n_vectors, -1), order="F")
    return vectors[:, :-1], vectors[:, -1]


def _build_binary_objective(X: Floats, y: Floats, ridge: float) -> Objective:
    from sklearn._loss import HalfBinomialLoss

    loss, (n, d) = HalfBinomialLoss(), X.shape

    def compute_loss_and_gradient(w: Floats) -> tuple[float, Floats]:
        losses, slopes = loss.loss_gradient(y, X @ w[:-1] + w[-1])
        slopes /= n
        slope = np.empty_like(w)
        slope[:d] = X.T @ slopes + ridge * w[:-1]
        slope[d] = np.sum(slopes)
        return float(np.sum(losses) / n) + float(0.5 * ridge * (w[:-1] @ w[:-1])), slope

    return compute_loss_and_gradient


def _build_multinomial_objective(X: Floats, y: Floats, ridge: float) -> Objective:
    from sklearn._loss import HalfMultinomialLoss

    (n, d), n_classes = X.shape, int(y.max()) + 1
    loss = HalfMultinomialLoss(n_classes=n_classes)

    def compute_loss_and_gradient(w: Floats) -> tuple[float, Floats]:
        # The classes of one feature are neighbours in memory, for the solver and for the products.
        vectors = w.reshape((n_classes, d + 1), order="F")
        weights = vectors[:, :d]
        losses, slopes = loss.loss_gradient(y, X @ weights.T + vectors[:, d])
        slopes /= n
        slope = np.empty((n_classes, d + 1), order="F")
        slope[:, :d] = slopes.T @ X + ridge * weights
        slope[:, d] = np.sum(slopes, axis=0)
        flat = w[: n_classes * d]
        return float(np.sum(losses) / n) + float(0.5 * ridge * np.dot(flat, flat)), slope.ravel(order="F")

    return compute_loss_and_gradient


def compute_decisions(estimator: Any, X: Floats) -> Floats | None:
    """Return decision values of shape (n,) if binary, else (n, n_classes).

    None where the estimator is no plain (multinomial) logistic regression, or the rows are not dense, or a
    value is not finite: then scikit-learn must answer, or refuse.
    """
    if not is_logistic(estimator):
        return None
    one_against_rest = estimator.solver == "liblinear" or getattr(estimator, "multi_class", "") == "ovr"
    if type(X) is not np.ndarray or one_against_rest:
        return None
    products: Floats = X @ estimator.coef_.T
    # In place where that gives the same type: a second matrix of the pool's size costs a quarter of it all.
    decision: Floats = np.add(
        products, estimator.intercept_, out=products if products.dtype == np.float64 else None
    )
    if not np.isfinite(decision).all():
        return None
    return decision.reshape(-1) if decision.shape[1] == 1 else decision


def predict_classes(estimator: Any, decision: Floats) -> Rows:
    """Return the predicted class of each row."""
    places = (decision > 0).astype(np.intp) if decision.ndim == 1 else np.argmax(decision, axis=1)
    classes: Rows = estimator.classes_.take(places)
    return classes


def compute_proba(decision: Floats) -> Floats:
    """Return class probabilities of shape (n, n_classes): logistic if binary, else softmax."""
    if decision.ndim == 1:
        from scipy.special import expit

        positive = expit(decision)
        both: Floats = np.vstack([1 - positive, positive]).T
        return both
    # Of the transpose: numpy takes ten times as long for the maxima of many short rows.
    shifted: Floats = decision - decision.T.copy().max(axis=0).reshape(-1, 1)
    np.exp(shifted, out=shifted)
    shifted /= shifted.sum(axis=1).reshape(-1, 1)
    return shifted
