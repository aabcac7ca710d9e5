"""Medians with an interval that holds whatever the shape; skewness."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from albench.analysis.details.headroom import Shares, estimate_interquartile_interval
from albench.analysis.stats.intervals import find_units
from albench.analysis.stats.sign_test import describe_shape
from albench.analysis.stats.skewness import average_by_unit, compute_skewness


def test_skewness_is_scipys():
    values = np.random.default_rng(0).gamma(2, 1, 12)
    assert compute_skewness(values) == pytest.approx(stats.skew(values))
    assert compute_skewness(np.full(7, 0.1)) == 0


def test_a_shape_takes_six_values():
    assert describe_shape(np.arange(5.0), "repeats") is None
    assert describe_shape(np.arange(6.0), "repeats").median == 2.5


def test_splits_are_the_values_where_each_has_several_starts():
    units = find_units(np.array([0, 0, 1, 1, 2]))
    assert average_by_unit(np.array([1.0, 3, 5, 7, 9]), units).tolist() == [2, 6, 9]


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


@pytest.mark.parametrize("n_datasets", [1, 3])
def test_the_interval_of_an_interquartile_mean_of_three_repeats_holds_its_level(n_datasets):
    rng, of = np.random.default_rng(n_datasets), find_units(np.arange(3))
    hits = []
    for _ in range(600):
        shares = [Shares(values, of) for values in rng.standard_normal((n_datasets, 3))]
        interval = estimate_interquartile_interval(shares)
        hits.append(interval.low <= 0 <= interval.high)
    assert 0.93 <= np.mean(hits) <= 0.97
