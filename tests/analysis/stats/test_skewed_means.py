"""Means of skewed values: Hall's transformation written another way, and what it is for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import skew, t, ttest_1samp

from albench.analysis.stats.intervals import find_units
from albench.analysis.stats.skewed_means import estimate_skewed_mean


def estimate(values):
    return estimate_skewed_mean(np.asarray(values), find_units(np.arange(len(values))))


def transform(statistic, values):
    """Hall's polynomial as he writes it, of half again the skewness of the sample."""
    n, skewness = len(values), 1.5 * skew(values, bias=False)
    return (
        statistic
        + skewness * statistic**2 / (3 * n**0.5)
        + skewness**2 * statistic**3 / (27 * n)
        + skewness / (6 * n**0.5)
    )


def test_values_that_are_not_skewed_have_students_test_and_interval():
    values = np.array([-3.0, -1, 0, 1, 3]) + 2
    mean = estimate(values)
    assert mean.compute_p() == pytest.approx(ttest_1samp(values, 0).pvalue)
    low, high = ttest_1samp(values, 0).confidence_interval(0.99)
    interval = mean.build_interval(0.99, "repeats")
    assert (interval.low, interval.high) == pytest.approx((low, high))


@pytest.mark.parametrize("sign", [1, -1])
def test_p_and_interval_are_the_outer_ones_of_students_and_halls(sign):
    values = sign * (np.random.default_rng(2).gamma(1, 1, 12) - 0.6)
    mean, error = values.mean(), values.std(ddof=1) / 12**0.5
    interval = estimate(values).build_interval(0.99, "repeats")
    quantile = t.isf(0.005, 11)
    low, high = (
        brentq(lambda truth, end=end: transform((mean - truth) / error, values) - end, -30, 30)
        for end in (quantile, -quantile)
    )
    assert interval.low == pytest.approx(min(low, mean - quantile * error))
    assert interval.high == pytest.approx(max(high, mean + quantile * error))
    ps = [2 * t.sf(abs(s), 11) for s in (mean / error, transform(mean / error, values))]
    assert estimate(values).compute_p() == pytest.approx(max(ps))


@pytest.mark.parametrize("level", [0.9, 0.99, 0.9999])
def test_the_interval_holds_0_where_the_p_does_not_reach_its_level(level):
    rng = np.random.default_rng(4)
    for _ in range(200):
        mean = estimate(rng.gamma(1, 1, rng.integers(3, 30)) - rng.uniform(0, 3))
        interval = mean.build_interval(level, "")
        assert (interval.low <= 0 <= interval.high) == (mean.compute_p() >= 1 - level)


def test_equal_values_show_their_sign_alone():
    assert estimate(np.full(6, 0.1)).compute_p() == pytest.approx(2 / 2**6)
    assert estimate(np.zeros(6)).compute_p() == 1
    assert estimate([0.1, 0.1]) is None


def test_of_skewed_values_it_errs_less_often_than_students_test():
    rng = np.random.default_rng(5)
    values = rng.gamma(1, 1, (4000, 20)) - 1
    ours = np.mean([estimate(sample).compute_p() <= 0.005 for sample in values])
    students = np.mean(ttest_1samp(values, 0, axis=1).pvalue <= 0.005)
    assert ours < 0.006 < 0.3 * students
