"""Strategies that see the pool through a Gaussian kernel, exp(-gamma ||x - x'||^2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView

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


def gaussian(X: Floats, Y: Floats, gamma: float) -> Floats:
    """Return the kernel between rows of X and rows of Y."""
    squared = X @ Y.T
    squared *= -2
    squared += np.einsum("ij,ij->i", X, X)[:, None]
    squared += np.einsum("ij,ij->i", Y, Y)
    np.maximum(squared, 0, out=squared)
    squared *= -gamma
    return np.exp(squared, out=squared)
