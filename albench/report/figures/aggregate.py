"""Curves over several datasets: their mean, and curves of a length that a screen can show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHARES = np.linspace(0.0, 1.0, 41)
DRAWN = 120


def have_same_labels(curves: Sequence[Curve]) -> bool:
    """Return True if all curves stand at the same numbers of labels."""
    return all(np.array_equal(curve.n_labels, curves[0].n_labels) for curve in curves)


def resample_on_shares(curve: Curve, first: float, last: float) -> Curve:
    """Return a curve at equal shares of the way from ``first`` to ``last`` labels.

    Linear between the rounds; flat beyond the curve's own ends.
    """
    at = first + SHARES * (last - first)
    mean, low, high = (np.interp(at, curve.n_labels, y) for y in (curve.mean, curve.low, curve.high))
    return Curve(100 * SHARES, mean, low, high, curve.n_repeats)


def average_curves(curves: Sequence[Curve]) -> Curve:
    """Return the mean of one curve per dataset, each dataset with the same weight.

    The datasets are taken as they are: half widths of independent intervals add in quadrature and are
    divided by the number of datasets. Where one dataset has no interval, the mean has none.

    Parameters
    ----------
    curves : sequence of Curve
        All at the same numbers of labels.
    """
    mean = np.mean([curve.mean for curve in curves], axis=0)
    below = _add_in_quadrature([curve.mean - curve.low for curve in curves])
    above = _add_in_quadrature([curve.high - curve.mean for curve in curves])
    n_repeats = min(curve.n_repeats for curve in curves)
    return Curve(curves[0].n_labels, mean, mean - below, mean + above, n_repeats)


def _add_in_quadrature(widths: Sequence[Floats]) -> Floats:
    total: Floats = np.sqrt(np.sum(np.square(widths), axis=0)) / len(widths)
    return total


def thin_curve(curve: Curve) -> Curve:
    """Return at most 120 points of a curve, the ends among them."""
    n = curve.n_labels.size
    if n <= DRAWN:
        return curve
    keep = np.unique(np.linspace(0, n - 1, DRAWN).round().astype(np.intp))
    drawn = {name: getattr(curve, name)[keep] for name in ("n_labels", "mean", "low", "high")}
    return replace(curve, **drawn)
