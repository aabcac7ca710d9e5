"""Power of paired t tests and of signed ranks: how many repeats and datasets a difference takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stats.significance import ALPHA
from albench.rng import analysis_stream

if TYPE_CHECKING:
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats

POWER = 0.8
MOST_REPEATS = 10_000
_NODES = 100
_PRECISION = 1e-4
_EFFICIENCY = 0.955
"""Of the signed-rank test against Student's t, where differences are normal: 3 / pi."""
_FEW_DATASETS = 16
"""Below them signed ranks reach few levels, and less than their efficiency says."""
_DRAWS = 4000


def compute_power(effect: float, error: float, df: float, n_tests: int = 1) -> float:
    """Return the probability that a two-sided t test finds an effect above 0, on its own side.

    Parameters
    ----------
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
    """Return the smallest effect that is found with a power of 80 %."""
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


def compute_signed_rank_power(effect: float, spread: float, n_datasets: int, n_tests: int = 1) -> float:
    """Return the probability that the signed-rank test over datasets finds an effect, on its own side."""
    if n_datasets >= _FEW_DATASETS:
        return compute_power(effect, spread / (_EFFICIENCY * n_datasets) ** 0.5, n_datasets - 1, n_tests)
    return float(np.interp(effect / spread, *_simulate_signed_ranks(n_datasets, n_tests)))


def find_smallest_signed_rank_effect(spread: float, n_datasets: int, n_tests: int = 1) -> float:
    """Return the smallest mean over datasets that the signed-rank test finds with a power of 80 %.

    The test must be able to reach its level with so many datasets.
    """
    if n_datasets >= _FEW_DATASETS:
        return find_smallest_effect(spread / (_EFFICIENCY * n_datasets) ** 0.5, n_datasets - 1, n_tests)
    effects, powers = _simulate_signed_ranks(n_datasets, n_tests)
    return spread * float(np.interp(POWER, powers, effects))


@lru_cache(maxsize=32)
def _simulate_signed_ranks(n_datasets: int, n_tests: int) -> tuple[Floats, Floats]:
    """Return effects in units of the spread over datasets, ascending, and how often each is found."""
    chances = np.ones(1)
    for rank in range(1, n_datasets + 1):
        steps = np.zeros(rank + 1)
        steps[[0, rank]] = 0.5
        chances = np.convolve(chances, steps)
    n_rejected = np.searchsorted(2 * np.cumsum(chances), ALPHA / n_tests, side="right")
    rng = np.random.default_rng(analysis_stream("signed ranks", n_datasets))
    drawn = rng.standard_normal((_DRAWS, n_datasets))
    effects = np.linspace(0, 5, 51)
    powers = []
    for effect in effects:
        differences = drawn + effect
        ranks = np.abs(differences).argsort(axis=1).argsort(axis=1) + 1
        powers.append(np.mean((ranks * (differences < 0)).sum(axis=1) < n_rejected))
    return effects, np.maximum.accumulate(powers)
