"""Power of paired t tests, against statsmodels; of signed ranks, by hand and by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from albench.analysis.stats.power import (
    compute_power,
    compute_signed_rank_power,
    find_smallest_signed_rank_effect,
)
from albench.analysis.stats.significance import wilcoxon

ROPE, SPREAD = 0.005, 0.02


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize("n_repeats", [5, 10, 20, 50])
@pytest.mark.parametrize("n_tests", [1, 8])
def test_power_on_one_dataset_is_that_of_statsmodels(times, n_repeats, n_tests):
    from statsmodels.stats.power import TTestPower

    # What is found on the wrong side is left out: the test is that of one side at half the level.
    level = 0.05 / n_tests / 2
    power = TTestPower().power(times * ROPE / SPREAD, n_repeats, level, alternative="larger")
    ours = compute_power(times * ROPE, SPREAD / n_repeats**0.5, n_repeats - 1, n_tests)
    assert ours == pytest.approx(power, abs=1e-3)


def test_signed_ranks_of_6_datasets_find_what_is_positive_on_all_of_them():
    """Only the most extreme of 2^6 signs has a p below 5 %."""
    from scipy.stats import norm

    for effect in (0.5, 1.0, 2.0):
        ours = compute_signed_rank_power(effect * 0.03, 0.03, 6)
        assert ours == pytest.approx(norm.cdf(effect) ** 6, abs=0.02)
    assert find_smallest_signed_rank_effect(0.03, 6) / 0.03 == pytest.approx(
        norm.ppf(0.8 ** (1 / 6)), rel=0.02
    )


@pytest.mark.parametrize("n_datasets", [8, 15, 16, 20])
def test_power_of_signed_ranks_is_that_of_the_test_itself(n_datasets):
    drawn = np.random.default_rng(1).standard_normal((600, n_datasets)) + 0.9
    power = np.mean([wilcoxon(own) <= 0.05 / 3 for own in drawn])
    assert compute_signed_rank_power(0.9, 1.0, n_datasets, 3) == pytest.approx(power, abs=0.05)
