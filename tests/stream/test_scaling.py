"""Features are scaled by what has arrived."""

import numpy as np
import pytest

from albench.stream.scaling import fill_by_rows_so_far, scale_by_rows_so_far


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


def make_gaps(n=60):
    """Return rows of which a third of the cells are missing, and a fourth column without any value."""
    rng = np.random.default_rng(2)
    features = 1e3 + rng.normal(size=(n, 4))
    features[rng.random((n, 4)) < 1 / 3] = np.nan
    features[:, 3] = features[0, 0] = np.nan
    return features


def test_what_is_missing_is_the_mean_of_the_values_so_far_and_0_before_the_first():
    features = make_gaps()
    filled, scaled = fill_by_rows_so_far(features), scale_by_rows_so_far(features)
    for t, column in np.ndindex(60, 4):
        so_far = features[: t + 1, column]
        so_far = so_far[~np.isnan(so_far)]
        mean = so_far.mean() if so_far.size else 0
        if np.isnan(features[t, column]):
            assert filled[t, column] == pytest.approx(mean, rel=1e-12)
            assert scaled[t, column] == 0
        else:
            assert filled[t, column] == features[t, column]
            expected = (features[t, column] - mean) / so_far.std() if so_far.std() else 0
            assert scaled[t, column] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_rows_to_come_change_nothing_where_values_are_missing():
    features = make_gaps()
    changed = features.copy()
    changed[30:] = np.where(np.isnan(features[30:]), 7.0, np.nan)
    for prepare in (fill_by_rows_so_far, scale_by_rows_so_far):
        np.testing.assert_allclose(prepare(changed)[:30], prepare(features)[:30], rtol=1e-12)
