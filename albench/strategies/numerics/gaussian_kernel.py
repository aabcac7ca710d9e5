"""The Gaussian kernel, exp(-gamma ||x - x'||^2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Floats

# Kernel values at a time: 512 KiB stay in the cache of a core.
_BLOCK = 1 << 16
_CENTRES = 64


def compute_gaussian_kernel(X: Floats, Y: Floats, gamma: float) -> Floats:
    """Return the kernel between rows of X and rows of Y."""
    squared = X @ Y.T
    squared *= -2
    squared += np.einsum("ij,ij->i", X, X)[:, None]
    squared += np.einsum("ij,ij->i", Y, Y)
    # What cancellation leaves below 0 would be a kernel above 1.
    np.maximum(squared, 0, out=squared)
    squared *= -gamma
    return np.exp(squared, out=squared)
