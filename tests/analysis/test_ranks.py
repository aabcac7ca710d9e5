from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from albench.analysis.ranks import estimate_rank_interval


def tails(n):
    """Normal tails as far out as Student's t reaches, with the spread of a bootstrap made good."""
    return stats.norm.sf(stats.t(n - 1).ppf(0.975) * np.sqrt(n / (n - 1)))


def ends(ranks):
    interval = estimate_rank_interval(np.asarray(ranks, dtype=float))
    return interval.low, interval.high


@pytest.mark.parametrize(("n", "first"), [(8, 3), (12, 6), (20, 15)])
def test_of_two_strategies_the_ends_are_binomial_quantiles(n, first):
    best = np.where(np.arange(n) < first, 1.0, 2.0)
    seconds = stats.binom(n, 1 - first / n)
    bias = stats.norm.ppf(seconds.cdf(n - first) - seconds.pmf(n - first) / 2)
    acceleration = stats.skew(best) / (6 * np.sqrt(n))
    far = bias + stats.norm.isf(tails(n)) * np.array([-1, 1])
    wanted = 1 + seconds.ppf(stats.norm.cdf(bias + far / (1 - acceleration * far))) / n
    assert ends(best) == pytest.approx(tuple(wanted))
    assert ends(3 - best) == pytest.approx((3 - wanted[1], 3 - wanted[0]))


@pytest.mark.parametrize("ranks", [[1, 4, 2, 5, 3, 3, 4, 1], [1.5, 4, 2, 3.5, 5, 1.5, 3.5, 3, 1, 4, 2, 2.5]])
def test_as_the_bootstrap_of_scipy(ranks):
    wanted = stats.bootstrap(
        (ranks,),
        np.mean,
        confidence_level=1 - 2 * tails(len(ranks)),
        method="BCa",
        n_resamples=20_000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    # Means lie on a grid of a 16th or a 24th, and the tails of 20,000 draws are not exact.
    assert ends(ranks) == pytest.approx(tuple(wanted), abs=1.01 / len(ranks))
    assert ends(ranks[::-1]) == ends(ranks)


def test_many_datasets_come_near_the_t_interval():
    ranks = np.random.default_rng(0).integers(1, 6, size=400).astype(float)
    wanted = stats.ttest_1samp(ranks, 0).confidence_interval()
    assert ends(ranks) == pytest.approx(tuple(wanted), abs=0.005)


def test_one_rank_on_all_datasets_and_seven_datasets_have_none():
    assert estimate_rank_interval(np.ones(9)) is None
    assert estimate_rank_interval(np.array([1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0])) is None
    assert estimate_rank_interval(np.array([1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 1.0])) is not None
