from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rounds import batch_of, round_of
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits

from albench.errors import StrategyError
from albench.strategies.numerics.k_means_clustering import Points, k_means
from albench.strategies.numerics.linkage import MOST_ROWS, Linkage, cut_tree, linkage
from albench.strategies.numerics.neighbours import KNearest
from albench.strategies.numerics.pool_clusters import PoolClusters
from albench.strategies.random_subsampling import RandomSubsampling
from albench.strategies.representative_sampling import RepresentativeSampling


def inertia(X, clusters, weights=None):
    squared = ((X - clusters.centres[clusters.labels]) ** 2).sum(axis=1)
    return squared.sum() if weights is None else weights @ squared


def test_clusters_far_apart_are_found():
    rng = np.random.default_rng(0)
    centres = np.array([[0.0, 0], [50, 0], [0, 50], [50, 50]])
    X = np.repeat(centres, 25, axis=0) + rng.normal(size=(100, 2))
    clusters = k_means(X, 4, rng)
    groups = clusters.labels.reshape(4, 25)
    assert (groups == groups[:, :1]).all()
    assert np.unique(groups[:, 0]).size == 4
    means = X.reshape(4, 25, 2).mean(axis=1)
    np.testing.assert_allclose(clusters.centres[groups[:, 0]], means, rtol=1e-9)


@pytest.mark.parametrize("n_clusters", [5, 40, 150])
def test_inertia_is_within_two_percent_of_scikit_learn(n_clusters):
    X = load_digits().data[:1200] / 16
    ours = np.mean([inertia(X, k_means(X, n_clusters, np.random.default_rng(s))) for s in range(5)])
    theirs = np.mean([KMeans(n_clusters, n_init=1, random_state=s).fit(X).inertia_ for s in range(5)])
    assert ours < 1.02 * theirs


def test_a_row_of_weight_k_counts_as_k_rows():
    rng = np.random.default_rng(1)
    X, weights = rng.normal(size=(60, 3)), rng.integers(1, 5, size=60)
    start = X[:4]
    weighted = Points(X, weights.astype(float)).run_lloyd(start)
    repeated = Points(np.repeat(X, weights, axis=0)).run_lloyd(start)
    np.testing.assert_allclose(weighted.centres, repeated.centres, rtol=1e-6)
    np.testing.assert_array_equal(np.repeat(weighted.labels, weights), repeated.labels)


def test_all_weights_zero_count_as_all_equal():
    X = np.random.default_rng(2).normal(size=(30, 2))
    zero = k_means(X, 3, np.random.default_rng(0), weights=np.zeros(30))
    equal = k_means(X, 3, np.random.default_rng(0))
    np.testing.assert_array_equal(zero.labels, equal.labels)


@given(seed=st.integers(0, 10**6), n_distinct=st.integers(1, 5), n_clusters=st.integers(1, 12))
def test_no_more_clusters_than_distinct_rows(seed, n_distinct, n_clusters):
    rng = np.random.default_rng(seed)
    X = np.repeat(rng.normal(size=(n_distinct, 3)) * 100 + 1000, 4, axis=0)
    clusters = k_means(X, n_clusters, rng)
    assert clusters.centres.shape[0] == min(n_distinct, n_clusters)
    if n_clusters >= n_distinct:
        assert inertia(X, clusters) < 1e-6


def test_seeds_are_drawn_by_squared_distance():
    """With a seed at 0, one draw each from rows at 1, 2 and 3 has probabilities 1/14, 4/14, 9/14."""
    X = np.array([[0.0], [1], [2], [3]])
    counts = np.zeros(4)
    for s in range(4000):
        points = Points(X, np.array([1e9, 1, 1, 1]))
        points.draw_seeds(1, np.random.default_rng(s))
        points.weights = np.ones(4)
        # 2 + ln 1 draws, of which the one is taken that leaves the least: here nearly always row 2.
        counts[points.draw_seeds(2, np.random.default_rng(s + 10**6))[1]] += 1
    p1, p2, p3 = 1 / 14, 4 / 14, 9 / 14
    # What is left: 1 + 4 by row 1's (0 + 1 + 4), 2 by row 2's (1 + 0 + 1), 2 by row 3's (1 + 1 + 0).
    assert counts[0] == 0
    assert counts[1] / 4000 == pytest.approx(p1**2, abs=0.01)
    only_2_or_first = p2**2 + 2 * p1 * p2 + p2 * p3
    assert counts[2] / 4000 == pytest.approx(only_2_or_first, abs=0.03)


