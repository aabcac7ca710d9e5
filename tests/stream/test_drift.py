"""Drift that is simulated is where it is said to be, as wide, and changes what it says."""

import numpy as np
import pytest

from albench.contracts.returned_drift import check_drifted_rows
from albench.stream.drift import CovariateDrift, GradualDrift, RecurringDrift, SuddenDrift

N_ROWS = 2_000
RNG = np.random.default_rng(0)
LABELS = RNG.integers(3, size=N_ROWS)
FEATURES = RNG.normal(size=(N_ROWS, 3))


def apply(drift, seed=1):
    return drift.apply(FEATURES, LABELS, 3, np.random.default_rng(seed))


def test_sudden_drift_renames_the_classes_from_its_row_on():
    rows = apply(SuddenDrift(at=0.25))
    assert rows.marks == (500,)
    assert rows.labels[:500].tolist() == LABELS[:500].tolist()
    names = {0: 1, 1: 2, 2: 0}
    assert rows.labels[500:].tolist() == [names[label] for label in LABELS[500:].tolist()]
    assert rows.features is FEATURES


def test_sudden_drift_of_features_moves_each_column_to_the_one_before():
    rows = apply(SuddenDrift(at=0.5, what="features"))
    assert (rows.labels == LABELS).all()
    assert (rows.features[:1000] == FEATURES[:1000]).all()
    assert (rows.features[1000:, 0] == FEATURES[1000:, 1]).all()
    assert (rows.features[1000:, 2] == FEATURES[1000:, 0]).all()


def test_gradual_drift_has_half_its_rows_of_the_new_concept_at_its_centre_and_few_beyond_its_width():
    is_new = np.mean(
        [apply(GradualDrift(at=0.5, width=0.2), seed).labels != LABELS for seed in range(40)], axis=0
    )
    near = [is_new[row - 25 : row + 25].mean() for row in (600, 800, 1000, 1200, 1400)]
    expected = [1 / (1 + np.exp(4 * shift)) for shift in (1, 0.5, 0, -0.5, -1)]
    assert near == pytest.approx(expected, abs=0.05)
    assert apply(GradualDrift(at=0.5, width=0.2)).marks == (800,)


def test_recurring_drift_returns_to_the_first_concept():
    rows = apply(RecurringDrift(every=0.3))
    assert rows.marks == (600, 1200, 1800)
    same = rows.labels == LABELS
    assert same[:600].all()
    assert same[1200:1800].all()
    assert not same[600:1200].any()
    assert not same[1800:].any()


def test_covariate_drift_orders_the_same_rows_by_a_feature():
    rows = apply(CovariateDrift(at=0.4, column=2, overlap=0))
    assert rows.marks == (800,)
    assert sorted(rows.order.tolist()) == list(range(N_ROWS))
    assert (rows.features == FEATURES[rows.order]).all()
    assert (rows.labels == LABELS[rows.order]).all()
    assert rows.features[:800, 2].max() < rows.features[800:, 2].min()
    overlapping = apply(CovariateDrift(at=0.4, column=2, overlap=0.2))
    before = (overlapping.features[:800, 2] > np.quantile(FEATURES[:, 2], 0.4)).mean()
    assert before == pytest.approx(0.2 * 0.6, abs=0.03)


def test_rows_without_the_value_come_before_and_after_a_covariate_drift():
    features = FEATURES.copy()
    features[::4, 2] = np.nan
    drift = CovariateDrift(at=0.4, column=2, overlap=0)
    rows = check_drifted_rows(
        drift.apply(features, LABELS, 3, np.random.default_rng(1)), drift, features, n_classes=3
    )
    assert np.nanmax(rows.features[:800, 2]) < np.nanmin(rows.features[800:, 2])
    assert np.isnan(rows.features[:800, 2]).mean() == pytest.approx(0.25, abs=0.05)
    np.testing.assert_array_equal(rows.features, features[rows.order])


@pytest.mark.parametrize("drift", [GradualDrift(), CovariateDrift()], ids=lambda drift: drift.name)
def test_the_same_seed_gives_the_same_drift_and_another_seed_another(drift):
    assert (apply(drift).labels == apply(drift).labels).all()
    assert (apply(drift).labels != apply(drift, seed=2).labels).any()


@pytest.mark.parametrize("n_rows", [1, 2, 3, 29, 140])
@pytest.mark.parametrize("at", [1e-9, 0.5, 0.999])
def test_a_drift_of_any_stream_begins_at_one_of_its_rows(at, n_rows):
    """A share near 1 of few rows is rounded to the row behind the last one."""
    drifts = [
        SuddenDrift(at=at),
        GradualDrift(at=at, width=1e-4),
        CovariateDrift(at=at),
        RecurringDrift(every=at),
    ]
    for drift in drifts:
        features = FEATURES[:n_rows]
        drifted = drift.apply(features, LABELS[:n_rows], 3, np.random.default_rng(1))
        assert check_drifted_rows(drifted, drift, features, 3).marks == drifted.marks
