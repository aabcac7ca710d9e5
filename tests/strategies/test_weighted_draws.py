from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rounds import batch_of, pool, round_of

from albench.strategies.badge import Badge, FactoredGradients
from albench.strategies.falcun import Falcun
from albench.strategies.lightweight_coreset import LightweightCoreset, mix_with_uniform
from albench.strategies.numerics.weighted_draws import draw_by_weight


@given(
    seed=st.integers(0, 10**6),
    n=st.integers(2, 30),
    d=st.integers(1, 5),
    n_classes=st.integers(2, 5),
    origin=st.booleans(),
    kind=st.sampled_from(["continuous", "twice", "grid"]),
)
def test_factored_distances_are_those_of_the_gradient_embeddings(seed, n, d, n_classes, origin, kind):
    X = pool(seed, n, d, kind=kind)
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(np.ones(n_classes), size=n)
    proba = np.repeat(proba[::2], 2, axis=0)[:n] if kind == "twice" else proba
    rows = rng.permutation(n)[: max(2, n // 2)]
    residual = proba - np.eye(n_classes)[proba.argmax(axis=1)]
    embedding = np.einsum("nc,nd->ncd", residual, X).reshape(n, -1)[rows]
    gradients = FactoredGradients(proba[rows], X, rows, origin=origin)
    np.testing.assert_allclose(gradients.squared, (embedding**2).sum(axis=1), rtol=1e-9, atol=1e-12)
    centres = [np.zeros(embedding.shape[1])] if origin else []
    for pick in rng.permutation(rows.size)[:3]:
        gradients.add_pick(int(pick))
        centres.append(embedding[pick])
        expected = np.min([((embedding - centre) ** 2).sum(axis=1) for centre in centres], axis=0)
        np.testing.assert_allclose(gradients.compute_weights(), expected, rtol=1e-7, atol=1e-10)


def test_badge_goes_on_when_no_distance_is_left():
    X, proba = np.ones((6, 2)), np.tile([0.6, 0.4], (6, 1))
    for origin in (True, False):
        rows, _ = batch_of(Badge(origin=origin), round_of(X, proba=proba, n_classes=2), 6)
        assert sorted(rows) == list(range(6))


def test_badge_prefers_the_uncertain_and_the_far():
    X = np.array([[1.0, 0], [1, 0.001], [0, 1], [0.001, 1]])
    proba = np.array([[0.5, 0.5], [0.99, 0.01], [0.6, 0.4], [0.99, 0.01]])
    second = [batch_of(Badge(), round_of(X, proba=proba, n_classes=2, seed=s), 2)[0] for s in range(300)]
    assert all(rows[0] == 0 for rows in second)
    assert np.mean([rows[1] == 2 for rows in second]) > 0.98


class Fixed:
    def __init__(self, weights):
        self.left = np.array(weights, float)

    def compute_weights(self):
        return self.left

    def add_pick(self, candidate):
        self.left[candidate] = 0


def test_draws_are_proportional_to_the_weights():
    counts = np.zeros(4)
    for seed in range(5000):
        counts[draw_by_weight(Fixed([1, 0, 3, 6]), 1, np.random.default_rng(seed)).candidates] += 1
    assert counts[1] == 0
    np.testing.assert_allclose(counts / 5000, [0.1, 0, 0.3, 0.6], atol=0.02)


def test_utilities_are_the_probabilities_among_what_is_left():
    picks = draw_by_weight(Fixed([1, 2, 4]), 3, np.random.default_rng(0))
    left = np.array([1.0, 2, 4])
    for pick, utility in zip(picks.candidates, picks.utilities, strict=True):
        assert utility == pytest.approx(left[pick] / left.sum())
        left[pick] = 0


def test_what_weighs_nothing_comes_last():
    for seed in range(20):
        picks = draw_by_weight(Fixed([0, 5, 0, 1]), 4, np.random.default_rng(seed))
        assert set(picks.candidates[:2]) == {1, 3}
        assert set(picks.candidates[2:]) == {0, 2}


def test_falcun_with_gamma_0_is_uniform():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(3), size=8)
    _, utilities = batch_of(Falcun(gamma=0), round_of(np.arange(8.0)[:, None], proba=proba), 3)
    np.testing.assert_allclose(utilities, [1 / 8, 1 / 7, 1 / 6])


def test_lightweight_coreset_of_equal_rows_is_uniform():
    np.testing.assert_allclose(mix_with_uniform(np.zeros(4)), 0.25)
    _, utilities = batch_of(LightweightCoreset(), round_of(np.ones((5, 2))), 2)
    np.testing.assert_allclose(utilities, [1 / 5, 1 / 4])


def test_lightweight_coreset_weighs_half_by_distance():
    # Mean 2, squared distances 4, 1, 0, 1, 4.
    X = np.arange(5.0)[:, None]
    expected = (1 / 5 + np.array([4, 1, 0, 1, 4]) / 10) / 2
    for seed in range(10):
        rows, utilities = batch_of(LightweightCoreset(), round_of(X, seed=seed), 1)
        assert utilities[0] == pytest.approx(expected[rows[0]])
