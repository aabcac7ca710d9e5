"""The shape of a sample: its skewness, and its median with an interval that holds whatever the shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Shape
from albench.analysis.stats.medians import estimate_median_interval
from albench.analysis.stats.skewness import compute_skewness

if TYPE_CHECKING:
    from albench.contracts import Floats

FEWEST_UNITS = 6


def describe_shape(values: Floats, unit_name: str) -> Shape | None:
    """Return the skewness of independent values, and their median with the sign test's interval.

    Parameters
    ----------
    values : ndarray of shape (n_units,)

    Returns
    -------
    Shape or None
        None below 6 values, of which no interval of the median holds 95 %.
    """
    if values.size < FEWEST_UNITS:
        return None
    interval = estimate_median_interval(values, unit_name)
    if interval is None:
        return None
    return Shape(values.size, compute_skewness(values), float(np.median(values)), interval)
