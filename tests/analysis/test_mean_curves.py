from __future__ import annotations

import numpy as np

from albench.analysis.evidence.cells import Curve
from albench.analysis.mean_curves import average_curves, have_same_labels, resample_on_shares


def curve(labels, mean, half=0.1, n=10):
    mean = np.array(mean, dtype=float)
    return Curve(np.array(labels, dtype=float), mean, mean - half, mean + half, n)


def test_each_dataset_weighs_the_same_and_half_widths_join_in_quadrature():
    first, other = curve([10, 20], [0.2, 0.4], half=0.3, n=10), curve([10, 20], [0.6, 1.0], half=0.4, n=8)
    average = average_curves([first, other])
    np.testing.assert_allclose(average.mean, [0.4, 0.7])
    np.testing.assert_allclose(average.high - average.mean, 0.25)  # sqrt(0.09 + 0.16) / 2
    np.testing.assert_allclose(average.mean - average.low, 0.25)
    assert average.n_repeats == 8


def test_the_mean_has_no_band_where_one_dataset_has_none():
    average = average_curves([curve([1, 2], [0, 0]), curve([1, 2], [0, 0], half=np.nan)])
    assert np.isnan(average.low).all()
    np.testing.assert_allclose(average.mean, 0)


def test_shares_run_from_seed_set_to_budget_and_stay_flat_beyond_the_curve():
    resampled = resample_on_shares(curve([10, 20, 30], [0, 1, 2]), 10, 50)
    assert resampled.n_labels[[0, 10, 20, 40]].tolist() == [0, 25, 50, 100]
    np.testing.assert_allclose(resampled.mean[[0, 5, 10, 20, 40]], [0, 0.5, 1, 2, 2])


def test_curves_have_the_same_labels_only_if_every_round_has():
    assert have_same_labels([curve([1, 2], [0, 0]), curve([1, 2], [5, 5])])
    assert not have_same_labels([curve([1, 2], [0, 0]), curve([1, 3], [0, 0])])
