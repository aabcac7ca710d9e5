"""Far and typical rows against scikit-activeml, cardinal, ALiPy, libact and small-text."""

from __future__ import annotations

import numpy as np
import pytest
from rounds import batch_of, golden, round_of

from albench.strategies.discriminative_al import DiscriminativeAL, Discriminator
from albench.strategies.k_center import KCenter
from albench.strategies.lightweight_coreset import (
    LightweightCoreset,
    compute_squared_to_mean,
    mix_with_uniform,
)
from albench.strategies.max_herding import MaxHerding
from albench.strategies.numerics.distances import NearestCentre
from albench.strategies.numerics.k_means_clustering import Points
from albench.strategies.numerics.kernel_cover import KernelCover
from albench.strategies.numerics.linear_algebra import scale_to_unit_length
from albench.strategies.prob_cover import (
    BallCover,
    Balls,
    ProbCover,
    compute_distances_to_others,
    find_largest_radius,
)
from albench.strategies.typiclust import compute_typicalities, select_typical


def labelled_of(case):
    return case["L"].astype(int) if "L" in case else np.flatnonzero(~np.isnan(case["y"]))


@pytest.mark.parametrize("library", ["scikit-activeml", "cardinal", "ALiPy", "bmdal-reg"])
def test_k_center(library):
    case = golden("k_center_greedy", library=library)
    rows, utilities = batch_of(KCenter(), round_of(case["X"], labelled_of(case)), 5)
    assert list(rows) == list(case["batch"])
    if library == "scikit-activeml":
        np.testing.assert_allclose(utilities, case["min_dist"], rtol=1e-9)


def test_where_small_text_mixes_up_row_numbers_each_of_our_picks_is_the_farthest():
    case = golden("k_center_greedy", library="small-text")
    X, chosen = case["X"], list(case["L"].astype(int))
    rows, _ = batch_of(KCenter(), round_of(X, chosen), 5)
    for row in rows:
        distances = [min(np.linalg.norm(X[i] - X[j]) for j in chosen) for i in range(30)]
        assert distances[row] == max(distances)
        chosen.append(row)
    assert rows[0] == case["batch"][0]
    assert list(rows) != list(case["batch"])


def test_distance_to_the_nearest_labelled_row():
    case = golden("k_center_greedy", library="libact")
    state = NearestCentre(case["X"])
    state.add(labelled_of(case))
    np.testing.assert_allclose(np.sqrt(state.squared[case["U"].astype(int)]), case["scores_U"], rtol=1e-9)
    view = round_of(case["X"], labelled_of(case))
    rows, utilities = batch_of(KCenter(one_shot=True), view, 3)
    best = np.argsort(-case["scores_U"])[:3]
    assert list(rows) == list(case["U"][best])
    np.testing.assert_allclose(utilities, case["scores_U"][best], rtol=1e-9)


def test_lightweight_coreset():
    case = golden("lightweight_coreset")
    np.testing.assert_allclose(
        mix_with_uniform(compute_squared_to_mean(case["X"], "angular")), case["proba"], rtol=1e-9
    )


def test_lightweight_coreset_draws_by_its_probabilities():
    """One pick each from many seeds, against the probabilities of the golden case: chi-squared."""
    case = golden("lightweight_coreset")
    strategy = LightweightCoreset(distance="angular")
    picks = [batch_of(strategy, round_of(case["X"], seed=seed), 1)[0][0] for seed in range(3000)]
    counts, expected = np.bincount(picks, minlength=24), 3000 * case["proba"]
    assert ((counts - expected) ** 2 / expected).sum() < 49.7  # 0.999 quantile, 23 degrees of freedom


def test_max_herding():
    case = golden("max_herding")
    labelled = labelled_of(case)
    view = round_of(case["X"], labelled)
    rows, utilities = batch_of(MaxHerding(), view, 4)
    batch = case["batch"].astype(int)
    for turn, expected in enumerate(case["utilities"]):
        # Where two rows are as good, either may be next; what follows are other batches.
        if list(rows[:turn]) == list(batch[:turn]):
            assert utilities[turn] == pytest.approx(np.nanmax(expected), rel=1e-9)
            assert expected[rows[turn]] == pytest.approx(utilities[turn], rel=1e-9)
    cover = KernelCover(scale_to_unit_length(case["X"]), 1 / 4)
    cover.add(labelled)
    for row, expected in zip(batch, case["utilities"], strict=True):
        is_candidate = ~np.isnan(expected)
        gains = cover.compute_gains(np.arange(30)) / 24
        np.testing.assert_allclose(gains[is_candidate], expected[is_candidate], rtol=1e-9)
        cover.add(np.array([row]))


