"""Tests and intervals of a mean that hold at small levels although the values may be skewed.

At 5 % Student's t bears some skewness; shared by many strategies and looks, its level is a tail in which 10
values that are skewed like a gamma distribution of shape 2 err several times as often as they may. Hall's
transformation takes the skewness out, but what is estimated from few values is noise, and too small. So a
mean is called different where both tests say so, and an interval has the outer ends of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Interval
from albench.analysis.stats.intervals import Estimate, compute_t_quantile, estimate_mean
from albench.analysis.stats.shape import average_by_unit, compute_skewness
from albench.analysis.stats.significance import ROUNDING

if TYPE_CHECKING:
    from albench.analysis.stats.intervals import Units
    from albench.contracts import Floats


_CORRECTION = 1.5
"""Of 10 values of a gamma distribution the estimated skewness is on average 60 % of the true one."""


@dataclass(frozen=True)
class SkewedMean:
    """A mean with its standard error, and the skewness of its units, made up for how few they are."""

    estimate: Estimate
    skewness: float

    @property
    def _skew(self) -> float:
        """How skewed the mean itself is."""
        return self.skewness / float(np.sqrt(self.estimate.df + 1))

    def compute_p(self) -> float:
        """Return the two-sided p against 0, that of the test which finds less.

        Equal values, whose error is 0, show no more than that all have one sign.

        References
        ----------
        Hall, 1992, On the removal of skewness by transformation
        """
        from scipy.special import stdtr

        mean, error, df = self.estimate
        if not error:
            return float(2.0**-df) if abs(mean) > ROUNDING else 1.0
        t, skew = float(mean / error), self._skew
        transformed = t + skew * (2 * t**2 + 1) / 6 + skew**2 * t**3 / 27
        least = min(abs(t), max(0.0, np.sign(t) * transformed))
        return float(2 * stdtr(df, -least))

    def build_interval(self, level: float, unit_name: str) -> Interval:
        """Return the outer ends of Student's and Hall's interval."""
        mean, error = float(self.estimate.mean), float(self.estimate.error)
        quantile = compute_t_quantile(self.estimate.df, level)
        low = mean - error * max(quantile, self._transform_back(quantile))
        high = mean + error * max(quantile, -self._transform_back(-quantile))
        return Interval(low, high, level, f"t over {unit_name}, corrected for skewness")

    def _transform_back(self, quantile: float) -> float:
        """Return the t whose transformation is a quantile."""
        skew = self._skew
        if not skew:
            return quantile
        return float(3 * (np.cbrt(1 + skew * (quantile - skew / 6)) - 1) / skew)


def estimate_skewed_mean(values: Floats, units: Units) -> SkewedMean | None:
    """Return the mean over the repeats, shape (n_repeats,); None below 3 units."""
    estimate = estimate_mean(values, units)
    if estimate is None:
        return None
    n = units.n
    correction = _CORRECTION * float(np.sqrt(n * (n - 1))) / (n - 2)
    return SkewedMean(estimate, correction * compute_skewness(average_by_unit(values, units)))
