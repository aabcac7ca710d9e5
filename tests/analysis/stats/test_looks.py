"""Looks are round numbers, and all looks together err as often as promised."""

from __future__ import annotations

import numpy as np
import pytest

from albench.analysis.stats.looks import compute_levels, compute_spent_share, correct_p, list_looks


def test_looks_are_the_fewest_repeats_and_then_round_numbers():
    assert list_looks(5, 100) == (5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
    assert list_looks(7, 9) == (7, 8)
    assert list_looks(5, 5) == (5,)


@pytest.mark.parametrize(("at_least", "up_to", "more"), [(5, 20, 100), (7, 33, 1000), (3, 3, 12)])
def test_more_repeats_continue_the_same_looks_and_levels(at_least, up_to, more):
    few, many = list_looks(at_least, up_to), list_looks(at_least, more)
    assert many[: len(few)] == few
    assert compute_levels(many, 0.01)[: len(few)] == compute_levels(few, 0.01)


def test_levels_are_those_of_the_joint_normal_distribution():
    """Three looks: what is spent at each is the mass of a multivariate normal distribution."""
    from scipy.stats import multivariate_normal, norm

    looks, error = (5, 10, 25), 0.05
    bounds = norm.isf(np.array(compute_levels(looks, error)) / 2)
    n = np.array(looks)
    correlation = np.sqrt(np.minimum.outer(n, n) / np.maximum.outer(n, n))
    for k in (1, 2, 3):
        joint = multivariate_normal(cov=correlation[:k, :k], seed=0)
        stays = joint.cdf(bounds[:k], lower_limit=-bounds[:k])
        assert 1 - stays == pytest.approx(error * compute_spent_share(looks[k - 1]), abs=1e-5)


def test_all_looks_together_err_as_often_as_simulated_walks_do():
    from scipy.stats import norm

    looks, error = list_looks(5, 100), 0.05
    bounds = norm.isf(np.array(compute_levels(looks, error)) / 2)
    steps = np.diff((0, *looks)) ** 0.5
    walks = np.cumsum(np.random.default_rng(1).standard_normal((40_000, len(looks))) * steps, axis=1)
    left = (np.abs(walks) / np.sqrt(looks) > bounds).any(axis=1).mean()
    assert left == pytest.approx(error * compute_spent_share(100), abs=0.003)


@pytest.mark.parametrize("error", [1e-8, 0.0004, 0.05, 0.4])
@pytest.mark.parametrize("looks", [(5,), (5, 6, 8, 10), list_looks(7, 120)])
def test_a_corrected_p_is_the_error_whose_level_it_reaches(error, looks):
    level = compute_levels(looks, error)[-1]
    assert correct_p(level, looks) == pytest.approx(error, rel=0.01)


def test_a_p_that_shows_nothing_stays_1():
    assert correct_p(1.0, list_looks(5, 20)) == 1
    assert correct_p(0.9, (5,)) == 1
