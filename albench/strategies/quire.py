from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.strategies.kernel import KernelStrategy
from albench.strategies.numerics.gaussian_kernel import _BLOCK, compute_gaussian_kernel
from albench.strategies.numerics.linear_algebra import centre_if_far

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows


class Quire(KernelStrategy):
    """Querying informative and representative examples: the smallest min-max loss of kernel ridge regression.

    For each class with labels y of +-1 on the labelled rows, the loss that is left after asking for x with
    the answer +1, minimised over the other unknown labels, is

        y' (K + lambda I)^-1 y + (1 - f(x))^2 / (lambda + v(x)),

    f(x) and v(x) being prediction and posterior variance of kernel ridge regression on the labelled rows.
    The utility is minus the largest over classes. This closed form equals the block matrices of the paper
    (their inverse is never needed) and is linear in the pool. A batch is the top of the list.
    """

    name = "quire"
    complexity = "O(n L (L + d + C))"
    reference = "Huang, Jin, Zhou, 2010, Active learning by querying informative and representative examples"

    ridge: float = Field(default=1.0, gt=0)
    """lambda: weight of the regularisation."""

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return minus the loss."""
        X = centre_if_far(pool.features)
        targets = encode_one_versus_rest(pool.labels, pool.n_classes)
        utilities = np.empty(pool.candidates.size)
        width = max(1, _BLOCK // (pool.labelled.size + 1))
        loss = RidgeLoss(X[pool.labelled], targets, gamma=self.get_gamma(pool), ridge=self.ridge)
        for first in range(0, utilities.size, width):
            rows = pool.candidates[first : first + width]
            utilities[first : first + width] = -loss.compute_largest(X[rows])
        return utilities


class RidgeLoss:
    """The min-max loss of candidates, from the labelled rows.

    Parameters
    ----------
    X : ndarray of shape (n_labelled, n_features)
    targets : ndarray of shape (n_labelled, n_classes)
        +1 for the class of the row, -1 for the others.
    """

    def __init__(self, X: Floats, targets: Floats, *, gamma: float, ridge: float) -> None:
        from scipy.linalg import cholesky, solve_triangular

        self._X = X
        self._gamma = gamma
        self._ridge = ridge
        gram = compute_gaussian_kernel(X, X, gamma) + ridge * np.eye(X.shape[0])
        self._inverse_root = solve_triangular(cholesky(gram, lower=True), np.eye(X.shape[0]), lower=True)
        self._rotated = self._inverse_root @ targets
        self._fit = np.einsum("lc,lc->c", self._rotated, self._rotated)

    def compute_largest(self, X: Floats) -> Floats:
        """Return the largest loss over classes, shape (n,)."""
        rotated = compute_gaussian_kernel(X, self._X, self._gamma) @ self._inverse_root.T
        predicted = rotated @ self._rotated
        # Rounding can bring the variance of a labelled row's duplicate below 0.
        variance = np.maximum(1 - np.einsum("nl,nl->n", rotated, rotated), 0)
        losses = self._fit + (1 - predicted) ** 2 / (self._ridge + variance)[:, None]
        largest: Floats = losses.max(axis=1)
        return largest


def encode_one_versus_rest(labels: Rows, n_classes: int) -> Floats:
    """Return +1 for the class of a row and -1 for the others, shape (n, n_classes)."""
    return np.where(labels[:, None] == np.arange(n_classes), 1.0, -1.0)
