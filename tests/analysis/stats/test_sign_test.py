"""Intervals of medians that hold whatever the shape of the values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from albench.analysis.stats.sign_test import describe_shape, estimate_median_interval


def values(n, seed=0):
    return np.random.default_rng(seed).lognormal(size=n)


def test_six_values_by_hand():
    """1 and 6 hold 1 - 2/64, 2 and 5 hold 1 - 14/64: 0.95 lies a tenth of the way, 5 * 0.1 / (1 + 4 * 0.1)."""
    interval = estimate_median_interval(np.array([30.0, 1.0, 2.0, 18.0, 4.0, 9.0]), "datasets")
    weight = 0.5 / 1.4
    assert interval.low == pytest.approx(1 + weight * (2 - 1))
    assert interval.high == pytest.approx(30 - weight * (30 - 18))
    assert (interval.level, interval.method) == (0.95, "order statistics of datasets")


@pytest.mark.parametrize(("n", "depth"), [(6, 1), (10, 2), (13, 3), (20, 6), (41, 14)])
def test_at_a_level_that_order_statistics_hold_it_is_their_interval(n, depth):
    level = 1 - 2 * stats.binom.cdf(depth - 1, n, 0.5)
    interval = estimate_median_interval(values(n), "datasets", level=level - 1e-12)
    exact = stats.quantile_test(values(n), q=0, p=0.5).confidence_interval(level - 1e-12)
    assert (interval.low, interval.high) == pytest.approx(tuple(exact))


@pytest.mark.parametrize("n", [6, 8, 10, 12, 20, 41])
def test_it_lies_within_the_exact_interval_and_around_the_next_narrower_one(n):
    interval = estimate_median_interval(values(n), "datasets")
    exact = stats.quantile_test(values(n), q=0, p=0.5).confidence_interval(0.95)
    ordered = np.sort(values(n))
    place = int(np.flatnonzero(ordered == exact.low)[0])
    assert exact.low <= interval.low < ordered[place + 1]
    assert ordered[n - place - 2] < interval.high <= exact.high


def test_five_values_have_none():
    assert estimate_median_interval(values(5), "datasets") is None
    assert estimate_median_interval(values(0), "datasets") is None
    assert estimate_median_interval(values(5), "datasets", level=0.9) is not None


def test_order_does_not_matter_and_signs_turn_it_over():
    interval, other = (
        estimate_median_interval(values(11), "datasets"),
        estimate_median_interval(-values(11)[::-1], "datasets"),
    )
    assert (interval.low, interval.high) == pytest.approx((-other.high, -other.low))


def test_a_shape_takes_six_values():
    assert describe_shape(np.arange(5.0), "repeats") is None
    assert describe_shape(np.arange(6.0), "repeats").median == 2.5


SHAPES = {
    "gamma 2": lambda rng, shape: rng.gamma(2, 1, shape),
    "log-normal": lambda rng, shape: rng.lognormal(0, 1, shape),
    "failing": lambda rng, shape: rng.standard_normal(shape) - 8 * (rng.random(shape) < 0.1),
    "real gains": lambda rng, shape: rng.gamma(16 / 9, 1, shape),
}


@pytest.mark.parametrize("size", [6, 8, 10, 20])
@pytest.mark.parametrize("name", SHAPES)
def test_the_interval_of_the_median_holds_its_level_whatever_the_shape(name, size):
    draw = SHAPES[name]
    middle = np.median(draw(np.random.default_rng(0), (500_000,)))
    samples = draw(np.random.default_rng(size), (1000, size))
    intervals = [describe_shape(sample, "").interval for sample in samples]
    assert 0.93 <= np.mean([interval.low <= middle <= interval.high for interval in intervals]) <= 0.97
