import numpy as np
import pytest
from scipy import stats

from albench.analysis.intervals import units
from albench.analysis.inversion import ratio_bounds

X = np.arange(10.0, 110.0, 10.0)


def lines(n=12, slope=0.006, noise=0.01, seed=0):
    """Straight curves of slope 0.006 for the strategy and ``slope`` for random, each shifted as a whole."""
    rng = np.random.default_rng(seed)
    shifts = noise * rng.standard_normal((2, n, 1))
    return 0.3 + 0.006 * X + shifts[0], 0.3 + slope * X + shifts[1], (shifts[0] - shifts[1])[:, 0]


@pytest.mark.parametrize("slope", [0.004, 0.006, 0.008])
def test_of_straight_lines_the_ends_are_those_of_the_t_interval_of_the_shift(slope):
    strategy, baseline, shifts = lines(slope=slope)
    low, high = ratio_bounds(X, strategy, baseline, units(np.arange(12)))
    ends = stats.ttest_1samp(shifts, 0).confidence_interval()

    def ratio(shift):
        # Where strategy(n) - baseline(100) = 0, or strategy(100) - baseline(n) = 0.
        needed = (100 * slope - shift) / 0.006
        return needed / 100 if needed <= 100 else 100 / ((0.6 + shift) / slope)

    # Between points of the grid the ends are interpolated in the log of the ratio.
    assert low == pytest.approx(ratio(ends.high), rel=1e-4)
    assert high == pytest.approx(ratio(ends.low), rel=1e-4)


def test_exchanged_curves_have_the_inverse_ratio():
    strategy, baseline, _ = lines(slope=0.005)
    of = units(np.arange(12))
    low, high = ratio_bounds(X, strategy, baseline, of)
    assert ratio_bounds(X, baseline, strategy, of) == pytest.approx((1 / high, 1 / low))


def test_ends_that_the_curves_do_not_bound_are_those_of_the_range():
    rng = np.random.default_rng(1)
    flat = 0.5 + 0.01 * rng.standard_normal((2, 12, X.size))
    assert ratio_bounds(X, flat[0], flat[1], units(np.arange(12))) == pytest.approx((0.1, 10.0))


def test_repeats_of_one_split_count_once():
    strategy, baseline, _ = lines()
    alone = ratio_bounds(X, strategy, baseline, units(np.arange(12)))
    twice = [np.repeat(curves, 2, axis=0) for curves in (strategy, baseline)]
    assert ratio_bounds(X, *twice, units(np.repeat(np.arange(12), 2))) == pytest.approx(alone)


def test_two_repeats_have_no_interval():
    strategy, baseline, _ = lines(n=2)
    assert ratio_bounds(X, strategy, baseline, units(np.arange(2))) is None
