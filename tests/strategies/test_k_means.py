from __future__ import annotations

import numpy as np
import pytest
from rounds import batch_of, round_of, rounds_of

from albench.strategies.clue import Clue
from albench.strategies.cluster_margin import ClusterMargin
from albench.strategies.drop_query import DropQuery
from albench.strategies.info_div import InfoDiv
from albench.strategies.k_means import KMeans
from albench.strategies.mcm import Mcm
from albench.strategies.numerics.centroids import select_nearest_to_centres
from albench.strategies.representative_sampling import RepresentativeSampling, select_nearest_to_means
from albench.strategies.tcm import Tcm
from albench.strategies.typiclust import TypiClust, compute_typicalities, find_most_typical, order_clusters
from albench.strategies.weighted_k_means import WeightedKMeans

BLOBS = np.array([[0.0, 0], [100, 0], [0, 100], [100, 100]])


def blobs(sizes, seed=0):
    """Rows around the corners of a square; the corner of each."""
    corner = np.repeat(np.arange(4), sizes)
    return BLOBS[corner] + np.random.default_rng(seed).normal(size=(corner.size, 2)), corner


@pytest.mark.parametrize(
    "strategy",
    [
        KMeans(),
        KMeans(minibatch=True),
        RepresentativeSampling(),
        RepresentativeSampling(clustering="ward"),
        TypiClust(),
        Clue(),
        WeightedKMeans(),
    ],
)
def test_one_row_of_each_cluster(strategy):
    X, corner = blobs([10, 12, 14, 16])
    proba = np.tile([0.5, 0.3, 0.2], (52, 1))
    rows, _ = batch_of(strategy, round_of(X, proba=proba), 4)
    assert sorted(corner[rows]) == [0, 1, 2, 3]


def test_k_means_takes_the_row_nearest_to_the_mean():
    X, corner = blobs([10, 12, 14, 16])
    rows, utilities = batch_of(KMeans(), round_of(X), 4)
    for row, utility in zip(rows, utilities, strict=True):
        mean = X[corner == corner[row]].mean(axis=0)
        gaps = np.linalg.norm(X - mean, axis=1)
        assert row == gaps.argmin()
        assert utility == pytest.approx(-gaps.min(), rel=1e-9)


def test_representative_members_by_turns():
    X = np.array([[0.0], [1], [5], [10], [12]])
    labels = np.array([0, 0, 0, 1, 1])
    picks = select_nearest_to_means(X, labels, np.linspace(0, 1, 5), 5)
    # Means 2 and 11: 1 is 1 off, then 10 and 12 (a tie) 1 off, then 0, 2 off, the other, and 5 is 3 off.
    assert list(picks.candidates) == [1, 3, 0, 4, 2]
    np.testing.assert_allclose(picks.utilities, [-1, -1, -2, -1, -3])
    assert list(picks.tied) == [False, True, False, False, False]


def test_a_row_is_taken_by_one_centre_only():
    X = np.array([[0.0], [3], [10]])
    picks = select_nearest_to_centres(X, np.array([[1.0], [0.5]]), np.zeros(3), 3)
    # The first centre takes row 0, the second the next, then the first centre again.
    assert list(picks.candidates) == [0, 1, 2]
    np.testing.assert_allclose(picks.utilities, [-1, -2.5, -9])


def test_weighted_k_means_chooses_among_the_most_uncertain():
    X, _ = blobs([10, 12, 14, 16])
    top = np.linspace(0.5, 0.99, 52)
    proba = np.stack([top, 1 - top], axis=1)
    rows, _ = batch_of(WeightedKMeans(factor=3), round_of(X, proba=proba, n_classes=2), 4)
    assert (rows < 12).all()


def test_clue_leans_to_what_is_uncertain():
    X = np.array([[0.0], [1], [2], [3], [10]])
    proba = np.array([[0.5, 0.5], [1, 0], [1, 0], [1, 0], [1, 0]])
    rows, _ = batch_of(Clue(), round_of(X, proba=proba, n_classes=2), 1)
    assert list(rows) == [0]


def test_drop_query_takes_what_changes_its_class():
    class Sign:
        """Class 1 where the first feature is positive, and class 0 where it is dropped."""

        def predict(self, X):
            return (X[:, 0] > 0).astype(int)

    rng = np.random.default_rng(0)
    X = np.column_stack([np.r_[np.full(20, -1.0), np.full(6, 1.0)], rng.normal(size=26)])
    strategy = DropQuery(rate=0.9, samples=5)
    rows, _ = batch_of(strategy, round_of(X, estimator=Sign(), n_classes=2), 4)
    assert (rows >= 20).all()


