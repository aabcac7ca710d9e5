from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.strategies.kernel import KernelStrategy
from albench.strategies.numerics.gaussian_kernel import _BLOCK, _CENTRES, compute_gaussian_kernel
from albench.strategies.numerics.linear_algebra import centre_if_far

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows


class McPal(KernelStrategy):
    """Multi-class probabilistic active learning: the largest expected cut of the error by one more label.

    A Parzen window gives each candidate class frequencies k_c; with a_c = k_c + prior, A = sum_c a_c and
    m the class of the largest a, one label more is expected to cut the error at the candidate by

        sum_{c != m} a_c max(0, a_c + 1 - a_m) / (A (A + 1)),

    which is the closed form of the paper for one hypothetical label and equal costs. It is not weighted by
    density.
    """

    name = "mcpal"
    complexity = "O(n (b d + C))"
    reference = (
        "Kottke, Krempl, Lang, Teschner, Spiliopoulou, 2016, Multi-class probabilistic active learning"
    )

    prior: float = Field(default=1.0, gt=0)
    """Pseudo-count of each class."""

    def start(self, pool: PoolView) -> KernelFrequencies:
        """Keep the class frequencies over the rounds."""
        return KernelFrequencies(pool.features, pool.n_classes, self.get_gamma(pool))

    def utilities(self, pool: PoolView, state: KernelFrequencies) -> Floats:
        """Return the expected cut of the error, between 0 and 1."""
        state.add(pool.labelled, pool.labels)
        return compute_cost_reduction(state.counts[pool.candidates], self.prior)


class KernelFrequencies:
    """Kernel-weighted class counts around every pool row, kept while labels come in.

    Attributes
    ----------
    counts : ndarray of shape (n_pool, n_classes)
    """

    def __init__(self, features: Floats, n_classes: int, gamma: float) -> None:
        self._features = centre_if_far(features)
        self._gamma = gamma
        self._is_counted = np.zeros(features.shape[0], np.bool_)
        self.counts = np.zeros((features.shape[0], n_classes))

    def add(self, rows: Rows, labels: Rows) -> None:
        """Count labelled rows; those that have been counted cost nothing."""
        new = ~self._is_counted[rows]
        rows, labels = rows[new], labels[new]
        self._is_counted[rows] = True
        for code in np.unique(labels):
            members = rows[labels == code]
            for first in range(0, members.size, _CENTRES):
                self._count(self._features[members[first : first + _CENTRES]], code)

    def _count(self, centres: Floats, code: int) -> None:
        width = max(1, _BLOCK // centres.shape[0])
        for first in range(0, self.counts.shape[0], width):
            near = compute_gaussian_kernel(self._features[first : first + width], centres, self._gamma)
            self.counts[first : first + width, code] += near.sum(axis=1)


def compute_cost_reduction(counts: Floats, prior: float) -> Floats:
    """Return the expected cut of the error by one more label, from class frequencies (n, n_classes)."""
    beliefs = counts + prior
    most_frequent = beliefs.argmax(axis=1)
    total = beliefs.sum(axis=1)
    gains = beliefs * np.maximum(beliefs + 1 - beliefs.max(axis=1, keepdims=True), 0)
    np.put_along_axis(gains, most_frequent[:, None], 0, axis=1)
    reductions: Floats = gains.sum(axis=1) / (total * (total + 1))
    return reductions
