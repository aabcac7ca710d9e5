"""Densities against modAL, libact and ALiPy."""

from __future__ import annotations

import numpy as np
import pytest
from worked import batch_of, golden, round_of

from albench.strategies.density import InformationDensity, SimilaritySums
from albench.strategies.graph_density import DensityGraph, GraphDensity


def sums(X, similarity):
    return SimilaritySums(similarity=similarity).compute(X, n_classes=2, rng=None)["sums"]


@pytest.mark.parametrize("similarity", ["euclidean", "cosine"])
def test_density_equals_modal(similarity):
    case = golden("information_density", library="modAL", case=similarity)
    found = sums(case["X"], similarity) / len(case["X"])
    np.testing.assert_allclose(found, case["scores"], rtol=1e-12)


@pytest.mark.parametrize("similarity", ["euclidean", "cosine"])
def test_density_without_the_row_itself_equals_libact(similarity):
    case = golden("information_density", library="libact", case=similarity)
    found = (sums(case["X"], similarity) - 1) / (len(case["X"]) - 1)
    np.testing.assert_allclose(found, case["scores"], rtol=1e-12)


def test_information_density_is_entropy_times_the_density_of_modal():
    case = golden("information_density", library="modAL", case="euclidean")
    rng = np.random.default_rng(0)
    X = np.vstack([case["X"], rng.normal(size=(6, 4))])
    proba = rng.dirichlet(np.ones(3), size=30)
    entropy = -(proba * np.log(proba)).sum(axis=1)[:24]
    labelled = np.arange(24, 30)
    view = round_of(X, labelled, proba=proba)
    strategy = InformationDensity(beta=2)
    found = strategy.utilities(view, strategy.start(view))
    np.testing.assert_allclose(found, entropy * case["scores"] ** 2, rtol=1e-9)


def test_graph_density_equals_alipy():
    case = golden("graph_density")
    graph = DensityGraph(k=10, metric="manhattan", gamma=None).compute(case["X"], n_classes=3, rng=None)
    np.testing.assert_allclose(graph["density"], case["density"], rtol=1e-9)
    rows, _ = batch_of(GraphDensity(), round_of(case["X"], case["L"]), 4)
    assert sorted(rows) == list(case["batch_as_set"])
