"""Many refits of one softmax regression, each with one more labelled row, solved together.

The problems differ by a single row, so the inverse Hessian of the fit without it, corrected for that row,
is a good metric for all of them, and each step is a few matrix products for all problems at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.strategies.numerics.quasi_newton import QuasiNewton
from albench.strategies.numerics.softmax import Likelihood, SoftmaxRegression, encode_one_hot, softmax

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows

Approximation = Literal["none", "newton", "chord"]

# A Hessian of so many rows takes 128 MiB.
MAX_PARAMETERS = 4096
_STEPS = 200
_CHORDS = 4
_DECREMENT = 1e-15
# An improbable label counts for little, but is not left to diverge.
_LEAST_WEIGHT = 1e-6


class Refits:
    """Refits of a softmax regression with one more row.

    Parameters
    ----------
    model : SoftmaxRegression
        Fitted on the rows that follow, to any tolerance.
    X : ndarray of shape (n_rows, n_features)
    labels : ndarray of shape (n_rows,), int
        Classes from 0 in the order of ``model.theta``.
    """

    def __init__(self, model: SoftmaxRegression, X: Floats, labels: Rows) -> None:
        self.model = model
        self.n_classes = model.theta.shape[0]
        self.likelihood = Likelihood(model.build_design(X), encode_one_hot(labels, self.n_classes), model)
        self.theta, self.inverse = self.likelihood.minimise(model.theta)

    def solve(self, X: Floats, weights: Floats, approx: Approximation = "none") -> Floats:
        """Return the parameters with each row under each label, (n, n_classes, n_classes, n_parameters).

        Parameters
        ----------
        X : ndarray of shape (n, n_features)
        weights : ndarray of shape (n, n_classes)
            What each refit will count for: small ones are solved less exactly.
        approx : {"none", "newton", "chord"}
            Converged; one Newton step from the fit without the row; four more with that step's Hessian.
        """
        one_more = OneMoreRow(self, self.model.build_design(X))
        start = np.broadcast_to(self.theta, (one_more.n_problems, *self.theta.shape))
        if approx == "newton":
            theta = start + one_more.compute_newton_step()
        else:
            tolerance = _DECREMENT / np.maximum(weights.ravel(), _LEAST_WEIGHT) ** 2
            solver = QuasiNewton(one_more, start, tolerance, memory=approx == "none")
            late = solver.run(_STEPS if approx == "none" else _CHORDS + 1, one_more.compute_newton_step())
            theta = solver.at
            # What has not converged together is solved by Newton's method, one by one.
            for problem in late if approx == "none" else ():
                theta[problem] = one_more.minimise(problem, theta[problem])
        return theta.reshape(X.shape[0], self.n_classes, *self.theta.shape)


class OneMoreRow:
    """The problems with one more row each: candidate by candidate, and within it label by label.

    With H the Hessian without the row x, E its place (one column a class) and D the curvature that the row
    adds, the metric is the inverse of H + E D E', by the formula of Woodbury.
    """

    def __init__(self, base: Refits, design: Floats) -> None:
        self._base = base
        self._design = design
        n, k = design.shape[0], base.n_classes
        self.n_problems = n * k
        self._lever = (design @ base.inverse.reshape(k, -1, base.inverse.shape[0])).swapaxes(0, 1)
        reach = np.einsum("njkp,np->nkj", self._lever.reshape(n, k, k, -1), design)
        proba = softmax((design @ base.theta.T)[:, :, None])[0][:, :, 0]
        curvature = proba[:, :, None] * (np.eye(k) - proba[:, None, :])
        damping = np.linalg.inv(np.eye(k) + curvature @ reach)
        self._correction = damping @ curvature
        self._pull = np.einsum("nij,nyj->nyi", damping, proba[:, None, :] - np.eye(k))

    def compute_newton_step(self) -> Floats:
        """Return one Newton step from the fit without the row, whose slope is that of the row alone."""
        steps: Floats = self._pull @ self._lever
        return -steps.reshape(self.n_problems, *self._base.theta.shape)

    def evaluate(self, at: Floats, rows: Rows) -> tuple[Floats, Floats]:
        """Return losses and slopes."""
        candidate, label = np.divmod(rows, self._base.n_classes)
        loss, slope, _ = self._base.likelihood.compute_loss(at)
        design, problems = self._design[candidate], np.arange(rows.size)
        logits = np.einsum("bkp,bp->bk", at, design)
        proba, norm = softmax(logits[:, :, None])
        residual = proba[:, :, 0]
        residual[problems, label] -= 1
        slope += residual[:, :, None] * design[:, None, :]
        return loss + norm[:, 0] - logits[problems, label], slope

    def scale(self, slope: Floats, rows: Rows) -> Floats:
        """Return slopes in the metric."""
        candidate = rows // self._base.n_classes
        scaled = (slope.reshape(rows.size, -1) @ self._base.inverse).reshape(slope.shape)
        shadow = np.einsum("bkp,bp->bk", scaled, self._design[candidate])
        pull = np.einsum("bij,bj->bi", self._correction[candidate], shadow)
        scaled -= np.matmul(pull[:, None, :], self._lever[candidate]).reshape(slope.shape)
        return scaled

    def minimise(self, row: int, theta: Floats) -> Floats:
        """Return the solution of one problem by Newton's method."""
        candidate, label = divmod(int(row), self._base.n_classes)
        base = self._base.likelihood
        design = np.concatenate([base.design, self._design[[candidate]]])
        answers = np.column_stack([base.answers, np.eye(self._base.n_classes)[label]])
        return Likelihood(design, answers, self._base.model).minimise(theta)[0]
