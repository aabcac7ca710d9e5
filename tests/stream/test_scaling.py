"""Features are scaled by what has arrived."""

import numpy as np
import pytest

from albench.stream.scaling import scale_by_rows_so_far


@pytest.mark.parametrize("centre", [0.0, 1e6])
def test_each_row_is_standardised_by_the_rows_up_to_it(centre):
    features = centre + np.random.default_rng(0).normal(size=(50, 3))
    expected = [
        (features[t] - features[: t + 1].mean(axis=0)) / features[: t + 1].std(axis=0) for t in range(1, 50)
    ]
    scaled = scale_by_rows_so_far(features)
    assert (scaled[0] == 0).all()
    np.testing.assert_allclose(scaled[1:], expected, rtol=1e-7, atol=1e-9)


def test_rows_to_come_change_nothing():
    features = np.random.default_rng(1).normal(size=(40, 2))
    changed = features.copy()
    changed[20:] *= 100
    assert (scale_by_rows_so_far(changed)[:20] == scale_by_rows_so_far(features)[:20]).all()


def test_a_column_that_is_constant_is_0_and_one_that_begins_to_vary_is_scaled():
    column = np.array([0.1, 0.1, 0.1, 0.3])[:, None]
    assert scale_by_rows_so_far(column)[:3].tolist() == [[0], [0], [0]]
    assert scale_by_rows_so_far(column)[3, 0] == pytest.approx((0.3 - 0.15) / np.std([0.1, 0.1, 0.1, 0.3]))
