"""Interval of a label saving by inversion of a paired t test.

Where the target is the worse of both final levels, a strategy needs ``r`` times the labels of its baseline if

    difference(r) = strategy(r B) - baseline(B)    for r up to 1,
                    strategy(B) - baseline(B / r)  above,

is 0, with ``B`` the labels at the end of both curves. Both lines meet at r = 1, so that the kink of the
statistic, where the target changes from one curve to the other, is none of the difference. At the true r the
t test of difference(r) over the repeats holds its level, whatever the shape of the curves: the ratios that it
does not reject are an interval, wide where the curves are flat and nothing is known of r.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.area import at
from albench.analysis.intervals import LEVEL, estimate, t_bounds

if TYPE_CHECKING:
    from albench.analysis.intervals import Units
    from albench.contracts import Floats

_STEPS = 8


def ratio_bounds(
    n_labels: Floats, strategy: Floats, baseline: Floats, of: Units, level: float = LEVEL
) -> tuple[float, float] | None:
    """Return the ends of the interval of labels(strategy) / labels(baseline) at the worse final level.

    Parameters
    ----------
    n_labels : ndarray of shape (n_rounds,)
        From more than 0 labels on.
    strategy, baseline : ndarray of shape (n_repeats, n_rounds)
        Higher is better.
    of : Units
        Which repeats are independent.

    Returns
    -------
    (float, float) or None
        Within first / last and last / first number of labels, which an end that the data do not bound is set
        to; None below 3 units.

    References
    ----------
    Fieller, 1954, Some problems in interval estimation
    """
    grid = _finer(n_labels)
    upwards = at(n_labels, strategy, grid) - baseline[:, -1:]
    downwards = strategy[:, -1:] - at(n_labels, baseline, grid[-2::-1])
    found = estimate(np.concatenate([upwards, downwards], axis=1), of)
    if found is None:
        return None
    low, high = t_bounds(found, level)
    log_ratio = np.log(np.concatenate([grid / grid[-1], grid[-1] / grid[-2::-1]]))
    lower = _first_reached(log_ratio, high)
    upper = -_first_reached(-log_ratio[::-1], -low[::-1])
    return float(np.exp(lower)), float(np.exp(upper))


def _finer(n_labels: Floats) -> Floats:
    steps = np.arange(n_labels.size * _STEPS - _STEPS + 1) / _STEPS
    return np.interp(steps, np.arange(n_labels.size), n_labels)


def _first_reached(places: Floats, values: Floats) -> float:
    """Return where values first reach 0, linear in between; the last place if they never do."""
    there = np.flatnonzero(values >= 0)
    if not there.size:
        return float(places[-1])
    i = int(there[0])
    if i == 0 or values[i] == 0:
        return float(places[i])
    share = values[i - 1] / (values[i - 1] - values[i])
    return float(places[i - 1] + share * (places[i] - places[i - 1]))
