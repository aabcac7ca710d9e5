"""Mean curves with pointwise intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Curve
from albench.analysis.intervals import estimate, t_bounds, units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats


def mean_curve(n_labels: Floats, curves: Floats, splits: NDArray[np.int64]) -> Curve | None:
    """Return the mean curve of some repeats with its pointwise 95 % t interval.

    Parameters
    ----------
    n_labels : ndarray of shape (n_rounds,)
    curves : ndarray of shape (n_repeats, n_rounds)
    splits : ndarray of shape (n_repeats,)
        Which repeats belong together (see ``intervals``).

    Returns
    -------
    Curve or None
        None without repeats or rounds; ends of the interval are not-a-number below 3 units.
    """
    if curves.size == 0:
        return None
    found = estimate(curves, units(splits))
    unknown = np.full(n_labels.size, np.nan)
    low, high = t_bounds(found) if found else (unknown, unknown)
    return Curve(n_labels, curves.mean(axis=0), low, high, len(curves))
