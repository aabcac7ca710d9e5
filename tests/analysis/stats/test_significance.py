"""Tests across datasets, against scipy and statsmodels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from albench.analysis.stats.significance import (
    can_be_tested,
    compute_smallest_p,
    find_signed_rank_side,
    friedman,
    holm,
    rank_values,
    wilcoxon,
)

DIFFERENCES = st.lists(st.sampled_from([-0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 0.03]), min_size=1, max_size=9)


@pytest.mark.parametrize("n", [3, 6, 12, 20, 40])
def test_wilcoxon_without_ties_is_scipys_exact_one(n):
    differences = np.random.default_rng(n).normal(0.3, 1, n)
    assert wilcoxon(differences) == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue)


@given(DIFFERENCES)
def test_wilcoxon_counts_all_sign_flips_ties_and_zeros_included(differences):
    values = np.array(differences)
    ranks = stats.rankdata(np.abs(values))

    def statistic(signs):
        return float((ranks * np.sign(values) * signs).sum())

    flips = [statistic(np.array(signs)) for signs in itertools.product([-1, 1], repeat=len(values))]
    observed = abs(statistic(np.ones(len(values))))
    assert wilcoxon(values) == pytest.approx(np.mean(np.abs(flips) >= observed - 1e-9))


def test_wilcoxon_by_hand():
    # Ranks 1, 2, 3 all positive: 2 of the 8 sign flips are as extreme.
    assert wilcoxon(np.array([0.1, 0.2, 0.3])) == 0.25
    # Zero has rank 1, the others 2 and 3: both positive is as extreme as both negative, 2 of 4.
    assert wilcoxon(np.array([0.0, 0.2, 0.3])) == 0.5
    assert wilcoxon(np.zeros(5)) == 1.0


def test_wilcoxon_does_not_depend_on_the_order_or_the_side():
    differences = np.array([0.02, -0.01, 0.0, 0.05, 0.01, 0.01])
    assert wilcoxon(differences[::-1]) == wilcoxon(differences) == wilcoxon(-differences)


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_holm_is_that_of_statsmodels(n):
    ps = np.random.default_rng(n).uniform(0, 0.2, n).round(2).tolist()
    assert holm(ps) == pytest.approx(multipletests(ps, method="holm")[1].tolist())


def test_of_no_test_nothing_is_corrected():
    assert holm([]) == []


@pytest.mark.parametrize("seed", range(5))
def test_friedman_is_scipys_ties_included(seed):
    scores = np.random.default_rng(seed).integers(0, 6, (9, 4)).astype(float)
    assert friedman(scores) == pytest.approx(stats.friedmanchisquare(*scores.T).pvalue)


def test_friedman_of_equal_columns_is_one():
    assert friedman(np.ones((6, 3))) == 1.0


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_ranks_are_scipys(values):
    assert rank_values(np.array(values, dtype=float)).tolist() == stats.rankdata(values).tolist()


@pytest.mark.parametrize(("n", "p"), [(1, 1.0), (3, 0.25), (5, 0.0625), (6, 0.03125), (8, 0.0078125)])
def test_smallest_reachable_p_is_that_of_all_datasets_won(n, p):
    assert compute_smallest_p(n) == p == wilcoxon(np.arange(1.0, n + 1))


def test_seven_comparisons_take_nine_datasets():
    assert not can_be_tested(8, 7)
    assert can_be_tested(9, 7)
    assert can_be_tested(6, 1)
    assert not can_be_tested(5, 1)


def test_a_difference_within_rounding_of_zero_or_of_another_one_is_a_zero_or_a_tie():
    clean = np.array([0.1, 0.2, 0.3, 0.3, 0.4, 0.0])
    residues = np.array([0.0, 1e-16, -1e-13, 3e-13, 0.0, -3e-17])
    assert wilcoxon(clean + residues) == wilcoxon(clean) == 0.0625
    assert wilcoxon(np.array([0.1 + 0.2, -0.3, 0.5])) == wilcoxon(np.array([0.3, -0.3, 0.5]))


def test_the_side_is_that_of_the_rank_sum_and_not_of_the_mean():
    differences = np.append(np.full(13, -0.01), 1.0)
    assert differences.mean() > 0
    assert find_signed_rank_side(differences) == -1
    assert find_signed_rank_side(-differences) == 1
    assert find_signed_rank_side(np.array([0.1, -0.1, 1e-17])) == 0