def test_seeds_are_added_to():
    X = np.random.default_rng(3).normal(size=(50, 2))
    points = Points(X)
    first = list(points.draw_seeds(5, np.random.default_rng(0)))
    more = points.draw_seeds(9, np.random.default_rng(1))
    assert more[:5] == first
    assert len(set(more)) == 9
    assert points.draw_seeds(3, np.random.default_rng(2)) == first[:3]


def test_pool_clusters_are_as_many_as_classes():
    X = np.random.default_rng(4).normal(size=(40, 2))
    rng = np.random.default_rng
    assert PoolClusters().compute(X, n_classes=3, rng=rng(0))["centres"].shape == (3, 2)
    assert PoolClusters(n_clusters=7).compute(X, n_classes=3, rng=rng(0))["centres"].shape == (7, 2)
    assert PoolClusters(n_clusters=70).compute(X, n_classes=3, rng=rng(0))["labels"].max() < 40


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
@pytest.mark.parametrize("d", [2, 30])
def test_nearest_neighbours_are_those_of_all_distances(metric, d):
    X = np.random.default_rng(5).normal(size=(60, d))
    D = np.linalg.norm(X[:, None] - X, axis=-1, ord=2 if metric == "euclidean" else 1)
    neighbours = KNearest(k=4, metric=metric).compute(X, n_classes=2, rng=None)
    order = np.argsort(D + np.diag(np.full(60, np.inf)), axis=1)[:, :4]
    np.testing.assert_array_equal(neighbours["rows"], order)
    np.testing.assert_allclose(neighbours["distances"], np.take_along_axis(D, order, axis=1), rtol=1e-12)


def test_duplicates_are_neighbours_at_distance_zero():
    X = np.repeat(np.random.default_rng(6).normal(size=(10, 20)) + 100, 2, axis=0)
    neighbours = KNearest(k=1).compute(X, n_classes=2, rng=None)
    assert (neighbours["rows"][:, 0] == np.arange(20) ^ 1).all()
    assert (neighbours["distances"] == 0).all()


def test_fewer_rows_than_neighbours():
    assert KNearest(k=5).compute(np.arange(3.0)[:, None], n_classes=2, rng=None)["rows"].shape == (3, 2)
    assert KNearest(k=5).compute(np.zeros((1, 2)), n_classes=2, rng=None)["rows"].shape == (1, 0)


@pytest.mark.parametrize("method", ["ward", "average"])
def test_a_tree_is_cut_as_scikit_learn_cuts_it(method):
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.metrics import adjusted_rand_score

    X = np.random.default_rng(7).normal(size=(50, 3))
    children = linkage(X, method)
    for k in (1, 2, 7, 50):
        labels = cut_tree(children, k)
        assert sorted(set(labels)) == list(range(k))
        theirs = AgglomerativeClustering(k, linkage=method).fit_predict(X)
        assert adjusted_rand_score(labels, theirs) == 1


def test_a_pool_that_is_too_large_for_a_tree_is_refused_with_advice():
    with pytest.raises(StrategyError, match=r"0\.9 GiB.*max_pool"):
        linkage(np.zeros((MOST_ROWS + 1, 1)), "ward")


def test_a_tree_of_too_many_rows_is_refused_with_what_helps():
    X = np.zeros((MOST_ROWS + 1, 1))
    with pytest.raises(StrategyError, match=r"max_pool\); random_subsampling .* leaves this tree"):
        Linkage(method="ward").compute(X, n_classes=2, rng=np.random.default_rng(0))
    with pytest.raises(StrategyError, match=r"max_pool\) or wrap the strategy in random_subsampling"):
        RepresentativeSampling(clustering="ward").select(round_of(X), None, 5)
    wrapped = RandomSubsampling(strategy=RepresentativeSampling(clustering="ward"), size=50)
    assert batch_of(wrapped, round_of(X), 5)[0].size == 5
