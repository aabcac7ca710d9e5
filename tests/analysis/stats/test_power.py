"""Power of paired t tests, against statsmodels."""

from __future__ import annotations

import pytest

from albench.analysis.stats.power import compute_power

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
