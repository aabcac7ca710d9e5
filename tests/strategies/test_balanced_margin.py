"""Balanced batches, controls that look at the truth, and the bandit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from albench.checking.pools import AwkwardPool, make_blobs
from albench.contracts import Need
from albench.errors import StrategyError
from albench.strategies.albl import Albl
from albench.strategies.balanced_acquisition import BalancedAcquisition
from albench.strategies.balanced_margin import BalancedMargin
from albench.strategies.balanced_random import BalancedRandom
from albench.strategies.k_center import KCenter
from albench.strategies.numerics.group_choice import assign_classes, select_within_classes
from albench.strategies.oracle_greedy import OracleGreedy
from albench.strategies.typiclust import TypiClust
from albench.strategies.uncertainty import Margin, margins
from albench.trial.execute import run_trial
from albench.trial.loop import Trial

IMBALANCED = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [80, 15, 5]))
CLOUDS = make_blobs(100, 2, 3)[0]


def make_pool(**changes):
    awkward_pool = AwkwardPool("imbalanced", CLOUDS, IMBALANCED, 3, seed_size=12, batch_size=6, rounds=3)
    return replace(awkward_pool, **changes)


def trial(strategy, at):
    record = run_trial(at.build_task(strategy), at.build_arrays())
    assert record.status == "done", record.traceback
    return record


def test_turns_go_to_the_class_with_the_fewest_rows():
    counts, classes = np.array([5, 1, 0]), np.repeat([0, 1, 2], [9, 9, 2])
    turns = assign_classes(counts, classes, 8, np.random.default_rng(0))
    assert turns[0] == 2
    assert np.bincount(turns, minlength=3).tolist() == [1, 5, 2]
    # Counts after the batch are as even as the candidates allow.
    assert (counts + np.bincount(turns, minlength=3)).tolist() == [6, 6, 2]


def test_among_equal_classes_chance_decides():
    first = {
        int(assign_classes(np.zeros(3), np.arange(3), 1, np.random.default_rng(s))[0]) for s in range(30)
    }
    assert first == {0, 1, 2}


def test_within_a_class_the_best_come_first():
    utilities, classes = np.array([1.0, 9, 5, 7, 7]), np.array([0, 0, 1, 1, 1])
    picks = select_within_classes(
        utilities, classes, np.array([1, 0, 1]), np.array([0.1, 0.2, 0.3, 0.9, 0.4])
    )
    assert picks.candidates.tolist() == [4, 1, 3]
    assert picks.utilities.tolist() == [7, 9, 7]
    cut = select_within_classes(utilities, classes, np.array([1]), np.array([0.1, 0.2, 0.3, 0.9, 0.4]))
    assert (cut.tied.tolist(), cut.n_tied) == ([True], 2)


def test_balanced_margin_picks_smallest_margins_of_predicted_classes(round_of):
    view = round_of(CLOUDS, np.arange(12), IMBALANCED[:12], 3)
    picks = BalancedMargin().select(view, None, 6)
    predicted, scores = view.proba.argmax(axis=1), margins(view.proba)
    for code in np.unique(predicted):
        mine = picks.candidates[predicted[picks.candidates] == code]
        rest = np.setdiff1d(np.flatnonzero(predicted == code), mine)
        if mine.size and rest.size:
            assert scores[mine].min() >= scores[rest].max() - 1e-12
    assert_array_equal(picks.utilities, scores[picks.candidates])


def test_balanced_random_evens_out_the_true_classes():
    at = make_pool(seed_size=0, batch_size=6, rounds=2)
    labels = IMBALANCED[trial(BalancedRandom(), at).queries["row"]]
    assert np.bincount(labels).tolist() == [4, 4, 4]
    more = IMBALANCED[trial(BalancedRandom(), replace(at, rounds=5)).queries["row"]]
    assert np.bincount(more).tolist() == [13, 12, 5] or np.bincount(more).tolist() == [12, 13, 5]


def test_the_truth_is_for_those_who_declare_it():
    at = make_pool()
    view = Trial(at.build_task(Margin()), at.build_arrays())._build_view(np.arange(12), None)
    with pytest.raises(AttributeError):
        view.truth.labels  # noqa: B018
    control_view = Trial(at.build_task(BalancedRandom()), at.build_arrays())._build_view(np.arange(12), None)
    assert_array_equal(control_view.truth.labels, IMBALANCED)
    assert BalancedRandom.family == OracleGreedy.family == "control"
    assert Need.TRUTH in BalancedRandom.needs


def test_oracle_greedy_takes_the_row_that_lifts_the_test_metric_most():
    at = make_pool(batch_size=1, rounds=1)
    task, arrays = at.build_task(OracleGreedy(tried=1000)), at.build_arrays()
    oracle_trial = Trial(task, arrays)
    view = oracle_trial._build_view(np.arange(12), None)
    scores = []
    for row in view.candidates:
        rows = np.append(np.arange(12), row)
        fitted = view.refit(rows, IMBALANCED[rows])
        scores.append(np.mean(fitted.predict(arrays.test_features) == arrays.test_labels))
    record = trial(OracleGreedy(tried=1000), at)
    assert record.queries["utility"][-1] == max(scores)
    assert scores[int(np.searchsorted(view.candidates, record.queries["row"][-1]))] == max(scores)


def test_oracle_greedy_minimises_where_lower_is_better():
    at = make_pool(batch_size=2, rounds=1)
    utilities = trial(OracleGreedy(tried=8, metric="log_loss"), at).queries["utility"][12:]
    assert (utilities < 0).all()
    assert trial(OracleGreedy(tried=8), at).queries["utility"][12:].min() > 0


def test_oracle_greedy_says_when_its_metric_is_undefined():
    at = make_pool()
    arrays = at.build_arrays()
    one_class = replace(arrays, test_labels=np.zeros_like(arrays.test_labels))
    truth = Trial(at.build_task(OracleGreedy()), one_class).hidden_labels
    fitted = (
        Trial(at.build_task(OracleGreedy()), arrays)
        ._build_view(np.arange(12), None)
        .refit(np.arange(12), IMBALANCED[:12])
    )
    with pytest.raises(StrategyError, match="roc_auc is undefined"):
        truth.score(fitted, "roc_auc")


# --- bandit ----------------------------------------------------------------------------------------------


def test_chances_are_at_least_the_floor_and_sum_to_one():
    bandit = Albl(strategies=["margin", "random", "entropy"], horizon=50)
    floor = np.sqrt(np.log(3) / (3 * 50))
    assert bandit.floor == pytest.approx(floor)
    chances = bandit.compute_probabilities(np.array([10.0, 0.0, -5.0]))
    assert chances.sum() == pytest.approx(1)
    assert_allclose(chances[1:], floor, atol=1e-4)
    assert_allclose(bandit.compute_probabilities(np.zeros(3)), 1 / 3)
    assert Albl(strategies=["margin", "random"], least=0.5).compute_probabilities(
        np.array([9.0, 0])
    ).tolist() == [0.5, 0.5]


def test_weights_follow_exp4p_written_out(round_of):
    X, y = make_blobs(80, 2, 2)
    bandit = Albl(strategies=["margin", "k_center"], horizon=20)
    first = round_of(X, np.arange(10), y[:10], 2)
    state = bandit.start(first)
    picks = bandit.select(first, state, 3)
    rows = first.candidates[picks.candidates]
    proposals = [Margin().select(first, None, 3).candidates]
    proposals.append(KCenter().select(first, KCenter().start(first), 3).candidates)
    pi = np.array([0.5 * sum(row in mine for mine in proposals) for row in range(70)])
    assert_allclose(picks.utilities, pi[picks.candidates])
    labelled = np.concatenate([np.arange(10), rows])
    later = round_of(X, labelled, y[labelled], 2)
    bandit.select(later, state, 3)
    right = later.proba_of(rows).argmax(axis=1) == y[rows]
    weight = 1 / pi[picks.candidates]
    reward = np.sum(right * weight) / np.sum(weight)
    bonus = np.sqrt(np.log(2 / 0.1) / (2 * 20))
    for place, mine in enumerate(proposals):
        gain = np.mean([(row in mine) * reward / pi[row] for row in picks.candidates])
        odds = np.mean([1 / pi[row] for row in mine])
        assert state.weights[place] == pytest.approx(bandit.floor / 2 * (gain + bonus * odds))


def test_a_proposal_that_is_not_bought_leaves_no_trace(round_of):
    X, y = make_blobs(80, 2, 2)
    view = round_of(X, np.arange(10), y[:10], 2)
    bandit = Albl(strategies=["k_center", "margin"])
    state = bandit.start(view)
    before = state.memories[0].squared.copy()
    bandit.select(view, state, 5)
    assert_array_equal(state.memories[0].squared, before)
    assert state.rows.size == 5
    assert state.memories[0]._features is view.features or np.shares_memory(
        state.memories[0]._features, view.features
    )


def test_the_bandit_learns_which_strategy_earns():
    """One strategy proposes what the model gets right, the other what it gets wrong."""
    bandit = Albl(strategies=["margin", "random"], horizon=60)
    weights = np.zeros(2)
    rng = np.random.default_rng(0)
    from albench.strategies.albl import Bandit

    state = Bandit([None, None])
    state.weights = weights
    for round_index in range(60):
        chances = bandit.compute_probabilities(state.weights)
        mine = int(rng.random() > chances[0])
        proposed = np.eye(2, dtype=bool)
        state.record_batch(
            np.array([2 * round_index, 2 * round_index + 1]), proposed, chances, np.array([mine])
        )
        state.weights = state.weights + bandit.floor / 2 * ((mine == 0) * state.shares)
    assert bandit.compute_probabilities(state.weights)[0] > 0.75


@pytest.mark.parametrize("changes", [{}, {"seed_size": 0}, {"batch_size": 1}])
def test_balanced_acquisition_of_margin_is_balanced_margin(changes, monkeypatch):
    # Streams are keyed by what a strategy looks at, not by its name: both draw the same numbers.
    pool = make_pool(**changes)
    own, wrapped = (trial(each, pool) for each in (BalancedMargin(), BalancedAcquisition(strategy="margin")))
    assert_array_equal(wrapped.queries["row"], own.queries["row"])
    assert_array_equal(wrapped.queries["utility"], own.queries["utility"])


def test_balanced_acquisition_lets_another_strategy_choose_among_each_predicted_class():
    labelled = trial(BalancedAcquisition(strategy="typiclust"), make_pool()).queries["label_true"]
    unbalanced = trial(TypiClust(), make_pool()).queries["label_true"]
    assert np.bincount(labelled).min() >= np.bincount(unbalanced, minlength=3).min()
