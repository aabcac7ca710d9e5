"""Greedy strategies against direct transcriptions of their formulas, over several rounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds import batch_of, pool, round_of, rounds_of

from albench.strategies.facility_location import FacilityLocation
from albench.strategies.graph_density import GraphDensity
from albench.strategies.k_center import KCenter
from albench.strategies.max_herding import MaxHerding
from albench.strategies.numerics.lazy_greedy import LazyGreedy
from albench.strategies.numerics.neighbours import KNearest
from albench.strategies.prob_cover import ProbCover, compute_distances_to_others, find_largest_radius
from albench.strategies.ranked_batch import RankedBatch
from albench.strategies.uncertainty_herding import (
    UncertaintyHerding,
    apply_temperature,
    compute_calibration_error,
)

cases = given(
    seed=st.integers(0, 10**6),
    n=st.integers(8, 40),
    d=st.integers(1, 4),
    kind=st.sampled_from(["continuous", "twice", "grid"]),
    n_labelled=st.integers(0, 6),
    batch=st.integers(1, 4),
)


def distances(X):
    return np.array([[np.sqrt(((a - b) ** 2).sum()) for b in X] for a in X])


def neighbours(D, k):
    """The k nearest other rows of each; of those that are equally near the first."""
    others = np.round(D, 9) + np.diag(np.full(len(D), np.inf))
    return np.argsort(others, axis=1, kind="stable")[:, : min(k, len(D) - 1)]


def check_greedy(strategy, X, n_labelled, batch, gain, **options):
    """Each pick has, by ``gain(row, labelled and picked rows)``, the largest gain, which is its utility."""
    for view, picks in rounds_of(strategy, X, np.arange(n_labelled), batch, 3, **options):
        chosen = list(view.labelled)
        left = list(view.candidates)
        for place, utility, tied in zip(picks.candidates, picks.utilities, picks.tied, strict=True):
            gains = np.array([gain(row, chosen, view) for row in left])
            row = view.candidates[place]
            largest = gains.max()
            assert utility == pytest.approx(largest, rel=1e-9, abs=1e-12)
            assert gains[left.index(row)] == pytest.approx(largest, rel=1e-9, abs=1e-12)
            equal = (
                np.isclose(gains, largest, rtol=1e-13, atol=1e-300)
                if np.isfinite(largest)
                else gains == largest
            )
            close = np.isclose(gains, largest, rtol=1e-9, atol=1e-12) if np.isfinite(largest) else equal
            if equal.sum() > 1:
                assert tied
            if close.sum() == 1:
                assert not tied
            if (equal == close).all():
                keys = [view.tie_keys[np.searchsorted(view.candidates, candidate)] for candidate in left]
                first = min((key for key, is_equal in zip(keys, equal, strict=True) if is_equal))
                assert keys[left.index(row)] == first
            left.remove(row)
            chosen.append(row)


@cases
def test_k_center_is_greedy_in_the_least_distance(seed, n, d, kind, n_labelled, batch):
    X = pool(seed, n, d, kind=kind)
    D = distances(X)

    def gain(row, chosen, view):
        return D[row, chosen].min() if chosen else np.inf

    check_greedy(KCenter(), X, n_labelled, batch, gain)


@cases
def test_max_herding_is_greedy_in_the_mean_kernel(seed, n, d, kind, n_labelled, batch):
    X = pool(seed, n, d, kind=kind)
    unit = np.array([row / np.linalg.norm(row) if row.any() else row for row in X])
    K = np.exp(-(distances(unit) ** 2) / d)

    def gain(row, chosen, view):
        before = K[view.candidates][:, chosen].max(axis=1) if chosen else np.zeros(view.candidates.size)
        return np.maximum(K[view.candidates, row] - before, 0).mean()

    check_greedy(MaxHerding(), X, n_labelled, batch, gain)


@cases
def test_max_herding_on_a_sample_covers_the_sample(seed, n, d, kind, n_labelled, batch):
    X = pool(seed, n, d, kind=kind)
    K = np.exp(-0.7 * distances(X) ** 2)
    first = round_of(X, np.arange(n_labelled), batch_size=batch)
    sample = first.rng.permutation(n)[:5]

    def gain(row, chosen, view):
        before = K[sample][:, chosen].max(axis=1) if chosen else np.zeros(5)
        return np.maximum(K[sample, row] - before, 0).mean()

    check_greedy(MaxHerding(evaluate_on=5, normalise=False, gamma=0.7), X, n_labelled, batch, gain)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(2, 60),
    d=st.integers(1, 30),
    k=st.integers(1, 12),
    kind=st.sampled_from(["continuous", "twice", "grid"]),
    metric=st.sampled_from(["euclidean", "manhattan"]),
)
def test_of_equally_near_neighbours_the_first_are_taken(seed, n, d, k, kind, metric):
    X = pool(seed, n, d, kind=kind)
    D = distances(X) if metric == "euclidean" else np.abs(X[:, None] - X).sum(axis=-1)
    shared = KNearest(k=k, metric=metric).compute(X, n_classes=2, rng=None)
    nearest = neighbours(D, k)
    np.testing.assert_array_equal(shared["rows"], nearest)
    np.testing.assert_allclose(shared["distances"], np.take_along_axis(D, nearest, axis=1), rtol=1e-9)


@cases
def test_facility_location_is_greedy_in_the_similarity_to_its_nearest(seed, n, d, kind, n_labelled, batch):
    X = pool(seed, n, d, kind="continuous" if kind == "grid" else kind)
    k = 4
    D = distances(X)
    order = np.column_stack([np.arange(n), neighbours(D, k)])
    h = np.median(D[np.arange(n), order[:, -1]])
    S = np.zeros((n, n))
    for i in range(n):
        S[i, order[i]] = np.exp(-(D[i, order[i]] ** 2) / h**2)

    def gain(row, chosen, view):
        before = S[:, chosen].max(axis=1) if chosen else np.zeros(n)
        return np.maximum(S[:, row] - before, 0).sum()

    check_greedy(FacilityLocation(neighbours=k), X, n_labelled, batch, gain)


@cases
def test_facility_location_with_all_neighbours_is_that_of_the_whole_matrix(
    seed, n, d, kind, n_labelled, batch
):
    X = pool(seed, n, d, kind="continuous" if kind == "grid" else kind)
    D = distances(X)
    S = np.exp(-(D**2) / np.median(D.max(axis=1)) ** 2)

    def gain(row, chosen, view):
        before = S[:, chosen].max(axis=1) if chosen else np.zeros(n)
        return np.maximum(S[:, row] - before, 0).sum()

    check_greedy(FacilityLocation(neighbours=1000), X, n_labelled, batch, gain)


@cases
def test_prob_cover_is_greedy_in_the_rows_newly_covered(seed, n, d, kind, n_labelled, batch):
    X = pool(seed, n, d, kind=kind)
    inside = distances(X) <= 1 + 1e-12

    def gain(row, chosen, view):
        covered = inside[chosen].any(axis=0) if chosen else np.zeros(n, bool)
        return (inside[row] & ~covered).sum()

    check_greedy(ProbCover(delta=1.0), X, n_labelled, batch, gain)


@given(seed=st.integers(0, 10**6), n=st.integers(4, 40), purity=st.floats(0.05, 0.95))
def test_the_radius_is_the_largest_that_is_pure_enough(seed, n, purity):
    rng = np.random.default_rng(seed)
    X, labels = rng.normal(size=(n, 2)), rng.integers(0, 3, size=n)
    D = distances(X)
    other = labels[:, None] != labels
    nearest = compute_distances_to_others(X, labels)
    np.testing.assert_allclose(nearest, np.where(other, D, np.inf).min(axis=1), rtol=1e-9)

    def pure(radius):
        return 1 - ((radius >= D) & other).any(axis=1).mean()

    radius = find_largest_radius(nearest, purity)
    assert pure(radius) >= purity - 1e-9
    if np.isfinite(nearest).all():
        assert pure(radius * (1 + 1e-6)) < purity + 1e-9


@cases
def test_graph_density_is_greedy_in_the_lowered_density(seed, n, d, kind, n_labelled, batch):
    X = pool(seed, n, d, kind=kind)
    k = 3
    D = np.abs(X[:, None] - X).sum(axis=-1)
    nearest = neighbours(D, k)
    joined = np.zeros((n, n), bool)
    for i in range(n):
        joined[i, nearest[i]] = joined[nearest[i], i] = True
    W = np.where(joined, np.exp(-D / d), 0)
    density = W.sum(axis=1) / joined.sum(axis=1)
    # Picks lower densities in the order in which they were made, so the order must be kept.
    order: list[int] = []
    for view, picks in rounds_of(GraphDensity(neighbours=k), X, np.arange(n_labelled), batch, 3):
        for place, utility in zip(picks.candidates, picks.utilities, strict=True):
            left = density.copy()
            for pick in order:
                left[joined[pick]] -= left[pick]
            open_rows = np.setdiff1d(view.candidates, order)
            assert utility == pytest.approx(left[open_rows].max(), rel=1e-9, abs=1e-12)
            order.append(int(view.candidates[place]))
            assert left[order[-1]] == pytest.approx(utility, rel=1e-9, abs=1e-12)


@cases
def test_ranked_batch_is_greedy_in_its_weighted_score(seed, n, d, kind, n_labelled, batch):
    X = pool(seed, n, d)
    D = distances(X)
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(np.ones(3), size=n)

    def gain(row, chosen, view):
        alpha = (n - len(chosen)) / n
        similar = 1 / (1 + D[row, chosen].min()) if chosen else 0
        return alpha * (1 - similar) + (1 - alpha) * (1 - proba[row].max())

    check_greedy(RankedBatch(), X, n_labelled, batch, gain, proba=proba)


@cases
def test_uncertainty_herding_is_greedy_in_the_weighted_kernel(seed, n, d, kind, n_labelled, batch):
    X = pool(seed, n, d)
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(np.ones(3), size=n)
    powers = proba ** (1 / 0.6)
    cooled = np.sort(powers / powers.sum(axis=1, keepdims=True), axis=1)
    u = 1 - (cooled[:, -1] - cooled[:, -2])
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    D = distances(unit)

    def gain(row, chosen, view):
        sigma = 0.8
        if len(view.labelled) > 1:
            between = D[np.ix_(view.labelled, view.labelled)]
            if (between > 1e-7).any():
                sigma = between[between > 1e-7].min()
        K = np.exp(-((D / sigma) ** 2))
        before = K[view.candidates][:, chosen].max(axis=1) if chosen else np.zeros(view.candidates.size)
        return (u[view.candidates] * np.maximum(K[view.candidates, row] - before, 0)).mean()

    few = n_labelled < 2 or d == 1
    strategy = UncertaintyHerding(temperature=0.6, sigma=0.8 if few else "adaptive")
    if few:
        fixed = np.exp(-((D / 0.8) ** 2))

        def gain(row, chosen, view):
            before = fixed[view.candidates][:, chosen].max(axis=1) if chosen else 0
            return (u[view.candidates] * np.maximum(fixed[view.candidates, row] - before, 0)).mean()

    check_greedy(strategy, X, n_labelled, batch, gain, proba=proba)


def test_temperature_is_softmax_of_scaled_logits():
    logits = np.random.default_rng(0).normal(size=(5, 4))
    proba = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    cooled = np.exp(logits / 0.3) / np.exp(logits / 0.3).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(apply_temperature(proba, 0.3), cooled, rtol=1e-12)
    np.testing.assert_allclose(apply_temperature(np.array([[1.0, 0.0]]), 5.0), [[1.0, 0.0]])


def test_calibration_error_of_two_bins():
    # Confidences 0.7 (one of two right) and 0.95 (right): 2/3 |0.5 - 0.7| + 1/3 |1 - 0.95|.
    proba = np.array([[0.7, 0.3], [0.7, 0.3], [0.05, 0.95]])
    assert compute_calibration_error(proba, np.array([0, 1, 1])) == pytest.approx(2 / 3 * 0.2 + 1 / 3 * 0.05)


def test_a_batch_that_is_not_bought_leaves_no_trace():
    """What a batch would cover counts only if it was labelled; wrappers may label something else."""
    X = pool(0, 30, 3)
    for strategy in (MaxHerding(), FacilityLocation(neighbours=5), ProbCover(delta=1.0), GraphDensity()):
        labelled = np.arange(4)
        view = round_of(X, labelled)
        state = strategy.start(view)
        strategy.select(view, state, 5)
        others = np.append(labelled, [17, 23])
        later = strategy.select(round_of(X, others, index=1), state, 5)
        rows, utilities = batch_of(strategy, round_of(X, others, index=1), 5)
        assert list(np.setdiff1d(np.arange(30), others)[later.candidates]) == list(rows), strategy
        np.testing.assert_allclose(later.utilities, utilities, rtol=1e-12)


@given(
    seed=st.integers(0, 10**6), n=st.integers(1, 1500), n_picks=st.integers(1, 30), levels=st.integers(1, 5)
)
def test_lazy_greedy_picks_what_an_evaluation_of_all_would(seed, n, n_picks, levels):
    """Gains that fall at random, many of them equal, with bounds that are too high."""
    rng = np.random.default_rng(seed)
    gains = rng.integers(0, 10**levels, size=n) / 7.0
    keys = rng.random(n)
    lazy = LazyGreedy(gains * rng.uniform(1, 1.5, size=n), keys, lambda rows: gains[rows])
    open_rows = np.ones(n, bool)
    for _ in range(min(n, n_picks)):
        pick, gain, n_tied = lazy.pick_next()
        largest = gains[open_rows].max()
        equal = np.flatnonzero(open_rows & (gains == largest))
        assert gain == largest
        assert pick == equal[np.argmin(keys[equal])]
        assert n_tied == (equal.size if equal.size > 1 else 0)
        open_rows[pick] = False
        gains[rng.random(n) < 0.3] *= 0.5
