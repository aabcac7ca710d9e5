"""Twonorm: two Gaussian clouds that a plane separates best."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Twonorm(Generator):
    """Two Gaussian clouds with unit covariance and means 4 apart: a plane through the origin is optimal.

    Means are at ``2 / sqrt(n_features)`` and its negative in every feature, which leaves 2.3 % of error.
    """

    name: ClassVar[str] = "twonorm"
    reference: ClassVar[str] = "Breiman (1996), Bias, variance and arcing classifiers"

    n_features: int = Field(default=20, ge=1)
    """Number of features."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points around their class's mean, in random order."""
        rng = self.rng()
        labels = rng.permutation(np.arange(self.n_rows) % 2)
        means = np.where(labels == 0, 1, -1) * 2 / np.sqrt(self.n_features)
        return means[:, None] + rng.standard_normal((self.n_rows, self.n_features)), labels
