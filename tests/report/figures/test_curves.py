from __future__ import annotations

import numpy as np

from albench.analysis.evidence.cells import Curve
from albench.report.figures.curves import thin_curve


def curve(labels, mean, half=0.1, n=10):
    mean = np.array(mean, dtype=float)
    return Curve(np.array(labels, dtype=float), mean, mean - half, mean + half, n)


def test_long_curves_are_thinned_with_their_ends_kept():
    long = curve(np.arange(1000), np.arange(1000))
    thin = thin_curve(long)
    assert thin.n_labels.size == 120
    assert thin.n_labels[[0, -1]].tolist() == [0, 999]
    np.testing.assert_array_equal(thin.mean, thin.n_labels)
    assert thin_curve(curve([1, 2], [0, 0])).n_labels.size == 2
