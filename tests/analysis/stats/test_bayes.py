"""Bayesian signed ranks, against baycomp."""

from __future__ import annotations

import numpy as np
import pytest

from albench.analysis.stats.bayes import compute_signed_rank_probabilities


@pytest.mark.parametrize("shift", [-0.01, 0.0, 0.004, 0.02])
def test_probabilities_are_those_of_baycomp(shift):
    from baycomp.multiple import SignedRankTest

    differences = np.random.default_rng(7).normal(shift, 0.01, 12)
    probabilities = compute_signed_rank_probabilities(differences, 0.005)
    zeros = np.zeros(12)
    worse, equal, better = SignedRankTest.probs(zeros, differences, 0.005, random_state=1)
    assert (probabilities.better, probabilities.equal, probabilities.worse) == pytest.approx(
        (better, equal, worse), abs=0.012
    )


def test_probabilities_sum_to_one_and_are_the_same_every_time():
    differences = np.array([0.02, 0.01, -0.004, 0.03, 0.0, 0.012])
    probabilities = compute_signed_rank_probabilities(differences, 0.005)
    assert probabilities.better + probabilities.equal + probabilities.worse == pytest.approx(1)
    assert probabilities == compute_signed_rank_probabilities(differences, 0.005)


def test_the_other_side_swaps_better_and_worse():
    differences = np.array([0.02, 0.01, -0.004, 0.03, 0.0, 0.012])
    probabilities, turned = (
        compute_signed_rank_probabilities(differences, 0.005),
        compute_signed_rank_probabilities(-differences, 0.005),
    )
    assert (probabilities.better, probabilities.worse) == (turned.worse, turned.better)


def test_differences_within_the_rope_are_equal():
    assert compute_signed_rank_probabilities(np.full(8, 0.004), 0.005).equal == 1.0
    assert compute_signed_rank_probabilities(np.full(8, 0.1), 0.005).better > 0.95


def test_another_dataset_is_predicted_from_how_often_each_was_seen():
    # Eight of ten datasets are better; a prior of half a dataset lies at no difference.
    probabilities = compute_signed_rank_probabilities(np.array([0.02] * 8 + [-0.02, 0.0]), 0.005)
    assert probabilities.better > 0.98
    assert probabilities.predicted == pytest.approx((8 / 10.5, 1.5 / 10.5, 1 / 10.5))


def test_a_difference_at_the_end_of_the_rope_is_half_within_whatever_rounding_left():
    exact = compute_signed_rank_probabilities(np.full(8, 0.3), 0.3)
    assert compute_signed_rank_probabilities(np.full(8, 0.1 + 0.2), 0.3) == exact
    assert exact.predicted[0] == pytest.approx(4 / 8.5)
