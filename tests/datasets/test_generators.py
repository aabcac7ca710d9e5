"""What is drawn has the shape that its description promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from pydantic import ValidationError
from sklearn.datasets import make_classification

from albench.contracts import Table
from albench.datasets.generators.clouds import ImbalancedBlobs, MakeClassification, Ringnorm, Twonorm, Xor
from albench.datasets.generators.shapes import (
    Banana,
    Checkerboard,
    DivergentSin,
    Ex8Like,
    TwoMoons,
    TwoSpirals,
)
from albench.datasets.hashing import compute_content_hash

GENERATORS = [
    Banana,
    Checkerboard,
    DivergentSin,
    Ex8Like,
    ImbalancedBlobs,
    MakeClassification,
    Ringnorm,
    TwoMoons,
    TwoSpirals,
    Twonorm,
    Xor,
]


def load(source) -> Table:
    return source.load(Path())


@pytest.mark.parametrize("generator", GENERATORS)
def test_rows_are_as_many_as_asked_for_and_depend_on_the_seed(generator):
    first = load(generator(n_rows=120, seed=4))
    assert first.n_rows == 120
    assert compute_content_hash(load(generator(n_rows=120, seed=4))) == compute_content_hash(first)
    assert compute_content_hash(load(generator(n_rows=120, seed=5))) != compute_content_hash(first)
    assert load(generator()).n_rows == 1000
    assert_array_equal(first.numeric, np.round(first.numeric, 6))


@pytest.mark.parametrize("generator", GENERATORS)
def test_values_beyond_the_limits_are_refused(generator):
    for wrong in ({"n_rows": 9}, {"seed": -1}, {"n_row": 100}):
        with pytest.raises(ValidationError):
            generator(**wrong)


def test_checkerboard_classes_are_the_colours_of_the_squares():
    table = load(Checkerboard(n_rows=5000, squares=3))
    columns, rows = table.numeric.T.astype(int)
    assert_array_equal(table.labels, (columns + rows) % 2)
    assert len(set(zip(columns, rows, strict=True))) == 9
    assert table.numeric.min() >= 0
    assert table.numeric.max() < 3


def test_two_moons_without_noise_lie_on_their_half_circles():
    table = load(TwoMoons(n_rows=1001, noise=0))
    upper, lower = table.numeric[table.labels == 0], table.numeric[table.labels == 1]
    assert (len(upper), len(lower)) == (501, 500)
    np.testing.assert_allclose(np.hypot(*upper.T), 1, atol=2e-6)
    assert upper[:, 1].min() >= 0
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1, atol=2e-6)
    assert lower[:, 1].max() <= 0.5
    # Neighbours in the file are of either class.
    assert 0.4 < np.mean(table.labels[1:] == table.labels[:-1]) < 0.6


def test_two_moons_noise_is_a_standard_deviation():
    table = load(TwoMoons(n_rows=20_000, noise=0.1))
    distance = np.hypot(*table.numeric[table.labels == 0].T) - 1
    assert distance.std() == pytest.approx(0.1, rel=0.05)


def test_xor_classes_are_opposite_corners():
    table = load(Xor(n_rows=400, noise=0.01))
    right, upper = (table.numeric > 0).T
    assert_array_equal(table.labels, right ^ upper)
    assert_array_equal(np.unique(np.round(table.numeric / 1.0), axis=0), [[-1, -1], [-1, 1], [1, -1], [1, 1]])
    assert_array_equal(np.bincount(2 * right + upper), [100, 100, 100, 100])


def test_imbalanced_blobs_have_the_declared_sizes_and_distances():
    table = load(ImbalancedBlobs())
    assert_array_equal(np.bincount(table.labels), [800, 150, 50])
    assert_array_equal(ImbalancedBlobs(n_rows=30, weights=(1, 1, 1)).count_class_rows(), [10, 10, 10])
    table = load(ImbalancedBlobs(n_rows=90_000, weights=(1, 1, 1), separation=5))
    centres = np.array([table.numeric[table.labels == code].mean(axis=0) for code in range(3)])
    sides = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    np.testing.assert_allclose(sides, 5, atol=0.05)
    pair = load(ImbalancedBlobs(n_rows=90_000, weights=(1, 1), separation=4))
    means = [pair.numeric[pair.labels == code].mean(axis=0) for code in range(2)]
    assert np.linalg.norm(means[0] - means[1]) == pytest.approx(4, abs=0.05)


def test_imbalanced_blobs_refuse_a_class_without_rows():
    with pytest.raises(ValidationError, match=r"n_rows \(10\) is too small to give every class a row"):
        ImbalancedBlobs(n_rows=10, weights=(0.99, 0.01))
    with pytest.raises(ValidationError):
        ImbalancedBlobs(weights=(1.0,))
    with pytest.raises(ValidationError):
        ImbalancedBlobs(weights=(1.0, 0.0))


def test_make_classification_is_that_of_scikit_learn():
    table = load(
        MakeClassification(n_rows=200, n_features=8, n_informative=4, n_classes=3, class_sep=2, seed=7)
    )
    X, y = make_classification(
        200, 8, n_informative=4, n_redundant=0, n_classes=3, class_sep=2, flip_y=0.01, random_state=7
    )
    assert_array_equal(table.numeric, np.round(X, 6))
    assert_array_equal(table.labels, y)


def test_make_classification_says_what_does_not_fit():
    with pytest.raises(ValidationError, match=r"n_informative \(5\) is above n_features \(4\)"):
        MakeClassification(n_features=4)
    with pytest.raises(
        ValidationError, match=r"3 classes with two clusters each need a larger n_informative"
    ):
        MakeClassification(n_informative=2, n_classes=3)


def test_bananas_without_noise_lie_on_their_circles():
    table = load(Banana(n_rows=400, noise=0))
    assert_array_equal(np.bincount(table.labels), [200, 200])
    first, second = (table.numeric[table.labels == code] for code in (0, 1))
    np.testing.assert_allclose(np.hypot(*first.T), 5, atol=2e-6)
    np.testing.assert_allclose(np.hypot(*(second + 3.75).T), 5, atol=2e-6)
    # From 22.5 to 247.5 degrees clockwise from above: the first crescent has no upper left.
    assert not ((first[:, 0] < 0) & (first[:, 1] > 0)).any()


def test_twonorm_has_the_error_that_breiman_states():
    table = load(Twonorm(n_rows=40_000))
    assert table.numeric.shape[1] == 20
    wrong = (table.numeric.sum(axis=1) > 0) != (table.labels == 0)
    assert wrong.mean() == pytest.approx(0.0228, abs=0.003)
    np.testing.assert_allclose(table.numeric[table.labels == 0].mean(axis=0), 2 / np.sqrt(20), atol=0.03)


def test_ringnorm_is_a_narrow_cloud_in_a_wide_one():
    table = load(Ringnorm(n_rows=40_000))
    wide, narrow = (table.numeric[table.labels == code] for code in (0, 1))
    np.testing.assert_allclose(wide.var(axis=0), 4, rtol=0.06)
    np.testing.assert_allclose(narrow.var(axis=0), 1, rtol=0.06)
    np.testing.assert_allclose(wide.mean(axis=0), 0, atol=0.06)
    assert np.linalg.norm(narrow.mean(axis=0)) == pytest.approx(1, abs=0.05)


def test_spirals_without_noise_turn_by_one_radius_a_turn():
    table = load(TwoSpirals(n_rows=500, noise=0, turns=2))
    radius = np.hypot(*table.numeric.T)
    turns = (np.arctan2(*table.numeric.T[::-1]) - np.pi * table.labels) / (2 * np.pi)
    far = radius > 0.01
    off = np.mod(radius - turns, 1)[far]
    np.testing.assert_allclose(np.minimum(off, 1 - off), 0, atol=1e-4)
    assert 1.9 < radius.max() <= 2


def test_divergent_sines_are_as_far_apart_as_declared():
    table = load(DivergentSin(n_rows=2000, noise=0, spread=4))
    place, height = table.numeric.T
    apart = np.where(table.labels == 0, -2.0, 2.0) * place / 10
    np.testing.assert_allclose(height, np.sin(place) + apart, atol=3e-6)


def test_the_wavy_band_is_where_it_is_said_to_be():
    table = load(Ex8Like(n_rows=2000, waves=1))
    x, y = table.numeric.T
    assert set(table.labels[(x < 0.02) & (y > 0.55) & (y < 0.95)]) == {1}
    assert set(table.labels[(x < 0.02) & (y < 0.5)]) == {0}
    assert set(table.labels[(np.abs(x - 0.5) < 0.02) & (np.abs(y - 0.25) < 0.2)]) == {1}
    assert table.labels.mean() == pytest.approx(0.44, abs=0.03)
