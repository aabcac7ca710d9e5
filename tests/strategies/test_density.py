from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rounds import pool, round_of, rounds_of

from albench.errors import StrategyError
from albench.strategies.contrastive_al import ContrastiveAL
from albench.strategies.density_weighted import DensityWeighted
from albench.strategies.density_weighted_meta import DensityWeightedMeta
from albench.strategies.information_density import InformationDensity
from albench.strategies.numerics.distances import NearestLabelled
from albench.strategies.numerics.similarity_sums import SimilaritySums

MEASURES = {
    "least_confident": lambda p: 1 - p.max(axis=1),
    "margin": lambda p: 1 - (np.sort(p, axis=1)[:, -1] - np.sort(p, axis=1)[:, -2]),
    "entropy": lambda p: -(p * np.log(p)).sum(axis=1),
}


def similarity_matrix(X, similarity):
    if similarity == "euclidean":
        return 1 / (1 + np.linalg.norm(X[:, None] - X, axis=-1))
    lengths = np.linalg.norm(X, axis=1)
    cosine = np.array([[a @ b / (p * q) if p * q else 0 for b, q in zip(X, lengths, strict=True)]
                       for a, p in zip(X, lengths, strict=True)])  # fmt: skip
    cosine[np.diag_indices(len(X))] = 1
    return 1 / (2 - cosine) if similarity == "cosine" else (1 + cosine) / 2


@given(
    seed=st.integers(0, 10**6),
    n=st.integers(4, 40),
    d=st.integers(1, 4),
    kind=st.sampled_from(["continuous", "twice"]),
    similarity=st.sampled_from(["euclidean", "cosine", "linear_cosine"]),
    measure=st.sampled_from(list(MEASURES)),
    beta=st.sampled_from([0.5, 1.0, 2.0]),
    n_labelled=st.integers(0, 3),
)
def test_density_is_over_what_is_not_labelled_in_every_round(
    seed, n, d, kind, similarity, measure, beta, n_labelled
):
    X = pool(seed, n, d, kind=kind)
    proba = np.random.default_rng(seed).dirichlet(np.ones(3), size=n)
    # Equal rows have equal probabilities.
    proba = np.repeat(proba[::2], 2, axis=0)[:n] if kind == "twice" else proba
    S = similarity_matrix(X, similarity)
    strategy = DensityWeighted(uncertainty=measure, similarity=similarity, beta=beta)
    for view, picks in rounds_of(strategy, X, np.arange(n_labelled), 2, 3, proba=proba):
        rows = view.candidates
        expected = MEASURES[measure](proba[rows]) * S[np.ix_(rows, rows)].mean(axis=1) ** beta
        np.testing.assert_allclose(picks.utilities, expected[picks.candidates], rtol=1e-9)
        assert picks.utilities[0] == pytest.approx(expected.max(), rel=1e-9)


@pytest.mark.parametrize("similarity", ["euclidean", "cosine", "linear_cosine"])
def test_copies_of_labelled_rows_are_at_distance_zero(similarity):
    X = np.repeat(np.random.default_rng(0).normal(3, 1, size=(12, 40)), 6, axis=0)
    S = similarity_matrix(X, similarity)
    proba = np.full((72, 3), 1 / 3)
    for view, picks in rounds_of(
        InformationDensity(similarity=similarity), X, np.arange(0, 72, 2), 30, 1, proba=proba
    ):
        rows = view.candidates
        expected = np.log(3) * S[np.ix_(rows, rows)].mean(axis=1)
        np.testing.assert_allclose(picks.utilities, expected[picks.candidates], rtol=1e-9)


def test_sums_over_more_than_one_tile():
    X = np.random.default_rng(0).normal(size=(1100, 3))
    actual = SimilaritySums(similarity="euclidean").compute(X, n_classes=2, rng=None)["sums"]
    np.testing.assert_allclose(actual, similarity_matrix(X, "euclidean").sum(axis=1), rtol=1e-10)


