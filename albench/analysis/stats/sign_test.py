"""The sign test: who is ahead in pairs, and an interval of the median, whatever the distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import Interval, Shape
from albench.analysis.stats.intervals import LEVEL
from albench.analysis.stats.looks import compute_levels, correct_p
from albench.analysis.stats.skewness import compute_skewness

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows


def compute_sign_p(n_ahead: int, n_behind: int, looks: tuple[int, ...] = ()) -> float:
    """Return the two-sided p of the sign test: of so many heads and tails, pairs that are equal left out.

    Parameters
    ----------
    looks : tuple of int
        At which the pairs could have ended, which p is corrected for; empty if their number was fixed.
    """
    from scipy.special import bdtr

    p = min(1.0, 2 * float(bdtr(min(n_ahead, n_behind), n_ahead + n_behind, 0.5)))
    return correct_p(p, looks) if looks else p


def estimate_share_ahead(
    n_ahead: int, n_behind: int, unit_name: str, looks: tuple[int, ...] = ()
) -> Interval:
    """Return the exact interval of the probability to be ahead in a pair that is no tie.

    It leaves out a half where the sign test is significant, and there alone.

    Parameters
    ----------
    looks : tuple of int
        At which the pairs could have ended: it is taken at the level of the last one.

    References
    ----------
    Clopper and Pearson, 1934, The use of confidence or fiducial limits
    """
    from scipy.special import betaincinv

    tail = (compute_levels(looks, 1 - LEVEL)[-1] if looks else 1 - LEVEL) / 2
    low = float(betaincinv(n_ahead, n_behind + 1, tail)) if n_ahead else 0.0
    high = float(betaincinv(n_ahead + 1, n_behind, 1 - tail)) if n_behind else 1.0
    ended = ", at every look" if looks else ""
    return Interval(low, high, LEVEL, f"Clopper and Pearson over {unit_name}{ended}")


def estimate_median_interval(values: Floats, unit_name: str, level: float = LEVEL) -> Interval | None:
    """Return the sign test's interval of the median, interpolated between order statistics.

    The d-th smallest and d-th largest of n values enclose the median with the probability 1 - 2 P(B < d),
    where B is the number of heads of n coins, whatever the distribution of the values. The interval lies
    between the two pairs whose probabilities enclose the level.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Of independent units.

    Returns
    -------
    Interval or None
        None where even the smallest and the largest value hold less than the level: below 6 values at 95 %.

    References
    ----------
    Hettmansperger and Sheather, 1986, Confidence intervals based on interpolated order statistics
    """
    n = values.size
    depths = np.arange(1, n // 2 + 1)
    coverage = _compute_coverage(depths, n)
    if not depths.size or coverage[0] < level:
        return None
    depth = int(depths[coverage >= level][-1])
    here, deeper = _compute_coverage(np.array([depth, depth + 1]), n)
    share = (here - level) / (here - deeper)
    weight = (n - depth) * share / (depth + (n - 2 * depth) * share)
    ordered = np.sort(values)
    low = (1 - weight) * ordered[depth - 1] + weight * ordered[depth]
    high = (1 - weight) * ordered[n - depth] + weight * ordered[n - depth - 1]
    return Interval(float(low), float(high), level, f"order statistics of {unit_name}")


def _compute_coverage(depths: Rows, n: int) -> Floats:
    from scipy.special import bdtr

    return np.asarray(1 - 2 * bdtr(depths - 1, n, 0.5))


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
