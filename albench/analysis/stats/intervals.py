"""Intervals of means: Student's t over units that are independent, and the bootstrap's BCa.

What is independent? With one start per split, the repeats. With several starts per split the repeats of one
split share pool and test part, so that the splits are the units: the standard error is the cluster-robust
one, which is that of the split means where all splits have as many repeats, on (splits - 1) degrees of
freedom. With one split alone nothing can be said of other splits: then the starts are the units, and the
interval speaks of that split only. Below 3 units there is no interval.

Where repeats go on until something is decided, an estimate knows the looks at which they could have ended:
its interval and its p hold for all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.analysis.evidence.cells import Interval
from albench.analysis.stats.looks import compute_levels, correct_p
from albench.analysis.stats.significance import ALPHA, ROUNDING, holm
from albench.analysis.stats.skewness import discount_t, estimate_skew_of_mean, widen_quantile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

LEVEL = 0.95
FEWEST_UNITS = 3
THESE_DATASETS = "the repeats of these datasets"
"""What an interval is over whose datasets are taken as they are."""


@dataclass(frozen=True, eq=False)
class Units:
    """Which repeats are independent of each other.

    Attributes
    ----------
    index : ndarray of shape (n_repeats,), int
        The unit of each repeat, from 0.
    """

    index: Rows
    n: int
    unit_name: str


def find_units(splits: NDArray[np.int64]) -> Units:
    """Return the units of repeats with the given splits, shape (n_repeats,)."""
    distinct, index = np.unique(splits, return_inverse=True)
    if 1 < distinct.size < splits.size:
        return Units(index.astype(np.intp), distinct.size, "splits")
    unit_name = "repeats" if distinct.size == splits.size else "starts of one split"
    return Units(np.arange(splits.size), splits.size, unit_name)


class Estimate(NamedTuple):
    """A mean with its standard error and degrees of freedom; arrays where it is of a curve.

    Attributes
    ----------
    skew : float
        Of the mean, where it has looks.
    looks : tuple of int
        After how many repeats they could have ended, the last of them here; empty if their number was fixed.
    """

    mean: Floats
    error: Floats
    df: float
    skew: float = 0.0
    looks: tuple[int, ...] = ()


def estimate_mean(values: Floats, units: Units, looks: tuple[int, ...] = ()) -> Estimate | None:
    """Return the mean over the repeats; None below 3 units.

    Parameters
    ----------
    values : ndarray of shape (n_repeats, ...)
    looks : tuple of int
        At which the repeats could have ended, for values of shape (n_repeats,).
    """
    if units.n < FEWEST_UNITS:
        return None
    mean = values.mean(axis=0)
    totals = np.zeros((units.n, *values.shape[1:]))
    np.add.at(totals, units.index, values - mean)
    error = np.sqrt(np.square(totals).sum(axis=0) * units.n / (units.n - 1)) / len(values)
    # Equal values leave rounding residues, which must not look like a tiny and so decisive error.
    error = np.where(error < 1e-14 * np.abs(values).max(axis=0, initial=0), 0.0, error)
    return Estimate(mean, error, units.n - 1.0, estimate_skew_of_mean(values, units) if looks else 0.0, looks)


def average_estimates(estimates: Sequence[Estimate]) -> Estimate:
    """Return the mean of independent estimates, with Welch-Satterthwaite degrees of freedom.

    Its looks are as many as those of the estimates on average, rounded down.
    """
    errors = np.array([float(estimate.error) for estimate in estimates])
    parts = np.square(errors)
    mean = np.asarray(np.mean([estimate.mean for estimate in estimates]))
    looks = average_looks([estimate.looks for estimate in estimates])
    error = np.asarray(np.sqrt(parts.sum()) / len(estimates))
    if not error.any():
        # The shares of the variance below would be 0 / 0.
        return Estimate(mean, error, min(estimate.df for estimate in estimates), 0.0, looks)
    share = parts / parts.sum()
    df = 1 / sum(part**2 / estimate.df for part, estimate in zip(share, estimates, strict=True))
    skew = sum(estimate.skew * part**1.5 for part, estimate in zip(share, estimates, strict=True))
    return Estimate(mean, error, float(df), float(skew), looks)


def average_all(estimates: Sequence[Estimate | None]) -> Estimate | None:
    """Return their mean; None of none, or where one is not known: its dataset would silently drop out."""
    known = [estimate for estimate in estimates if estimate is not None]
    return average_estimates(known) if known and len(known) == len(estimates) else None


def average_looks(looks: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the first looks of the longest sequence, as many as all have on average.

    The level of the first one to end would be too strict by far: one dataset that is decided after 5 repeats
    would leave nothing to say of ten. What is calibrated is in docs/statistics.md.
    """
    return max(looks, key=len)[: sum(map(len, looks)) // len(looks)]


def compute_t_quantile(df: float, level: float = LEVEL) -> float:
    """Return how many standard errors Student's t interval reaches to either side."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + level) / 2))


def compute_t_bounds(estimate: Estimate) -> tuple[Floats, Floats]:
    """Return both ends of Student's t interval."""
    half = compute_t_quantile(estimate.df) * estimate.error
    return estimate.mean - half, estimate.mean + half


def build_t_interval(estimate: Estimate | None, unit_name: str, level: float = LEVEL) -> Interval | None:
    """Return Student's t interval of a single mean; ``unit_name`` says what it is over.

    There is none of equal differences in fewer than 6 units: that nothing varies is not shown by so few.
    """
    if estimate is None or _is_equal_by_chance(estimate):
        return None
    below, above = _reach(estimate, level)
    low, high = estimate.mean - below * estimate.error, estimate.mean + above * estimate.error
    return Interval(float(low), float(high), level, _name_method(estimate, unit_name))


def build_chosen_interval(estimate: Estimate | None, n_candidates: int, unit_name: str) -> Interval | None:
    """Return Student's t interval of the largest of several means, which chance has helped to be chosen.

    Its lower end is that of a one-sided test at 5 % shared by all candidates; its upper end is that of a
    single mean, as the largest one is seldom too low.
    """
    alone = build_t_interval(estimate, unit_name)
    if estimate is None or alone is None or n_candidates == 1:
        return alone
    below, _ = _reach(estimate, 1 - 2 * (1 - LEVEL) / n_candidates)
    low = estimate.mean - below * estimate.error
    method = f"{_name_method(estimate, unit_name)}, largest of {n_candidates}"
    return Interval(min(float(low), alone.low), alone.high, LEVEL, method)


def _reach(estimate: Estimate, level: float) -> tuple[float, float]:
    """Return how many standard errors an interval reaches below the mean and above it."""
    if not estimate.looks:
        quantile = compute_t_quantile(estimate.df, level)
        return quantile, quantile
    at_look = compute_levels(estimate.looks, 1 - level)[-1]
    return widen_quantile(compute_t_quantile(estimate.df, 1 - at_look), estimate.skew)


def _name_method(estimate: Estimate, unit_name: str) -> str:
    return f"t over {unit_name}, at every look" if estimate.looks else f"t over {unit_name}"


def compute_t_p(estimate: Estimate) -> float:
    """Return the two-sided p of Student's t test against 0, corrected for looks where there are any."""
    p = compute_p_of_look(estimate)
    return correct_p(p, estimate.looks) if estimate.looks else p


def add_corrected_ps(estimates: Mapping[str, Estimate | None]) -> dict[str, tuple[Estimate, float]]:
    """Return the means that are known with their p against 0, corrected for their number by Holm's method."""
    known = {name: estimate for name, estimate in estimates.items() if estimate is not None}
    ps = holm(list(map(compute_t_p, known.values())))
    return {name: (known[name], p) for name, p in zip(known, ps, strict=True)}


def compute_p_of_look(estimate: Estimate) -> float:
    """Return the two-sided p of Student's t test against 0 as if nobody had looked before."""
    from scipy.special import stdtr

    # Equal differences in all repeats: t is infinite, or of no difference at all 0.
    if abs(estimate.mean) <= ROUNDING and not estimate.error:
        return 1.0
    if not estimate.error:
        by_chance = estimate.looks or _is_equal_by_chance(estimate)
        return _compute_chance_of_one_sign(estimate) if by_chance else 0.0
    t = float(estimate.mean / estimate.error)
    return float(2 * stdtr(estimate.df, -discount_t(t, estimate.skew) if estimate.looks else -abs(t)))


def _is_equal_by_chance(estimate: Estimate) -> bool:
    """Say whether differences without a spread are too few to show even their sign."""
    exact = not estimate.error and abs(estimate.mean) > ROUNDING
    return bool(exact) and _compute_chance_of_one_sign(estimate) > ALPHA


def _compute_chance_of_one_sign(estimate: Estimate) -> float:
    return float(2.0**-estimate.df)


def widen_level(level: float, n_units: int) -> float:
    """Return the level at which bootstrap intervals of few units are taken, to hold ``level`` in truth.

    A bootstrap of n units has quantiles of the normal distribution and a spread that is too small by
    (n - 1) / n; Student's t has neither.

    References
    ----------
    Hesterberg, 2015, What teachers should know about the bootstrap (section 5.3)
    """
    from scipy.special import ndtr

    quantile = compute_t_quantile(n_units - 1, level) * np.sqrt(n_units / (n_units - 1))
    return float(2 * ndtr(quantile) - 1)


def bca(observed: float, resampled: Floats, jackknife: Floats, level: float = LEVEL) -> tuple[float, float]:
    """Return the bias-corrected and accelerated bootstrap interval of a statistic (Efron, 1987).

    It takes the statistic of the data, of the resamples, and of the data without one unit each.

    Infinite values are allowed; an end that the resamples do not determine is infinite.
    """
    below = float(np.mean(resampled < observed) + np.mean(resampled == observed) / 2)
    if not 0 < below < 1:
        return -np.inf, np.inf
    return _take_quantiles(resampled, *compute_bca_percentiles(below, jackknife, level))


def compute_bca_percentiles(below: float, jackknife: Floats, level: float = LEVEL) -> tuple[float, float]:
    """Return which shares of the resamples lie below the ends of the BCa interval.

    Parameters
    ----------
    below : float
        Share of the resamples below the statistic of the data, and half of those equal to it; within 0 and 1.
    jackknife : ndarray of shape (n_units,)
        The statistic without one unit each.
    """
    from scipy.special import ndtr, ndtri

    bias = ndtri(below)
    tails = bias + ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    low, high = ndtr(bias + tails / (1 - _compute_acceleration(jackknife) * tails))
    return float(low), float(high)


def _take_quantiles(resampled: Floats, low: float, high: float) -> tuple[float, float]:
    # Existing values, outwards: between two infinite ones there is no number to interpolate.
    return (
        float(np.quantile(resampled, low, method="lower")),
        float(np.quantile(resampled, high, method="higher")),
    )


def _compute_acceleration(jackknife: Floats) -> float:
    finite = jackknife[np.isfinite(jackknife)]
    deviations = finite.mean() - finite if finite.size else finite
    spread = float(np.square(deviations).sum())
    return float((deviations**3).sum() / (6 * spread**1.5)) if spread > 0 else 0.0
