"""Power laws are fitted and read beyond the last label."""

from __future__ import annotations

import numpy as np
import pytest

from albench.pilot.labelling_forecast import compute_growth
from albench.pilot.power_law import EXPONENTS, fit_power_law

LABELS = np.arange(10, 160, 10.0)


@pytest.mark.parametrize(("limit", "height"), [(0.9, 1.2), (0.75, 0.4), (1.0, 2.0)])
@pytest.mark.parametrize("rate", [EXPONENTS[10], EXPONENTS[20], EXPONENTS[30]])
def test_a_planted_curve_is_found_again(limit, height, rate):
    law = fit_power_law(LABELS, limit - height * LABELS**-rate)
    assert law.rate == rate
    np.testing.assert_allclose([law.limit, law.height], [limit, height], rtol=1e-6)
    np.testing.assert_allclose(law.predict(300), limit - height * 300**-rate, rtol=1e-9)


def test_a_noisy_curve_is_forecast_within_its_noise():
    rng = np.random.default_rng(0)
    off = []
    for _ in range(50):
        levels = 0.9 - 1.2 * LABELS**-0.6 + rng.normal(0, 0.005, LABELS.size)
        off.append(float(fit_power_law(LABELS, levels).predict(300)) - (0.9 - 1.2 * 300**-0.6))
    assert abs(np.mean(off)) < 0.005
    assert np.std(off) < 0.02


def test_a_falling_curve_is_flat_and_no_limit_is_above_the_best():
    falling = fit_power_law(LABELS, 0.8 - 0.001 * LABELS)
    assert falling.height == 0
    assert fit_power_law(LABELS, 0.999 - 0.5 * LABELS**-0.05, best=1.0).limit <= 1


def test_growth_is_one_for_as_many_labels_again():
    assert compute_growth(0.5, 1.0) == pytest.approx(1)
    # (1 - 4^-1/2) / (1 - 2^-1/2)
    assert compute_growth(0.5, 3.0) == pytest.approx(0.5 / (1 - 0.5**0.5))


def test_points_weigh_as_their_labels():
    levels = 0.8 - 1.5 * LABELS**-0.7 + np.random.default_rng(2).normal(0, 0.02, LABELS.size)
    law = fit_power_law(LABELS, levels)
    # numpy weighs residuals, not their squares.
    slope, limit = np.polyfit(LABELS**-law.rate, levels, 1, w=np.sqrt(LABELS))
    assert (law.limit, law.height) == pytest.approx((limit, -slope))