def test_typicality_is_the_inverse_of_the_mean_distance():
    X = np.array([[0.0], [1], [3], [7]])
    np.testing.assert_allclose(compute_typicalities(X, 2), [1 / 2, 1 / 1.5, 1 / 2.5, 1 / 5], rtol=1e-6)
    np.testing.assert_allclose(compute_typicalities(X, 50), [3 / 11, 3 / 9, 3 / 9, 3 / 17], rtol=1e-6)
    assert compute_typicalities(X[:1], 3) == [1]


def test_single_precision_decides_nothing():
    """A cluster far from the origin, of near-duplicates, larger than what is evaluated at once."""
    rng = np.random.default_rng(0)
    X = 1e4 + np.repeat(rng.normal(size=(100, 5)), 2, axis=0) + 1e-5 * rng.normal(size=(200, 5))
    keys = rng.random(200)
    row, typicality, _ = find_most_typical(X, keys, 3)
    exact = compute_typicalities(X, 3)
    assert row == exact.argmax()
    assert typicality == exact.max()


def test_clusters_take_their_turn():
    """Small ones last, then those with fewer labelled rows, then the largest."""
    labels = np.repeat([0, 1, 2, 3], [8, 9, 7, 2])
    assert order_clusters(labels, np.array([0, 8]), 2, np.random.default_rng(0)) == [2, 1, 0, 3]
    assert order_clusters(labels, np.array([0, 8]), 0, np.random.default_rng(0)) == [2, 3, 1, 0]


def test_typiclust_goes_to_clusters_without_labels():
    X, corner = blobs([10, 12, 14, 16])
    labelled = [np.flatnonzero(corner == 3)[0], np.flatnonzero(corner == 1)[0]]
    rows, utilities = batch_of(TypiClust(), round_of(X, labelled), 2)
    assert list(corner[rows]) == [2, 0]
    for row, utility in zip(rows, utilities, strict=True):
        members = np.flatnonzero(corner == corner[row])
        assert utility == pytest.approx(compute_typicalities(X[members], 20).max(), rel=1e-9)


def test_tcm_switches_at_a_number_of_labels():
    X, _ = blobs([10, 12, 14, 16])
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(2), size=52)
    first, second = rounds_of(Tcm(labels_per_class=2), X, np.arange(2), 2, 2, proba=proba, n_classes=2)
    alone = TypiClust()
    assert list(first[1].candidates) == list(batch_positions(alone, X, proba))
    view, picks = second
    margins = 1 - np.abs(proba[view.candidates, 0] - proba[view.candidates, 1])
    assert list(picks.candidates) == list(np.argsort(-margins)[:2])


def batch_positions(strategy, X, proba):
    view = round_of(X, np.arange(2), proba=proba, n_classes=2, batch_size=2)
    return strategy.select(view, strategy.start(view), 2).candidates


def test_info_div_takes_no_more_of_a_cluster_than_its_share():
    X, corner = blobs([30, 10, 10, 10])
    # The most uncertain rows all lie in the largest cluster, in order of position.
    top = np.linspace(0.5, 0.9, 60)
    proba = np.stack([top, 1 - top, np.zeros(60), np.zeros(60)], axis=1)
    rows, utilities = batch_of(InfoDiv(), round_of(X, proba=proba, n_classes=4), 10)
    # Shares 1/2 and 1/6 of ten picks: up to 5, and up to 2 (the first whole number from 10/6 on).
    assert list(corner[rows]) == [0, 0, 0, 0, 0, 1, 1, 2, 2, 3]
    assert list(rows) == [0, 1, 2, 3, 4, 30, 31, 40, 41, 50]
    np.testing.assert_allclose(utilities, 1 - (2 * top[rows] - 1), rtol=1e-9)


def test_info_div_fills_up_by_margin_where_a_cluster_is_used_up():
    X, corner = blobs([20, 4, 3, 3])
    top = np.linspace(0.9, 0.5, 30)
    proba = np.stack([top, 1 - top, np.zeros(30), np.zeros(30)], axis=1)
    labelled = np.flatnonzero(corner != 0)[:8]
    rows, _ = batch_of(InfoDiv(), round_of(X, labelled, proba=proba, n_classes=4), 15)
    assert (corner[rows] != 0).sum() == 2
    assert len(rows) == 15