def test_prob_cover_utilities_given_the_picks():
    case = golden("prob_cover", case="delta=1.5")
    balls = Balls(radius=1.5, purity=0.95, n_clusters=3).compute(case["X"], n_classes=3, rng=None)
    cover = BallCover(case["X"], 1.5, balls["counts"])
    cover.add(labelled_of(case))
    for row, expected in zip(case["batch"].astype(int), case["utilities"], strict=True):
        is_candidate = ~np.isnan(expected)
        np.testing.assert_array_equal(cover.gains[is_candidate], expected[is_candidate])
        cover.add(np.array([row]))
    rows, utilities = batch_of(ProbCover(delta=1.5), round_of(case["X"], labelled_of(case)), 1)
    assert utilities == np.nanmax(case["utilities"][0])
    assert case["utilities"][0][rows] == utilities


def test_the_radius_reaches_the_largest_on_the_grid_of_scikit_activeml():
    case = golden("prob_cover", case="delta search")
    points = Points(case["X"])
    grid = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        labels = points.run_lloyd(case["X"][Points(case["X"]).draw_seeds(3, rng)]).labels
        radius = find_largest_radius(compute_distances_to_others(case["X"], labels), 0.95)
        grid.append(max(d for d in (0.5, 0.75, 1, 1.25, 1.5, 2) if d <= radius))
    # Which clusters k-means finds depends on its seeds; those of the golden case are among them.
    assert case["delta"] in grid


def test_typicality():
    case = golden("typiclust", case="typicality")
    members = case["members"].astype(int)
    np.testing.assert_allclose(compute_typicalities(case["X"][members], 5), case["typicality"], rtol=1e-9)


def test_typiclust_given_the_clusters():
    case = golden("typiclust", case="30x4")
    view = round_of(case["X"], labelled_of(case))
    labels = case["cluster_labels"].astype(int)
    picks = select_typical(view, labels, 4, neighbours=5, small=0)
    rows = view.candidates[picks.candidates]
    uncovered = np.setdiff1d(labels, labels[labelled_of(case)])
    assert len(set(labels[rows])) == 4
    assert set(labels[rows]) <= set(uncovered)
    # Which of equally large clusters are taken, and in which order, is left to chance, and so is a row of a pair.
    sizes = np.bincount(labels)
    assert list(sizes[labels[rows]]) == sorted(sizes[uncovered], reverse=True)[:4]
    # Its distances lose half of the digits where rows are close together.
    turns = {labels[pick]: turn for turn, pick in enumerate(case["batch"].astype(int))}
    for row, utility in zip(rows, picks.utilities, strict=True):
        if labels[row] in turns:
            of_the_turn = case["utilities"][turns[labels[row]]]
            assert utility == pytest.approx(np.nanmax(of_the_turn), rel=1e-6)
            assert of_the_turn[row] == pytest.approx(utility, rel=1e-6)


@pytest.mark.parametrize(("greedy", "parts"), [("True", 1), ("False", 3)])
def test_discriminative_al(greedy, parts):
    from scipy.stats import spearmanr

    case = golden("discriminative_al", case=f"greedy={greedy}")
    view = round_of(case["X"], labelled_of(case))
    rows, utilities = batch_of(DiscriminativeAL(parts=parts), view, 3)
    assert list(rows) == list(case["batch"])
    np.testing.assert_allclose(utilities, np.nanmax(case["utilities"], axis=1), rtol=1e-3)
    labelled = np.zeros(30, bool)
    labelled[labelled_of(case)] = True
    actual = Discriminator(case["X"], 1.0, tolerance=1e-10).predict_unlabelled(labelled)[view.candidates]
    assert spearmanr(actual, case["utilities"][0][view.candidates]).statistic > 0.99


def test_the_discriminator_minimises_the_ridge_loss():
    from scipy.optimize import minimize

    case = golden("discriminative_al", case="greedy=True")
    X, labelled = case["X"], np.zeros(30, bool)
    labelled[labelled_of(case)] = True
    sign = np.where(labelled, -1, 1)

    def loss(w):
        return np.logaddexp(0, -sign * (X @ w[:-1] + w[-1])).sum() + w[:-1] @ w[:-1] / 2

    w = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-9}).x
    expected = 1 / (1 + np.exp(-(X @ w[:-1] + w[-1])))
    actual = Discriminator(X, 1.0, tolerance=1e-10).predict_unlabelled(labelled)
    np.testing.assert_allclose(actual, expected, rtol=1e-6)
