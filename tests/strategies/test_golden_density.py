"""Densities against modAL, libact and ALiPy."""

from __future__ import annotations

import numpy as np
import pytest
from rounds import batch_of, golden, round_of, whole
from scipy.spatial.distance import cdist

from albench.strategies.density_weighted import DensityWeighted
from albench.strategies.graph_density import DensityGraph, GraphDensity
from albench.strategies.information_density import InformationDensity
from albench.strategies.numerics.similarity_sums import SimilaritySums


def sums(X, similarity):
    return SimilaritySums(similarity=similarity).compute(X, n_classes=2, rng=None)["sums"]


@pytest.mark.parametrize("similarity", ["euclidean", "cosine"])
def test_density_equals_modal(similarity):
    case = golden("information_density", library="modAL", case=similarity)
    actual = sums(case["X"], similarity) / len(case["X"])
    np.testing.assert_allclose(actual, case["scores"], rtol=1e-12)


@pytest.mark.parametrize("similarity", ["euclidean", "cosine"])
def test_density_without_the_row_itself_equals_libact(similarity):
    case = golden("information_density", library="libact", case=similarity)
    actual = (sums(case["X"], similarity) - 1) / (len(case["X"]) - 1)
    np.testing.assert_allclose(actual, case["scores"], rtol=1e-12)


def test_information_density_is_entropy_times_the_density_of_modal():
    case = golden("information_density", library="modAL", case="euclidean")
    rng = np.random.default_rng(0)
    X = np.vstack([case["X"], rng.normal(size=(6, 4))])
    proba = rng.dirichlet(np.ones(3), size=30)
    entropy = -(proba * np.log(proba)).sum(axis=1)[:24]
    labelled = np.arange(24, 30)
    view = round_of(X, labelled, proba=proba)
    strategy = InformationDensity(beta=2)
    actual = strategy.utilities(view, strategy.start(view))
    np.testing.assert_allclose(actual, entropy * case["scores"] ** 2, rtol=1e-9)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_where_alipy_prefers_outliers_we_prefer_what_is_typical(metric):
    """It multiplies the entropy by the mean distance to the other candidates; the paper by their similarity."""
    case = golden("information_density", library="ALiPy", case=metric)
    X, U, proba = case["X"], case["U"].astype(int), case["probas_U"]
    distances = cdist(X[U], X[U], metric)
    entropy = -(proba * np.log(proba)).sum(axis=1)
    assert list(U[np.argsort(entropy * distances.mean(axis=1))[-3:]]) == list(case["batch3"])
    view = round_of(X, np.setdiff1d(np.arange(30), U), proba=whole(proba, U, 30))
    rows, utilities = batch_of(DensityWeighted(uncertainty="entropy", similarity=metric), view, 3)
    of_the_paper = entropy * (1 / (1 + distances)).mean(axis=1)
    assert list(rows) == list(U[np.argsort(-of_the_paper)[:3]])
    np.testing.assert_allclose(utilities, np.sort(of_the_paper)[:-4:-1], rtol=1e-9)


def test_graph_density_equals_alipy():
    case = golden("graph_density")
    graph = DensityGraph(k=10, metric="manhattan", gamma=None).compute(case["X"], n_classes=3, rng=None)
    np.testing.assert_allclose(graph["density"], case["density"], rtol=1e-9)
    rows, _ = batch_of(GraphDensity(), round_of(case["X"], case["L"]), 4)
    assert sorted(rows) == list(case["batch_as_set"])
