"""Uncertainty combined with distance or clusters, against scikit-activeml, modAL and cardinal."""

from __future__ import annotations

import numpy as np
import pytest
from rounds import batch_of, golden, round_of, whole
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

from albench.ordering import top
from albench.strategies.badge import Badge, FactoredGradients
from albench.strategies.clue import Clue
from albench.strategies.contrastive_al import ContrastiveAL, compute_contrast
from albench.strategies.drop_query import compute_change_rates
from albench.strategies.falcun import Falcun, FalcunWeights
from albench.strategies.numerics.centroids import select_nearest_to_centres
from albench.strategies.numerics.distances import NearestLabelled
from albench.strategies.numerics.k_means_clustering import Points
from albench.strategies.ranked_batch import RankedBatch
from albench.strategies.uncertainty import entropies, margins


def positions(case, rows):
    return np.searchsorted(case["U"], np.asarray(rows))


@pytest.mark.parametrize("library", ["modAL", "cardinal"])
def test_ranked_batch(library):
    case = golden("ranked_batch", library=library)
    unc = case["unc_U"]
    proba = whole(np.stack([1 - unc, unc / 2, unc / 2], axis=1), case["U"], 30)
    rows, _ = batch_of(RankedBatch(), round_of(case["X"], case["L"], proba=proba), 5)
    assert list(rows) == list(case["batch"])


def test_badge_distribution_given_the_picks():
    case = golden("badge")
    gradients = FactoredGradients(case["probas_U"], case["X"], case["U"].astype(int), origin=True)
    for pick, expected in zip(positions(case, case["batch"]), case["selection_probabilities"], strict=True):
        weights, is_candidate = gradients.compute_weights(), ~np.isnan(expected)
        np.testing.assert_allclose(
            weights[is_candidate] / weights.sum(), expected[is_candidate], rtol=1e-9, atol=1e-15
        )
        gradients.add_pick(pick)


def test_badge_starts_with_the_longest_gradient_and_draws_the_second_by_distance():
    case = golden("badge")
    proba = whole(case["probas_U"], case["U"], 30)
    labelled = np.flatnonzero(~np.isnan(case["y"]))
    second = []
    for seed in range(3000):
        rows, _ = batch_of(Badge(), round_of(case["X"], labelled, proba=proba, seed=seed), 2)
        assert rows[0] == case["first_pick"]
        second.append(positions(case, rows[1]))
    # Not-a-number stands where the pick before is, which cannot be drawn again.
    expected = 3000 * np.nan_to_num(case["selection_probabilities"][1])
    counts = np.bincount(second, minlength=24)
    common = expected > 5
    rest = counts[~common].sum(), expected[~common].sum()
    statistic = ((counts - expected)[common] ** 2 / expected[common]).sum() + (rest[0] - rest[1]) ** 2 / rest[
        1
    ]
    assert statistic < 50


def test_falcun_distribution_given_the_picks():
    case = golden("falcun")
    source = FalcunWeights(case["probas_U"], 10)
    for pick, expected in zip(positions(case, case["batch"]), case["selection_probabilities"], strict=True):
        weights, is_candidate = source.compute_weights(), ~np.isnan(expected)
        np.testing.assert_allclose(weights[is_candidate] / weights.sum(), expected[is_candidate], rtol=1e-9)
        source.add_pick(pick)


def test_falcun_draws_the_first_by_uncertainty():
    case = golden("falcun")
    X = np.arange(30.0)[:, None]
    proba = whole(case["probas_U"], case["U"], 30)
    labelled = np.setdiff1d(np.arange(30), case["U"])
    picks = []
    for seed in range(3000):
        rows, utilities = batch_of(Falcun(), round_of(X, labelled, proba=proba, seed=seed), 1)
        picks.append(positions(case, rows[0]))
        assert utilities[0] == pytest.approx(case["selection_probabilities"][0][picks[-1]], rel=1e-9)
    expected = 3000 * case["selection_probabilities"][0]
    likely = expected > 5
    counts = np.bincount(picks, minlength=24)
    assert ((counts - expected)[likely] ** 2 / expected[likely]).sum() < 40


