import numpy as np
import pytest
from scipy import stats

from albench.analysis.intervals import units
from albench.analysis.inversion import ratio_bounds
from albench.analysis.saving import _resamples

X = np.arange(10.0, 110.0, 10.0)


def bounds(strategy, baseline, splits=None):
    of = units(np.arange(len(strategy)) if splits is None else splits)
    return ratio_bounds(X, strategy, baseline, of, _resamples(of))


def lines(n=12, slope=0.006, noise=0.01, seed=0):
    """Straight curves of slope 0.006 for the strategy and ``slope`` for random, each shifted as a whole."""
    rng = np.random.default_rng(seed)
    shifts = noise * rng.standard_normal((2, n, 1))
    return 0.3 + 0.006 * X + shifts[0], 0.3 + slope * X + shifts[1], (shifts[0] - shifts[1])[:, 0]


@pytest.mark.parametrize("slope", [0.004, 0.006, 0.008])
def test_of_straight_lines_the_ends_are_those_of_the_t_interval_of_the_shift(slope):
    strategy, baseline, shifts = lines(slope=slope)
    low, high = bounds(strategy, baseline)
    ends = stats.ttest_1samp(shifts, 0).confidence_interval()
    # A bootstrap's standard error is that of the sample, not of the population.
    half = (ends.high - ends.low) / 2 * np.sqrt(11 / 12)

    def ratio(shift):
        # Where strategy(n) - baseline(100) = 0, or strategy(100) - baseline(n) = 0.
        needed = (100 * slope - shift) / 0.006
        return needed / 100 if needed <= 100 else 100 / ((0.6 + shift) / slope)

    # The standard error is that of 2,000 resamples: of itself it is known to 1.6 %.
    known_to = 0.03 * (ratio(shifts.mean() - half) - ratio(shifts.mean() + half))
    assert low == pytest.approx(ratio(shifts.mean() + half), abs=known_to)
    assert high == pytest.approx(ratio(shifts.mean() - half), abs=known_to)


def test_exchanged_curves_have_the_inverse_ratio():
    strategy, baseline, _ = lines(slope=0.005)
    low, high = bounds(strategy, baseline)
    assert bounds(baseline, strategy) == pytest.approx((1 / high, 1 / low))


def test_ends_that_the_curves_do_not_bound_are_those_of_the_range():
    rng = np.random.default_rng(1)
    noise = 0.01 * rng.standard_normal((2, 12, X.size))
    flat = 0.5 + noise - noise.mean(axis=1, keepdims=True)
    assert bounds(*flat) == pytest.approx((0.1, 10.0))


def test_a_dip_by_chance_on_a_plateau_does_not_widen_the_interval():
    """A pointwise test would not reject a ratio of 0.5, where all repeats of the strategy dip to random's end."""
    rng = np.random.default_rng(2)
    strategy = np.array([0.3, 0.7, 0.8, 0.8, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8]) + 0.01 * rng.standard_normal(
        (12, 10)
    )
    baseline = 0.3 + 0.004 * X + 0.01 * rng.standard_normal((12, 10))
    low, high = bounds(strategy, baseline)
    assert 0.1 < low < high < 0.3


def test_repeats_of_one_split_count_once():
    strategy, baseline, _ = lines()
    alone = bounds(strategy, baseline)
    twice = [np.repeat(curves, 2, axis=0) for curves in (strategy, baseline)]
    assert bounds(*twice, np.repeat(np.arange(12), 2)) == pytest.approx(alone)


def test_two_repeats_have_no_interval():
    strategy, baseline, _ = lines(n=2)
    assert bounds(strategy, baseline) is None
