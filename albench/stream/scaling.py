"""Features scaled by the rows that have arrived, never by those to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Floats

_TINY = 1e-7


def scale_by_rows_so_far(features: Floats) -> Floats:
    """Return each row standardised by all rows up to it; 0 in columns that have been constant so far.

    Parameters
    ----------
    features : ndarray of shape (n, d)
        In the order in which rows arrive.
    """
    # Sums of squares lose digits far from 0: what is summed is the distance from the first row.
    shifted = features - features[0]
    n_rows = np.arange(1, len(features) + 1)[:, np.newaxis]
    means = np.cumsum(shifted, axis=0) / n_rows
    squares = np.cumsum(np.square(shifted), axis=0) / n_rows
    deviations = np.sqrt(np.maximum(squares - np.square(means), 0))
    # Of a column that has been constant so far rounding leaves some 1e-8 of its distance from the first row.
    is_constant = deviations <= _TINY * np.sqrt(squares)
    scaled: Floats = np.where(is_constant, 0.0, (shifted - means) / np.where(is_constant, 1.0, deviations))
    return scaled
