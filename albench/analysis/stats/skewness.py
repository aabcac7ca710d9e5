"""Skewness of values, and tests and intervals of a mean that hold at small levels in spite of it.

At 5 % Student's t bears some skewness; shared by many strategies and looks, its level is a tail in which 10
values that are skewed like a gamma distribution of shape 2 err several times as often as they may. Hall's
transformation takes the skewness out, but what is estimated from few values is noise, and too small. So a
mean is called different where both tests say so, and an interval has the outer ends of both.

References
----------
Hall, 1992, On the removal of skewness by transformation
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stats.significance import ROUNDING

if TYPE_CHECKING:
    from albench.analysis.stats.intervals import Units
    from albench.contracts import Floats

_CORRECTION = 1.5
"""Of 10 values of a gamma distribution the estimated skewness is on average 60 % of the true one."""


def average_by_unit(values: Floats, units: Units) -> Floats:
    """Return the mean of each unit's values, shape (n_units,)."""
    totals = np.bincount(units.index, weights=values, minlength=units.n)
    return np.asarray(totals / np.bincount(units.index, minlength=units.n))


def compute_skewness(values: Floats) -> float:
    """Return the third moment in units of the standard deviation; 0 where nothing varies."""
    deviations = values - values.mean()
    spread = float(np.sqrt(np.square(deviations).mean()))
    return float((deviations**3).mean()) / spread**3 if spread > ROUNDING else 0.0


def estimate_skew_of_mean(values: Floats, units: Units) -> float:
    """Return how skewed the mean of the units is, made up for how few they are: 3 or more."""
    n = units.n
    unbiased = float(np.sqrt(n * (n - 1))) / (n - 2)
    return _CORRECTION * unbiased * compute_skewness(average_by_unit(values, units)) / float(np.sqrt(n))


def discount_t(t: float, skew: float) -> float:
    """Return the size of Student's t, or of Hall's transformation of it where that is smaller."""
    transformed = t + skew * (2 * t**2 + 1) / 6 + skew**2 * t**3 / 27
    return float(min(abs(t), max(0.0, np.sign(t) * transformed)))


def widen_quantile(quantile: float, skew: float) -> tuple[float, float]:
    """Return how many standard errors the interval reaches below the mean and above it, by Student's t."""
    if not skew:
        return quantile, quantile
    transformed_back = 3 * (np.cbrt(1 + skew * (np.array([quantile, -quantile]) - skew / 6)) - 1) / skew
    return max(quantile, float(transformed_back[0])), max(quantile, -float(transformed_back[1]))
