"""Intervals of means and of the bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from albench.analysis.stats.intervals import (
    Estimate,
    average_estimates,
    bca,
    build_chosen_interval,
    build_t_interval,
    compute_t_p,
    estimate_mean,
    find_units,
    widen_level,
)

VALUES = np.array([0.01, 0.03, -0.01, 0.02, 0.05, 0.02, 0.00, 0.04])


def test_one_start_per_split_makes_repeats_the_units():
    units = find_units(np.arange(5))
    assert (units.n, units.unit_name, units.index.tolist()) == (5, "repeats", [0, 1, 2, 3, 4])


def test_several_starts_per_split_make_splits_the_units():
    units = find_units(np.array([0, 0, 3, 3, 7]))
    assert (units.n, units.unit_name, units.index.tolist()) == (3, "splits", [0, 0, 1, 1, 2])


def test_the_starts_of_a_single_split_speak_of_that_split():
    units = find_units(np.array([2, 2, 2]))
    assert (units.n, units.unit_name) == (3, "starts of one split")


def test_interval_and_p_of_independent_repeats_are_those_of_the_t_test():
    of = find_units(np.arange(8))
    estimate = estimate_mean(VALUES, of)
    wanted = stats.ttest_1samp(VALUES, 0)
    interval = build_t_interval(estimate, of.unit_name)
    assert (interval.low, interval.high) == pytest.approx(tuple(wanted.confidence_interval()))
    assert compute_t_p(estimate) == pytest.approx(wanted.pvalue)
    assert (interval.level, interval.method) == (0.95, "t over repeats")


def test_interval_over_equal_splits_is_that_of_the_split_means():
    of = find_units(np.repeat([0, 1, 2, 3], 2))
    wanted = stats.ttest_1samp(VALUES.reshape(4, 2).mean(axis=1), 0)
    interval = build_t_interval(estimate_mean(VALUES, of), of.unit_name)
    assert (interval.low, interval.high) == pytest.approx(tuple(wanted.confidence_interval()))
    assert interval.method == "t over splits"


def test_unequal_splits_keep_the_mean_over_repeats():
    import statsmodels.api as sm

    groups = np.array([0, 0, 0, 1, 1, 2, 3, 3])
    estimate = estimate_mean(VALUES, find_units(groups))
    wanted = sm.OLS(VALUES, np.ones(8)).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    assert estimate.mean == pytest.approx(VALUES.mean())
    assert estimate.error == pytest.approx(float(wanted.bse[0]) * np.sqrt(4 / 3))


def test_below_three_units_there_is_no_interval():
    assert estimate_mean(VALUES[:2], find_units(np.arange(2))) is None
    assert estimate_mean(VALUES, find_units(np.repeat([0, 1], 4))) is None
    assert build_t_interval(None, "repeats") is None


def test_equal_differences_have_a_point_as_interval():
    for value in (0.0, 0.1, 1 / 3):
        estimate = estimate_mean(np.full(7, value), find_units(np.arange(7)))
        interval = build_t_interval(estimate, "repeats")
        assert interval.low == pytest.approx(value)
        assert interval.high == pytest.approx(value)
        assert compute_t_p(estimate) == (1.0 if value == 0 else 0.0)


def test_mean_over_two_datasets_is_welchs():
    first, other = VALUES, 3 * VALUES[:5] + 0.01
    estimate = average_estimates(
        [estimate_mean(first, find_units(np.arange(8))), estimate_mean(-other, find_units(np.arange(5)))]
    )
    wanted = stats.ttest_ind(first, other, equal_var=False)
    low, high = wanted.confidence_interval()
    interval = build_t_interval(estimate, "datasets")
    assert (2 * interval.low, 2 * interval.high) == pytest.approx((low, high))
    assert compute_t_p(estimate) == pytest.approx(wanted.pvalue)


def test_mean_of_exact_estimates_is_exact():
    exact = Estimate(np.array(0.2), np.array(0.0), 4.0)
    assert average_estimates([exact, exact]) == Estimate(pytest.approx(0.2), 0.0, 4.0)


def test_bca_is_scipys_with_the_same_resamples():
    sample = np.random.default_rng(1).exponential(size=15)
    wanted = stats.bootstrap((sample,), np.mean, n_resamples=4000, method="BCa", rng=1)
    jackknife = np.array([np.delete(sample, i).mean() for i in range(15)])
    low, high = bca(sample.mean(), wanted.bootstrap_distribution, jackknife)
    # scipy interpolates between resamples, here the outer one is taken.
    assert low == pytest.approx(wanted.confidence_interval.low, abs=2e-3)
    assert high == pytest.approx(wanted.confidence_interval.high, abs=2e-3)
    assert low <= wanted.confidence_interval.low + 1e-12
    assert high >= wanted.confidence_interval.high - 1e-12


def test_bca_without_bias_and_skew_is_that_between_two_quantiles():
    resampled = np.linspace(-1, 1, 2001)
    assert bca(0.0, resampled, np.array([-1.0, 0.0, 1.0])) == pytest.approx(
        tuple(np.quantile(resampled, [0.025, 0.975])), abs=2e-3
    )


def test_an_end_beyond_all_resamples_is_infinite():
    assert bca(5.0, np.linspace(-1, 1, 101), np.array([0.0, 1.0, 2.0])) == (-np.inf, np.inf)
    resampled = np.append(np.linspace(0, 1, 90), np.full(10, np.inf))
    assert bca(0.5, resampled, np.array([0.4, 0.5, 0.6]))[1] == np.inf


def test_few_units_widen_the_level_of_a_bootstrap():
    # n = 10: t quantile 2.262 * sqrt(10 / 9) = 2.3845, which the normal exceeds in 0.855 % of each tail.
    assert widen_level(0.95, 10) == pytest.approx(1 - 2 * 0.00855, abs=1e-4)
    assert widen_level(0.95, 10_000) == pytest.approx(0.95, abs=1e-4)


@pytest.mark.parametrize(("n", "decided"), [(3, False), (5, False), (6, True)])
def test_equal_differences_of_a_few_decide_nothing(n, decided):
    estimate = estimate_mean(np.full(n, 0.0002), find_units(np.arange(n)))
    assert (build_t_interval(estimate, "repeats") is not None) == decided
    # By chance all have the sign of the first: a half for each other one.
    assert compute_t_p(estimate) == (0.0 if decided else 0.5 ** (n - 1))


def test_the_interval_of_the_largest_of_eight_is_that_of_a_shared_test_below():
    estimate = estimate_mean(VALUES, find_units(np.arange(8)))
    error = VALUES.std(ddof=1) / np.sqrt(8)
    alone, chosen = build_t_interval(estimate, "repeats"), build_chosen_interval(estimate, 8, "repeats")
    assert chosen.low == pytest.approx(VALUES.mean() - stats.t.ppf(1 - 0.05 / 8, 7) * error)
    assert chosen.high == alone.high
    assert build_chosen_interval(estimate, 1, "repeats") == alone


def test_of_eight_equal_gains_the_interval_of_the_largest_holds_its_level():
    rng = np.random.default_rng(0)
    of, hits = find_units(np.arange(10)), []
    for _ in range(1000):
        areas = rng.standard_normal((8, 10)) - rng.standard_normal(10)
        best = estimate_mean(areas[areas.mean(axis=1).argmax()], of)
        ends = [build_t_interval(best, ""), build_chosen_interval(best, 8, "")]
        hits.append([interval.low <= 0 <= interval.high for interval in ends])
    alone, chosen = np.mean(hits, axis=0)
    assert alone < 0.93
    assert 0.95 < chosen < 0.985