@pytest.mark.parametrize("seed", range(12))
def test_info_div_says_where_the_tie_key_decided(seed):
    """A pick is tied if it and a row that was left out change places when their tie keys do."""
    rng = np.random.default_rng(seed)
    X, _ = blobs([9, 4, 3, 4], seed)
    top = rng.choice([0.5, 0.6, 0.7], 20)
    labelled = np.flatnonzero(rng.random(20) < 0.3)
    view = round_of(X, labelled, proba=np.stack([top, 1 - top, 0 * top, 0 * top], axis=1), n_classes=4)
    n = int(rng.integers(1, view.candidates.size))
    keys, picks = view.tie_keys, InfoDiv().select(view, None, n)
    taken = set(picks.candidates.tolist())

    def change_places(pick, other):
        vars(view).update(tie_keys=keys.copy())
        view.tie_keys[[pick, other]] = keys[[other, pick]]
        return set(InfoDiv().select(view, None, n).candidates.tolist()) == taken - {pick} | {other}

    equal = top[view.candidates]
    rivals = [
        [q for q in range(equal.size) if q not in taken and equal[q] == equal[p] and change_places(p, q)]
        for p in picks.candidates.tolist()
    ]
    assert picks.tied.tolist() == [bool(others) for others in rivals]
    assert (picks.n_tied > 0) == picks.tied.any()


def test_equal_margins_of_info_div_and_cluster_margin_are_tied():
    X, _ = blobs([12, 8, 8, 8])
    view = round_of(X, proba=np.full((36, 4), 1 / 4), n_classes=4)
    picks = InfoDiv().select(view, None, 9)
    # Shares of nine picks: three of the twelve rows of a cluster, two each of the eight of three others.
    assert (picks.tied.tolist(), picks.n_tied) == ([True] * 9, 12)
    strategy = ClusterMargin(factor=2)
    picks = strategy.select(view, strategy.start(view), 9)
    assert (picks.tied.tolist(), picks.n_tied) == ([True] * 9, 36)


def test_cluster_margin_is_tied_where_the_cut_of_the_least_certain_falls_among_equals():
    X, corner = blobs([20, 20, 20, 20])
    top = np.full(80, 0.95)
    top[[3, 25, 44]] = 0.55
    top[5:9] = 0.6
    options = {"proba": np.stack([top, 1 - top], axis=1), "n_classes": 2}
    # Of twice three rows, three are clear; the three others are the first by key of four in cluster 0.
    strategy = ClusterMargin(factor=2, rows_per_cluster=20)
    n_tied = set()
    for seed in range(10):
        view = round_of(X, seed=seed, **options)
        picks = strategy.select(view, strategy.start(view), 3)
        assert list(corner[picks.candidates]) == [1, 2, 0]
        is_clear = top[picks.candidates] == 0.55
        assert (picks.tied.tolist(), picks.n_tied) == ((~is_clear).tolist(), 0 if is_clear.all() else 4)
        n_tied.add(picks.n_tied)
    assert n_tied == {0, 4}
    # Seven hold all of the four.
    picks = ClusterMargin(factor=7, rows_per_cluster=20).select(view, strategy.start(view), 1)
    assert (picks.tied.tolist(), picks.n_tied) == ([False], 0)


def test_mcm_clusters_what_is_less_certain_than_every_labelled_row():
    X, corner = blobs([10, 10, 10, 10])
    top = np.where(np.arange(40) % 10 < 5, 0.55, 0.9)
    proba = np.stack([top, 1 - top], axis=1)
    proba[0] = [0.6, 0.4]
    rows, _ = batch_of(Mcm(), round_of(X, [0], proba=proba, n_classes=2), 4)
    assert (rows % 10 < 5).all()
    assert sorted(corner[rows]) == [0, 1, 2, 3]
    # Fewer than the batch within the margin: plain margin.
    proba[0] = [0.5, 0.5]
    proba[7] = [0.52, 0.48]
    rows, _ = batch_of(Mcm(), round_of(X, [0], proba=proba, n_classes=2), 4)
    assert rows[0] == 7


def test_cluster_margin_takes_clusters_in_turn_from_the_smallest():
    X, corner = blobs([20, 20, 20, 20])
    top = np.full(80, 0.95)
    least_certain = np.r_[0:6, 20:24, 40:42]
    top[least_certain] = 0.55
    proba = np.stack([top, 1 - top], axis=1)
    strategy = ClusterMargin(factor=2, rows_per_cluster=20)
    taken = set()
    for seed in range(20):
        rows, utilities = batch_of(strategy, round_of(X, proba=proba, n_classes=2, seed=seed), 6)
        # Twelve rows are less certain: two of cluster 2, four of 1, six of 0. Each in turn, small ones first.
        assert list(corner[rows]) == [2, 1, 0, 2, 1, 0]
        np.testing.assert_allclose(utilities, 0.9)
        taken |= set(rows)
    assert taken == set(least_certain)
