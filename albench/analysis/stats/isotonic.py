"""Isotonic regression of many short curves at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Floats

_CHUNK = 1024  # more curves would be lifted so high that their low digits are lost


def fit_monotone(values: Floats) -> Floats:
    """Return the nearest non-decreasing curve to each curve, in the sense of least squares.

    Curves are laid end to end, each lifted above the one before, so that one pool-adjacent-violators pass
    serves hundreds of them: no pool can reach over a step up.

    Parameters
    ----------
    values : ndarray of shape (n_curves, n_rounds)
        Finite.

    References
    ----------
    Barlow et al., 1972, Statistical inference under order restrictions
    """
    if values.size == 0:
        return values.copy()
    return np.concatenate([_fit_chunk(values[i : i + _CHUNK]) for i in range(0, len(values), _CHUNK)])


def _fit_chunk(values: Floats) -> Floats:
    from scipy.optimize import isotonic_regression

    low, high = values.min(), values.max()
    # A power of two keeps the lifted values on as fine a grid as their size allows.
    step = 2.0 ** np.ceil(np.log2(2 * (high - low))) if high > low else 1.0
    lift = step * np.arange(len(values))[:, np.newaxis]
    fitted = isotonic_regression((values - low + lift).ravel()).x
    return np.asarray(np.clip(fitted.reshape(values.shape) - lift + low, low, high))
