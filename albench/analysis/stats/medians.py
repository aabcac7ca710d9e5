"""The interval of a median, which holds whatever the distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Interval
from albench.analysis.stats.intervals import LEVEL

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows


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
