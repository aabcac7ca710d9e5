"""Features scaled, and what is missing filled in, by the rows that have arrived, never by those to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

_TINY = 1e-7


def scale_by_rows_so_far(features: Floats) -> Floats:
    """Return each row standardised by all rows up to it.

    Where a value is missing (not-a-number) it is 0, the mean of those so far; and so is a column that has
    been constant so far.

    Parameters
    ----------
    features : ndarray of shape (n, d)
        In the order in which rows arrive.
    """
    is_missing = np.isnan(features)
    shifted = np.where(is_missing, 0.0, features - _choose_origin(features, is_missing))
    n_values = np.maximum(_count_so_far(is_missing), 1)
    means = np.cumsum(shifted, axis=0) / n_values
    squares = np.cumsum(np.square(shifted), axis=0) / n_values
    deviations = np.sqrt(np.maximum(squares - np.square(means), 0))
    # Of a column that has been constant so far rounding leaves some 1e-8 of its distance from the origin.
    is_zero = is_missing | (deviations <= _TINY * np.sqrt(squares))
    scaled: Floats = np.where(is_zero, 0.0, (shifted - means) / np.where(is_zero, 1.0, deviations))
    return scaled


def fill_by_rows_so_far(features: Floats) -> Floats:
    """Return features with the mean of the rows so far where a value is missing; 0 before the first one."""
    is_missing = np.isnan(features)
    if not is_missing.any():
        return features
    origin, n_values = _choose_origin(features, is_missing), _count_so_far(is_missing)
    sums = np.cumsum(np.where(is_missing, 0.0, features - origin), axis=0)
    means = np.where(n_values > 0, origin + sums / np.maximum(n_values, 1), 0.0)
    return np.where(is_missing, means, features)


def _choose_origin(features: Floats, is_missing: NDArray[np.bool_]) -> Floats:
    """Return the first value of each column, 0 where there is none.

    Sums of squares lose digits far from 0: what is summed is the distance from it.
    """
    origin: Floats = np.nan_to_num(np.take_along_axis(features, is_missing.argmin(axis=0)[np.newaxis], 0)[0])
    return origin


def _count_so_far(is_missing: NDArray[np.bool_]) -> Rows:
    """Return how many values each column has up to each row; the same column for all if none is missing."""
    if is_missing.any():
        return np.cumsum(~is_missing, axis=0)
    return np.arange(1, len(is_missing) + 1)[:, np.newaxis]
