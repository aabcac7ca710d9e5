"""Power of paired t tests: how many repeats a difference takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stats.significance import ALPHA

if TYPE_CHECKING:
    from albench.analysis.stats.intervals import Estimate

POWER = 0.8
MOST_REPEATS = 10_000
_NODES = 100
_PRECISION = 1e-4


def compute_power(effect: float, error: float, df: float, n_tests: int = 1) -> float:
    """Return the probability that a two-sided t test finds an effect, on its own side.

    Parameters
    ----------
    effect : float
        True mean, above 0.
    error : float
        Its standard error, above 0.
    df : float
        Degrees of freedom, above 0.
    n_tests : int
        Tests that share the level of 5 %, by Bonferroni's bound.

    References
    ----------
    Cohen, 1988, Statistical Power Analysis for the Behavioral Sciences
    """
    from scipy.special import chdtri, ndtr, roots_legendre, stdtrit

    critical = stdtrit(df, 1 - ALPHA / (2 * n_tests))
    # Noncentral t is a normal over the root of a chi-squared: averaged over the quantiles of the latter,
    # since scipy's own function of it is not a number for some tens of repeats (1.17).
    nodes, weights = roots_legendre(_NODES)
    spreads = np.sqrt(chdtri(df, (nodes + 1) / 2) / df)
    return float(weights @ ndtr(effect / error - critical * spreads) / 2)


def find_smallest_effect(error: float, df: float, n_tests: int = 1) -> float:
    """Return the smallest effect that is found with a power of 80 %.

    Parameters
    ----------
    error : float
        Standard error of the mean, 0 or more.
    df : float
    n_tests : int
        Tests that share the level, by Bonferroni's bound.
    """
    if not error:
        return 0.0
    low, high = 0.0, error
    while compute_power(high, error, df, n_tests) < POWER:
        low, high = high, 2 * high
    while high - low > _PRECISION * high:
        middle = (low + high) / 2
        low, high = (low, middle) if compute_power(middle, error, df, n_tests) >= POWER else (middle, high)
    return high


def find_repeats_needed(estimate: Estimate, n_repeats: int, effect: float, n_tests: int = 1) -> int:
    """Return from how many repeats on an effect is found with a power of 80 %; at most 10,000.

    Parameters
    ----------
    estimate : Estimate
        Of a mean over ``n_repeats`` repeats, whose spread stays as it is.
    n_repeats : int
    effect : float
        Above 0.
    n_tests : int
    """
    if not estimate.error:
        return n_repeats

    def is_enough(n: int) -> bool:
        growth = n / n_repeats
        df = (estimate.df + 1) * growth - 1
        return df > 0 and compute_power(effect, float(estimate.error) / growth**0.5, df, n_tests) >= POWER

    low, high = 1, MOST_REPEATS
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low
