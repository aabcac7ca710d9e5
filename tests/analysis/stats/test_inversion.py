import numpy as np
import pytest
from scipy import stats
from sklearn.isotonic import isotonic_regression

from albench.analysis.label_saving import _draw_resamples
from albench.analysis.labels_needed import PairedCurves
from albench.analysis.stats.intervals import find_units
from albench.analysis.stats.inversion import invert_ratio_test

X = np.arange(10.0, 110.0, 10.0)


def bounds(strategy, baseline, splits=None):
    of = find_units(np.arange(len(strategy)) if splits is None else splits)
    return invert_ratio_test(PairedCurves(X, strategy, baseline, None, of), _draw_resamples(of))


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


def test_ends_are_where_the_monotone_ends_of_the_t_interval_are_0():
    rng = np.random.default_rng(3)
    strategy = 0.8 - 0.3 * np.exp(-X / 15) + 0.02 * rng.standard_normal((12, 10))
    baseline = 0.8 - 0.3 * np.exp(-X / 25) + 0.02 * rng.standard_normal((12, 10))
    weights = rng.multinomial(12, np.full(12, 1 / 12), size=300) / 12
    places, columns = [], []
    for i, n in enumerate(X):
        places.append(n / 100)
        columns.append(strategy[:, i] - baseline[:, 9])
    for i in range(8, -1, -1):
        places.append(2 - X[i] / 100)
        columns.append(strategy[:, 9] - baseline[:, i])
    table = np.stack(columns, axis=1)
    mean = isotonic_regression(table.mean(axis=0))
    spread = np.std([isotonic_regression(row @ table) for row in weights], axis=0)
    ends = []
    for sign in (1, -1):
        end = isotonic_regression(mean + sign * stats.t(11).ppf(0.975) * spread)
        where = np.interp(0.0, end, places)
        ends.append(where if where <= 1 else 1 / (2 - where))
    pairs = PairedCurves(X, strategy, baseline, None, find_units(np.arange(12)))
    interval = invert_ratio_test(pairs, weights)
    assert 0.2 < interval[0] < interval[1] < 5
    assert interval == pytest.approx(ends, rel=1e-6)


def test_one_noisy_round_does_not_stretch_the_interval_back_to_it():
    """The upper end is above 0 at 40 labels, below it to the end: a pointwise test would accept 0.4 and 1."""
    signs = np.resize([1.0, -1.0], (12, 1))
    strategy = np.array([0.2, 0.7, 0.72, 0.74, 0.76, 0.78, 0.785, 0.785, 0.785, 0.785])
    strategy = strategy + 0.2 * signs * (X == 40) + 0.001 * signs
    baseline = 0.3 + 0.005 * X + 0.001 * np.resize([1.0, 1.0, -1.0], (12, 1))
    low, high = bounds(strategy, baseline)
    assert 1 < low < high < 1.1


def test_repeats_of_one_split_count_once():
    strategy, baseline, _ = lines()
    alone = bounds(strategy, baseline)
    twice = [np.repeat(curves, 2, axis=0) for curves in (strategy, baseline)]
    assert bounds(*twice, np.repeat(np.arange(12), 2)) == pytest.approx(alone)


def test_two_repeats_have_no_interval():
    strategy, baseline, _ = lines(n=2)
    assert bounds(strategy, baseline) is None
