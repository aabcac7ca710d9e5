"""The shape of a sample: its skewness, and its median with an interval that holds whatever the shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Shape
from albench.analysis.stats.intervals import estimate_median_interval
from albench.analysis.stats.significance import ROUNDING

if TYPE_CHECKING:
    from albench.analysis.stats.intervals import Units
    from albench.contracts import Floats

FEWEST_UNITS = 6


def average_by_unit(values: Floats, units: Units) -> Floats:
    """Return the mean of each unit's values, shape (n_units,)."""
    totals = np.bincount(units.index, weights=values, minlength=units.n)
    return np.asarray(totals / np.bincount(units.index, minlength=units.n))


def describe_shape(values: Floats, unit_name: str) -> Shape | None:
    """Return the skewness of independent values, and their median with the sign test's interval.

    Parameters
    ----------
    values : ndarray of shape (n_units,)
    unit_name : str
        What the units are, in words.

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


def compute_skewness(values: Floats) -> float:
    """Return the third moment in units of the standard deviation; 0 where nothing varies."""
    deviations = values - values.mean()
    spread = float(np.sqrt(np.square(deviations).mean()))
    return float((deviations**3).mean()) / spread**3 if spread > ROUNDING else 0.0
