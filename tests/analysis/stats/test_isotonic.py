"""Isotonic regression of many curves at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import isotonic_regression

from albench.analysis.stats.isotonic import fit_monotone

CURVES = arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 15)), elements=st.floats(-5, 5))


def test_violators_are_pooled_to_their_mean():
    np.testing.assert_allclose(
        fit_monotone(np.array([[1.0, 3.0, 2.0, 2.0, 5.0], [3.0, 2.0, 1.0, 0.0, -1.0]])),
        [[1, 7 / 3, 7 / 3, 7 / 3, 5], [1, 1, 1, 1, 1]],
    )


@given(CURVES)
def test_each_curve_is_fitted_as_if_alone(curves):
    alone = np.stack([isotonic_regression(curve).x for curve in curves])
    np.testing.assert_allclose(fit_monotone(curves), alone, atol=1e-9)


@given(CURVES)
def test_non_decreasing_with_the_same_mean(curves):
    fitted = fit_monotone(curves)
    assert (np.diff(fitted, axis=1) >= -1e-12).all()
    np.testing.assert_allclose(fitted.mean(axis=1), curves.mean(axis=1), atol=1e-9)


def test_thousands_of_curves_lose_no_precision():
    curves = np.random.default_rng(0).random((5000, 12))
    alone = np.stack([isotonic_regression(curve).x for curve in curves])
    np.testing.assert_allclose(fit_monotone(curves), alone, atol=1e-12)


def test_constant_and_empty_curves_stay_as_they_are():
    assert fit_monotone(np.full((3, 4), 0.5)).tolist() == np.full((3, 4), 0.5).tolist()
    assert fit_monotone(np.empty((0, 4))).shape == (0, 4)
