"""Learning curves as power laws: a(n) = a - b n^-c, fitted and read beyond the last label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Floats

EXPONENTS = np.geomspace(0.1, 2.0, 40)
"""Rates that are tried: learning curves of classifiers decay within them (Viering and Loog, 2022)."""


@dataclass(frozen=True)
class PowerLaw:
    """A curve ``limit - height * n^-rate``, higher being better.

    Attributes
    ----------
    limit, height, rate : float
        ``height`` is not negative, ``rate`` is positive.
    """

    limit: float
    height: float
    rate: float

    def predict(self, n_labels: Floats | float) -> Floats:
        """Return the level at so many labels."""
        return np.asarray(self.limit - self.height * np.asarray(n_labels, dtype=float) ** -self.rate)


def fit_power_law(n_labels: Floats, levels: Floats, *, best: float | None = 1.0) -> PowerLaw:
    """Fit by least squares, each point weighted by its labels, as in Figueroa et al. (2012).

    For each rate the other two are a linear problem; the best rate of a grid is taken, so that the fit has no
    starting point and never fails to converge.

    Parameters
    ----------
    n_labels : ndarray of shape (n_points,)
        Positive.
    levels : ndarray of shape (n_points,)
        Higher is better.
    best : float or None
        The best level that the metric can have; None for no bound.
    """
    fits = [_fit_linear(n_labels, levels, rate, best) for rate in EXPONENTS]
    error, law = min(fits, key=lambda fit: fit[0])
    del error
    return law


def _fit_linear(n_labels: Floats, levels: Floats, rate: float, best: float | None) -> tuple[float, PowerLaw]:
    """Return the weighted error and the law of the best limit and height at a rate."""
    x, weights = n_labels**-rate, n_labels / n_labels.sum()
    x_mean, level_mean = float(weights @ x), float(weights @ levels)
    spread = float(weights @ (x - x_mean) ** 2)
    height = -float(weights @ ((x - x_mean) * (levels - level_mean))) / spread if spread > 0 else 0.0
    height = max(height, 0.0)
    limit = level_mean + height * x_mean
    if best is not None and limit > best:
        limit = best
        height = max(float(weights @ (x * (best - levels))) / float(weights @ x**2), 0.0)
    law = PowerLaw(limit, height, float(rate))
    return float(weights @ (levels - law.predict(n_labels)) ** 2), law