def test_contrastive_al():
    case = golden("contrastive_al")
    near = NearestLabelled(case["X"], 3)
    labelled = np.sort(case["L"].astype(int))
    near.add(labelled)
    nearest = np.searchsorted(labelled, near.rows[case["U"].astype(int)])
    by_row = case["probas_L"][np.argsort(case["L"])]
    np.testing.assert_allclose(compute_contrast(case["probas_U"], by_row, nearest), case["scores"], rtol=1e-9)
    proba = whole(case["probas_U"], case["U"], 30)
    proba[case["L"].astype(int)] = case["probas_L"]
    view = round_of(case["X"], case["L"], proba=proba)
    strategy = ContrastiveAL(neighbours=3)
    np.testing.assert_allclose(strategy.utilities(view, strategy.start(view)), case["scores"], rtol=1e-9)


def test_clue_given_the_centres():
    case = golden("clue")
    X = case["X"][case["U"].astype(int)]
    np.testing.assert_allclose(entropies(case["probas_U"]), case["weights"], rtol=1e-9)
    picks = select_nearest_to_centres(X, case["centers"], np.linspace(0, 1, 24), 4)
    assert list(case["U"][picks.candidates]) == list(case["batch"])
    np.testing.assert_allclose(picks.utilities, np.nanmax(case["utilities"], axis=1), rtol=1e-9)


def test_weighted_k_means_stays_at_the_centres_of_clue():
    """Where scikit-learn's weighted k-means has come to rest, ours has, too."""
    case = golden("clue")
    X = case["X"][case["U"].astype(int)]
    clusters = Points(X, case["weights"]).run_lloyd(case["centers"])
    np.testing.assert_allclose(clusters.centres, case["centers"], rtol=1e-9)


def test_clue_picks_rows_of_different_clusters():
    case = golden("clue")
    proba = whole(case["probas_U"], case["U"], 30)
    labelled = np.flatnonzero(~np.isnan(case["y"]))
    rows, utilities = batch_of(Clue(), round_of(case["X"], labelled, proba=proba), 4)
    assert len(set(rows)) == 4
    assert (utilities <= 0).all()


def test_weighted_k_means_of_cardinal_given_its_clusters():
    case = golden("wkmeans")
    first = top(margins(case["probas_U"]), np.linspace(0, 1, 24), 3 * 4)
    # Which clusters are found depends on the order of the rows: cardinal has the most uncertain last.
    kept = case["U"][first.candidates[::-1]].astype(int)
    model = KMeans(4, n_init=1, random_state=0).fit(case["X"][kept])
    picks = select_nearest_to_centres(case["X"][kept], model.cluster_centers_, np.linspace(0, 1, 12), 4)
    assert set(case["batch"]) <= set(kept)
    # Both rows of a cluster of two are as near to its centre: which of them it takes is left to chance.
    distances = model.transform(case["X"][case["batch"].astype(int)])
    nearest = np.sort(distances[linear_sum_assignment(distances)])
    np.testing.assert_allclose(np.sort(-picks.utilities), nearest, rtol=1e-9, atol=1e-6)


def test_drop_query_given_its_masks_and_clusters():
    """The reference draws masks and clusters from the old generator; with those, the batch is the same."""
    case = golden("drop_query")
    X, is_labelled = case["X"], ~np.isnan(case["y"])
    candidates = X[case["U"].astype(int)]
    model = LogisticRegression().fit(X[is_labelled], case["y"][is_labelled])
    seed = np.random.RandomState(0).randint(1, 2**31) * 25 % 2**31
    rng = np.random.RandomState(seed)
    kept = [~rng.choice([True, False], size=candidates.shape, p=[0.5, 0.5]) for _ in range(5)]
    rates = compute_change_rates(model.predict, candidates, kept)
    changeable = np.argsort(rates)[-max((rates > 0.5).sum(), 3) :]
    assert set(changeable) == set(np.flatnonzero((case["utilities"] > -np.inf).any(axis=0)))
    centres = KMeans(3, n_init=1, random_state=0).fit(candidates[changeable]).cluster_centers_
    picks = select_nearest_to_centres(candidates[changeable], centres, np.linspace(0, 1, changeable.size), 3)
    # Both rows of a cluster of two are as near to its centre: which of them it takes is left to chance.
    np.testing.assert_allclose(picks.utilities, np.nanmax(case["utilities"], axis=1), rtol=1e-9)
    before = case["utilities"][0][changeable[picks.candidates[:1]]]
    np.testing.assert_allclose(picks.utilities[:1], before, rtol=1e-9)