def test_rows_of_zeros_have_no_direction():
    X = np.array([[0.0, 0], [1, 0], [0, 2], [0, 0]])
    for similarity in ("cosine", "linear_cosine"):
        actual = SimilaritySums(similarity=similarity).compute(X, n_classes=2, rng=None)["sums"]
        S = similarity_matrix(X, similarity)
        S[0, 3] = S[3, 0] = 1
        np.testing.assert_allclose(actual, S.sum(axis=1), rtol=1e-12)


def test_information_density_is_entropy_weighted():
    X = pool(0, 20, 3)
    proba = np.random.default_rng(0).dirichlet(np.ones(3), size=20)
    view = round_of(X, proba=proba)
    ours, same = InformationDensity(), DensityWeighted(uncertainty="entropy")
    np.testing.assert_array_equal(
        ours.utilities(view, ours.start(view)), same.utilities(view, same.start(view))
    )


def test_density_weighted_meta_multiplies_by_the_cosine_to_the_cluster_centre():
    X = np.array([[2.0, 0], [1, 0], [1, 1], [0, 3], [0, 2], [-1, 2.5]])
    top = np.linspace(0.9, 0.5, 6)
    proba = np.stack([top, 1 - top], axis=1)
    view = round_of(X, proba=proba, n_classes=2)
    strategy = DensityWeightedMeta(strategy="least_confident", n_clusters=1, beta=2)
    centre = X.mean(axis=0)
    cosine = X @ centre / (np.linalg.norm(X, axis=1) * np.linalg.norm(centre))
    expected = (1 - top) * np.maximum(cosine, 0) ** 2
    np.testing.assert_allclose(strategy.utilities(view, strategy.start(view)), expected, rtol=1e-9)


def test_density_weighted_meta_refuses_negative_utilities():
    class Line:
        def decision_function(self, X):
            return X[:, 0]

    view = round_of(np.arange(4.0)[:, None] + 1, estimator=Line(), n_classes=2)
    strategy = DensityWeightedMeta(strategy="distance_to_boundary")
    with pytest.raises(StrategyError, match="distance_to_boundary gives negative"):
        strategy.utilities(view, strategy.start(view))


@given(seed=st.integers(0, 10**6), n=st.integers(3, 60), k=st.integers(1, 6), steps=st.integers(1, 5))
def test_nearest_labelled_rows_as_labels_come_in(seed, n, k, steps):
    X = pool(seed, n, 3)
    order = np.random.default_rng(seed).permutation(n)
    near = NearestLabelled(X, k)
    for new_rows in np.array_split(order, steps):
        near.add(new_rows)
        labelled = order[: np.flatnonzero(order == new_rows[-1])[0] + 1] if new_rows.size else []
        if len(labelled):
            D = np.linalg.norm(X[:, None] - X[labelled], axis=-1)
            expected = np.sort(D, axis=1)[:, :k]
            actual = np.sort(np.linalg.norm(X[:, None] - X[near.rows], axis=-1), axis=1)
            np.testing.assert_allclose(actual, expected, rtol=1e-9)


def test_contrastive_al_by_the_formula_over_rounds():
    X = pool(1, 40, 3)
    proba = np.random.default_rng(1).dirichlet(np.ones(3), size=40)
    for view, picks in rounds_of(ContrastiveAL(neighbours=4), X, np.arange(2), 3, 4, proba=proba):
        expected = []
        for row in view.candidates:
            near = view.labelled[np.argsort(np.linalg.norm(X[view.labelled] - X[row], axis=1))[:4]]
            expected.append(np.mean([(proba[o] * np.log(proba[o] / proba[row])).sum() for o in near]))
        np.testing.assert_allclose(picks.utilities, np.sort(expected)[::-1][:3], rtol=1e-6)


def test_contrastive_al_without_labels_leaves_it_to_chance():
    X = pool(2, 10, 2)
    view = round_of(X, proba=np.full((10, 3), 1 / 3))
    strategy = ContrastiveAL()
    picks = strategy.select(view, strategy.start(view), 3)
    assert list(picks.candidates) == list(np.argsort(view.tie_keys)[:3])
