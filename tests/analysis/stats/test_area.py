"""The area under a curve and its published variants."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albench.analysis.stats.area import Variant, compute_area, compute_comparable_areas, interpolate_curves

LABELS = np.array([20.0, 30.0, 40.0, 45.0])
VALUES = np.array([0.5, 0.7, 0.8, 0.9])
SHARED = Path(__file__).parents[4] / "shared"


def test_trapezoid_over_labels_divided_by_their_width():
    # 10 * 0.6 + 10 * 0.75 + 5 * 0.85 = 17.75 over 25 labels
    assert compute_area(LABELS, VALUES) == pytest.approx(0.71)


def test_lu2023_leaves_the_first_interval_out_but_not_its_width():
    assert compute_area(LABELS, VALUES, "lu2023") == pytest.approx((7.5 + 4.25) / 25)


def test_zhan2021_is_rounded_to_three_decimals():
    assert compute_area(np.array([0.0, 1.0]), np.array([0.1234, 0.1248]), "zhan2021") == 0.124


def test_zhan2021_weighs_a_short_last_batch_by_its_size():
    # Their loop: batches of 10 but for the last one of 5, divided by the 25 labels bought.
    assert compute_area(LABELS, VALUES, "zhan2021") == 0.71


def test_the_mean_area_is_the_mean_over_rounds():
    assert compute_area(LABELS, VALUES, "mean") == pytest.approx(0.725)


@pytest.mark.parametrize("variant", get_args(Variant))
def test_many_curves_at_once_are_each_their_own(variant):
    both = compute_area(LABELS, np.stack([VALUES, VALUES[::-1]]), variant)
    assert both.tolist() == [
        compute_area(LABELS, VALUES, variant),
        compute_area(LABELS, VALUES[::-1], variant),
    ]


@pytest.mark.parametrize("variant", get_args(Variant))
def test_one_round_is_its_own_area(variant):
    assert compute_area(LABELS[:1], VALUES[:1], variant) == 0.5


def test_an_undefined_value_makes_the_area_undefined():
    assert np.isnan(compute_area(LABELS, np.array([0.5, np.nan, 0.8, 0.9])))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.data())
def test_points_on_the_curve_do_not_change_its_area(values, data):
    n_labels = np.arange(len(values), dtype=float) * 10
    extra = data.draw(st.lists(st.floats(0, float(n_labels[-1])), max_size=5))
    finer = np.unique([*n_labels, *extra])
    assert compute_area(finer, interpolate_curves(n_labels, np.array(values), finer)) == pytest.approx(
        compute_area(n_labels, np.array(values))
    )


@given(st.floats(0.001, 1))
def test_a_constant_curve_has_its_value_as_area(level):
    assert compute_area(LABELS, np.full(4, level)) == pytest.approx(level)


def test_between_rounds_linear_after_the_last_flat_before_the_first_unknown():
    values = interpolate_curves(LABELS, VALUES, np.array([10.0, 20.0, 25.0, 44.0, 45.0, 60.0]))
    assert values[1:] == pytest.approx([0.5, 0.6, 0.88, 0.9, 0.9])
    assert np.isnan(values[0])


def test_of_two_batch_sizes_the_coarser_grid_counts():
    fine = np.array([10.0, 20.0, 30.0, 40.0, 50.0]), np.array([0.5, 0.9, 0.6, 0.9, 0.7])
    coarse = np.array([10.0, 30.0, 50.0]), np.array([0.5, 0.6, 0.7])
    assert compute_comparable_areas([fine, coarse]) == pytest.approx((0.6, 0.6))


def test_of_two_seed_sizes_the_common_range_counts():
    small = np.array([10.0, 20.0, 30.0, 40.0]), np.array([0.1, 0.5, 0.6, 0.7])
    large = np.array([25.0, 35.0]), np.array([0.5, 0.7])
    # Over 25 to 35 labels: 0.55, 0.60 at 30, 0.65 against 0.5, 0.7; no round of the coarser curve between.
    assert compute_comparable_areas([small, large]) == pytest.approx((0.6, 0.6))


def test_curves_without_a_common_range_cannot_be_compared():
    with pytest.raises(ValueError, match="starts at 30 labels, another one ends at 20"):
        compute_comparable_areas([(np.array([10.0, 20.0]), VALUES[:2]), (np.array([30.0, 40.0]), VALUES[:2])])


@given(st.lists(st.floats(0, 1), min_size=3, max_size=40))
def test_lu2023_is_too_low_by_one_interval(values):
    """One label a round: of n_u queries, their divisor is n_u where n_u - 1 intervals are added up."""
    n_u, curve = len(values) - 1, np.array(values)
    n_labels = 20.0 + np.arange(n_u + 1)
    without_first = compute_area(n_labels[1:], curve[1:])
    assert compute_area(n_labels, curve, "lu2023") * n_u / (n_u - 1) == pytest.approx(without_first)


with_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="no folder 'shared' with the published areas beside the repository"
)


@with_shared
def test_the_published_area_of_uniform_is_corrected():
    """Appendicitis, the mean over seeds 0 to 99: 0.8395 in the paper, 0.8595 of the intervals that there are."""
    published, right = [], []
    for seed in range(100):
        n_labels, scores = _on_appendicitis(seed, _uniform)
        published.append(compute_area(n_labels, scores, "lu2023"))
        right.append(compute_area(n_labels[1:], scores[1:]))
    n_u = n_labels.size - 1
    assert round(float(np.mean(published)), 4) == 0.8395
    assert round(float(np.mean(published)) * n_u / (n_u - 1), 4) == 0.8595
    assert round(float(np.mean(right)), 4) == 0.8595


@with_shared
@pytest.mark.parametrize("seed", range(3))
def test_lu2023_gives_the_published_area_seed_for_seed(seed):
    n_labels, scores = _on_appendicitis(seed, _margin)
    published = pl.read_csv(SHARED / "tables/lu2023_margin_per_seed.csv")
    wanted = published.filter((pl.col("dataset") == "appendicitis") & (pl.col("seed") == seed))["aubc_test"]
    assert round(float(compute_area(n_labels, scores, "lu2023")), 5) == wanted.item()


def _margin(model, X, labelled):
    order = np.argsort(np.abs(model.decision_function(X)))
    return next(row for row in order.tolist() if row not in labelled)


def _uniform(model, X, labelled):
    return len(labelled)


def _on_appendicitis(seed, query):
    """One run of Lu et al. (2023): an SVM, one label a round until the pool is empty."""
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    features, y = _appendicitis()
    rows = np.arange(y.size)
    np.random.default_rng(seed).shuffle(rows)
    train, test = rows[: int(y.size * 0.6)].copy(), rows[int(y.size * 0.6) :]
    np.random.default_rng(seed).shuffle(train)
    X = StandardScaler().fit(features[train]).transform(features)
    labelled, scores = list(range(20)), []
    while True:
        picked = train[sorted(labelled)]
        model = SVC(gamma="auto").fit(X[picked], y[picked])
        scores.append(model.score(X[test], y[test]))
        if len(labelled) == train.size:
            return np.arange(20.0, train.size + 1), np.array(scores)
        labelled.append(query(model, X[train], labelled))


def _appendicitis():
    import gzip

    from sklearn.datasets import load_svmlight_file

    with gzip.open(SHARED / "data/al_zhan2021/appendicitis.libsvm.gz") as file:
        sparse, y = load_svmlight_file(file)
    return sparse.toarray(), y
