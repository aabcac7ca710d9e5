"""Means of skewed values: Hall's transformation written another way, and what it is for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import skew, t, ttest_1samp

from albench.analysis.stats.intervals import (
    average_estimates,
    build_t_interval,
    compute_p_of_look,
    compute_t_p,
    estimate_mean,
    find_units,
)
from albench.analysis.stats.looks import compute_levels, correct_p, list_looks
from albench.analysis.stats.skewness import average_by_unit, compute_skewness

LOOKS = list_looks(5, 12)


def estimate(values, looks=LOOKS):
    return estimate_mean(np.asarray(values), find_units(np.arange(len(values))), looks)


def transform(statistic, values):
    """Hall's polynomial as he writes it, of half again the skewness of the sample."""
    n, skewness = len(values), 1.5 * skew(values, bias=False)
    return (
        statistic
        + skewness * statistic**2 / (3 * n**0.5)
        + skewness**2 * statistic**3 / (27 * n)
        + skewness / (6 * n**0.5)
    )


def test_skewness_is_scipys():
    values = np.random.default_rng(0).gamma(2, 1, 12)
    assert compute_skewness(values) == pytest.approx(skew(values))
    assert compute_skewness(np.full(7, 0.1)) == 0


def test_splits_are_the_values_where_each_has_several_starts():
    units = find_units(np.array([0, 0, 1, 1, 2]))
    assert average_by_unit(np.array([1.0, 3, 5, 7, 9]), units).tolist() == [2, 6, 9]


def test_values_that_are_not_skewed_have_students_test_and_interval_at_the_level_of_the_look():
    values = np.array([-3.0, -1, 0, 1, 3]) + 2
    mean = estimate(values, (5,))
    student = ttest_1samp(values, 0)
    assert compute_p_of_look(mean) == pytest.approx(student.pvalue)
    assert compute_t_p(mean) == pytest.approx(correct_p(student.pvalue, (5,)))
    interval = build_t_interval(mean, "repeats")
    of_look = student.confidence_interval(1 - compute_levels((5,), 0.05)[0])
    assert (interval.low, interval.high) == pytest.approx(tuple(of_look))
    assert (interval.level, interval.method) == (0.95, "t over repeats, at every look")


@pytest.mark.parametrize("sign", [1, -1])
def test_p_and_interval_are_the_outer_ones_of_students_and_halls(sign):
    values = sign * (np.random.default_rng(2).gamma(1, 1, 12) - 0.6)
    mean, error = values.mean(), values.std(ddof=1) / 12**0.5
    interval = build_t_interval(estimate(values), "repeats")
    quantile = t.isf(compute_levels(LOOKS, 0.05)[-1] / 2, 11)
    low, high = (
        brentq(lambda truth, end=end: transform((mean - truth) / error, values) - end, -30, 30)
        for end in (quantile, -quantile)
    )
    assert interval.low == pytest.approx(min(low, mean - quantile * error))
    assert interval.high == pytest.approx(max(high, mean + quantile * error))
    ps = [2 * t.sf(abs(s), 11) for s in (mean / error, transform(mean / error, values))]
    assert compute_p_of_look(estimate(values)) == pytest.approx(max(ps))


@pytest.mark.parametrize("level", [0.9, 0.99, 0.9999])
def test_the_interval_holds_0_where_the_p_does_not_reach_its_level(level):
    rng = np.random.default_rng(4)
    for _ in range(100):
        looks = list_looks(5, rng.integers(5, 30))
        mean = estimate(rng.gamma(1, 1, looks[-1]) - rng.uniform(0, 3), looks)
        interval = build_t_interval(mean, "", level)
        at_look = compute_levels(looks, 1 - level)[-1]
        assert (interval.low <= 0 <= interval.high) == (compute_p_of_look(mean) >= at_look)


def test_equal_values_show_their_sign_alone():
    assert compute_p_of_look(estimate(np.full(6, 0.1))) == pytest.approx(2 / 2**6)
    assert compute_p_of_look(estimate(np.zeros(6))) == 1
    assert estimate([0.1, 0.1]) is None


def test_of_skewed_values_it_errs_less_often_than_students_test():
    rng = np.random.default_rng(5)
    values = rng.gamma(1, 1, (4000, 20)) - 1
    ours = np.mean([compute_p_of_look(estimate(sample)) <= 0.005 for sample in values])
    students = np.mean(ttest_1samp(values, 0, axis=1).pvalue <= 0.005)
    assert ours < 0.006 < 0.3 * students


def test_a_mean_of_several_is_as_skewed_as_its_parts_and_has_as_many_looks_on_average():
    """The third moment of a sum is the sum of the third moments: here of means of 10 and of 40 values."""
    rng = np.random.default_rng(6)
    few, many = rng.gamma(1, 1, 10), 3 * rng.gamma(1, 1, 40)
    both = average_estimates([estimate(few, list_looks(5, 10)), estimate(many, list_looks(5, 40))])
    moments = variances = 0.0
    for values in (few, many):
        n = len(values)
        moments += 1.5 * skew(values, bias=False) * values.std(ddof=1) ** 3 / n**2 / 8
        variances += values.var(ddof=1) / n / 4
    assert both.skew == pytest.approx(moments / variances**1.5)
    # 5, 6, 8, 10 and, of the other, 12, 15, 20, 25, 30, 40: 4 and 10 looks.
    assert both.looks == (5, 6, 8, 10, 12, 15, 20)
    fixed = average_estimates([estimate(few, ()), estimate(many, ())])
    assert (fixed.skew, fixed.looks) == (0, ())
