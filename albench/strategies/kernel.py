"""Strategies that see the pool through a Gaussian kernel, exp(-gamma ||x - x'||^2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.strategies.pairs import centred

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows

_BLOCK = 1 << 16
_CENTRES = 64


class OfKernel(Strategy):
    """Base of strategies with a Gaussian kernel of their own."""

    family: ClassVar[str] = "hybrid"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LABELS})

    gamma: float | None = Field(default=None, gt=0)
    """Inverse width of the kernel; 1 / n_features by default."""

    def width(self, pool: PoolView) -> float:
        """Return gamma."""
        return 1 / pool.features.shape[1] if self.gamma is None else self.gamma


class Quire(OfKernel):
    """Querying informative and representative examples: the smallest min-max loss of kernel ridge regression.

    For each class with labels y of +-1 on the labelled rows, the loss that is left after asking for x with
    the answer +1, minimised over the other unknown labels, is

        y' (K + lambda I)^-1 y + (1 - f(x))^2 / (lambda + v(x)),

    f(x) and v(x) being prediction and posterior variance of kernel ridge regression on the labelled rows.
    The utility is minus the largest over classes. This closed form equals the block matrices of the paper
    (their inverse is never needed) and is linear in the pool. A batch is the top of the list.
    """

    name: ClassVar[str] = "quire"
    complexity: ClassVar[str] = "O(n L (L + d + C))"
    reference: ClassVar[str] = (
        "Huang, Jin, Zhou, 2010, Active learning by querying informative and representative examples"
    )

    ridge: float = Field(default=1.0, gt=0)
    """lambda: weight of the regularisation."""

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return minus the loss."""
        del state
        X = centred(pool.features)
        known = (X[pool.labelled], one_versus_rest(pool.labels, pool.n_classes))
        found = np.empty(pool.candidates.size)
        width = max(1, _BLOCK // (pool.labelled.size + 1))
        loss = RidgeLoss(*known, gamma=self.width(pool), ridge=self.ridge)
        for first in range(0, found.size, width):
            rows = pool.candidates[first : first + width]
            found[first : first + width] = -loss.worst(X[rows])
        return found


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
        gram = gaussian(X, X, gamma) + ridge * np.eye(X.shape[0])
        self._inverse_root = solve_triangular(cholesky(gram, lower=True), np.eye(X.shape[0]), lower=True)
        self._rotated = self._inverse_root @ targets
        self._fit = np.einsum("lc,lc->c", self._rotated, self._rotated)

    def worst(self, X: Floats) -> Floats:
        """Return the largest loss over classes, shape (n,)."""
        rotated = gaussian(X, self._X, self._gamma) @ self._inverse_root.T
        predicted = rotated @ self._rotated
        variance = np.maximum(1 - np.einsum("nl,nl->n", rotated, rotated), 0)
        losses = self._fit + (1 - predicted) ** 2 / (self._ridge + variance)[:, None]
        found: Floats = losses.max(axis=1)
        return found


class McPal(OfKernel):
    """Multi-class probabilistic active learning: the largest expected cut of the error by one more label.

    A Parzen window gives each candidate class frequencies k_c; with a_c = k_c + prior, A = sum_c a_c and
    m the class of the largest a, one label more is expected to cut the error at the candidate by

        sum_{c != m} a_c max(0, a_c + 1 - a_m) / (A (A + 1)),

    which is the closed form of the paper for one hypothetical label and equal costs. It is not weighted by
    density.
    """

    name: ClassVar[str] = "mcpal"
    complexity: ClassVar[str] = "O(n (b d + C))"
    reference: ClassVar[str] = (
        "Kottke, Krempl, Lang, Teschner, Spiliopoulou, 2016, Multi-class probabilistic active learning"
    )

    prior: float = Field(default=1.0, gt=0)
    """Pseudo-count of each class."""

    def start(self, pool: PoolView) -> KernelFrequencies:
        """Keep the class frequencies over the rounds."""
        return KernelFrequencies(pool.features, pool.n_classes, self.width(pool))

    def utilities(self, pool: PoolView, state: KernelFrequencies) -> Floats:
        """Return the expected cut of the error, between 0 and 1."""
        state.add(pool.labelled, pool.labels)
        return cost_reduction(state.counts[pool.candidates], self.prior)


class KernelFrequencies:
    """Kernel-weighted class counts around every pool row, kept while labels come in.

    Attributes
    ----------
    counts : ndarray of shape (n_pool, n_classes)
    """

    def __init__(self, features: Floats, n_classes: int, gamma: float) -> None:
        self._features = centred(features)
        self._gamma = gamma
        self._known = np.zeros(features.shape[0], np.bool_)
        self.counts = np.zeros((features.shape[0], n_classes))

    def add(self, rows: Rows, labels: Rows) -> None:
        """Count labelled rows; those that have been counted cost nothing."""
        new = ~self._known[rows]
        rows, labels = rows[new], labels[new]
        self._known[rows] = True
        for code in np.unique(labels):
            members = rows[labels == code]
            for first in range(0, members.size, _CENTRES):
                self._count(self._features[members[first : first + _CENTRES]], code)

    def _count(self, centres: Floats, code: int) -> None:
        width = max(1, _BLOCK // centres.shape[0])
        for first in range(0, self.counts.shape[0], width):
            near = gaussian(self._features[first : first + width], centres, self._gamma)
            self.counts[first : first + width, code] += near.sum(axis=1)


def cost_reduction(counts: Floats, prior: float) -> Floats:
    """Return the expected cut of the error by one more label, from class frequencies (n, n_classes)."""
    beliefs = counts + prior
    best = beliefs.argmax(axis=1)
    total = beliefs.sum(axis=1)
    gains = beliefs * np.maximum(beliefs + 1 - beliefs.max(axis=1, keepdims=True), 0)
    np.put_along_axis(gains, best[:, None], 0, axis=1)
    found: Floats = gains.sum(axis=1) / (total * (total + 1))
    return found


def gaussian(X: Floats, Y: Floats, gamma: float) -> Floats:
    """Return the kernel between rows of X and rows of Y."""
    squared = X @ Y.T
    squared *= -2
    squared += np.einsum("ij,ij->i", X, X)[:, None]
    squared += np.einsum("ij,ij->i", Y, Y)
    np.maximum(squared, 0, out=squared)
    squared *= -gamma
    return np.exp(squared, out=squared)


def one_versus_rest(labels: Rows, n_classes: int) -> Floats:
    """Return +1 for the class of a row and -1 for the others, shape (n, n_classes)."""
    return np.where(labels[:, None] == np.arange(n_classes), 1.0, -1.0)
