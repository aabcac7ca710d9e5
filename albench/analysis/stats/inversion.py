"""Interval of a label saving by inversion of a paired test.

Where the target is the worse of both final levels, a strategy needs ``r`` times the labels of its baseline if

    difference(r) = strategy(r B) - baseline(B)    for r up to 1,
                    strategy(B) - baseline(B / r)  above,

is 0, with ``B`` the labels at the end of both curves. Both lines meet at r = 1, so that the kink of the
statistic, where the target changes from one curve to the other, is none of the difference. Mean curves rise,
and so does the mean difference with r: it is made monotone, which averages out noise where the curves are
flat, and its standard error is that of bootstrap resamples treated alike. The ends of Student's t interval
around it are made monotone too: where the error shrinks with r they are not, and the ratios at which 0 is not
rejected would have gaps, which an interval would cover, and so hold more than its level. What is left are
the ratios between the two places where the ends are 0: wide where the curves are flat and little is known.

Curves may have axes of their own, as the same labels cost other money: then ``B`` is the end of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stats.intervals import FEWEST_UNITS, compute_t_p, compute_t_quantile, estimate_mean
from albench.analysis.stats.isotonic import fit_monotone
from albench.analysis.stats.significance import ALPHA

if TYPE_CHECKING:
    from albench.analysis.labels_needed import PairedCurves
    from albench.contracts import Floats

_SAME = 1e-12


def invert_ratio_test(pairs: PairedCurves, weights: Floats) -> tuple[float, float] | None:
    """Return the ends of the interval of labels(strategy) / labels(baseline) at the worse final level.

    Parameters
    ----------
    pairs : PairedCurves
        From more than 0 labels on.
    weights : ndarray of shape (n_resamples, n_repeats)
        Bootstrap resamples of the units; rows sum to 1.

    Returns
    -------
    (float, float) or None
        Within first / last and last / first number of labels, which an end that the data do not bound is set
        to; None below 3 units.

    References
    ----------
    Fieller, 1954, Some problems in interval estimation
    Chernozhukov et al., 2009, Improving point and interval estimators of monotone functions by rearrangement
    """
    units = pairs.units
    if units.n < FEWEST_UNITS:
        return None
    places, differences, scale = _compute_differences(pairs)
    mean = fit_monotone(differences.mean(axis=0, keepdims=True))[0]
    # Resamples break the order of the means more often than repeats do: that spreads them by about the share
    # of (n - 1) / n by which a bootstrap's spread is too small. On one axis it is not corrected:
    # docs/statistics.md.
    error = np.std(fit_monotone(weights @ differences), axis=0)
    if pairs.baseline_labels is not None:
        # Two single curves vary more than one beside random's mean over its arms: without it 92 % are held.
        error *= np.sqrt(units.n / (units.n - 1))
    half = compute_t_quantile(units.n - 1) * error + _SAME * np.abs(mean).max()
    lower, upper = fit_monotone(np.stack([mean - half, mean + half]))
    first = _find_first_reached(places, upper)
    last = -_find_first_reached(-places[::-1], -lower[::-1])
    end = pairs.n_labels[-1]
    return scale * _convert_to_ratio(first, end), scale * _convert_to_ratio(last, end)


def correct_ratio(pairs: PairedCurves, ratio: float) -> float:
    """Return the ratio that mean curves have, or, where a paired t test rejects it, a better one.

    That is the one at which the monotone mean difference is 0.
    """
    places, differences, scale = _compute_differences(pairs)
    end, scaled = pairs.n_labels[-1], ratio / scale
    place = scaled * end if scaled <= 1 else (2 - 1 / scaled) * end
    there = estimate_mean(np.array([np.interp(place, places, own) for own in differences]), pairs.units)
    if there is None or compute_t_p(there) > ALPHA:
        return ratio
    mean = fit_monotone(differences.mean(axis=0, keepdims=True))[0]
    first, last = _find_first_reached(places, mean), -_find_first_reached(-places[::-1], -mean[::-1])
    return scale * _convert_to_ratio((first + last) / 2, end)


def _compute_differences(pairs: PairedCurves) -> tuple[Floats, Floats, float]:
    """Return places (the strategy's labels up to B, then random's back from B) and differences there.

    Random's labels are scaled to end at the strategy's B; the third value is B over its own end.
    """
    n_labels, own = pairs.n_labels, pairs.labels_of_baseline
    strategy, baseline = pairs.strategy, pairs.baseline
    scale = float(n_labels[-1] / own[-1])
    places = np.concatenate([n_labels, 2 * n_labels[-1] - scale * own[-2::-1]])
    differences = [strategy - baseline[:, -1:], strategy[:, -1:] - baseline[:, -2::-1]]
    return places, np.concatenate(differences, axis=1), scale


def _convert_to_ratio(place: float, end: float) -> float:
    return float(place / end if place <= end else end / (2 * end - place))


def _find_first_reached(places: Floats, values: Floats) -> float:
    """Return where values first reach 0, linear in between; the last place if they never do."""
    there = np.flatnonzero(values >= 0)
    if not there.size:
        return float(places[-1])
    i = int(there[0])
    if i == 0 or values[i] == 0:
        return float(places[i])
    share = values[i - 1] / (values[i - 1] - values[i])
    return float(places[i - 1] + share * (places[i] - places[i - 1]))
