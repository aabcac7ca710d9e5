from __future__ import annotations

import numpy as np
import pytest

from albench.contracts import Need, Strategy
from albench.ordering import Picks
from albench.strategies.qbc import Qbc
from albench.trial.execute import run_trial


def done(example):
    record = run_trial(example.task, example.arrays)
    assert record.status == "done", record.traceback
    return record


def test_seed_size_zero_begins_at_the_first_batch(case):
    record = done(case("iris", "margin", seed_size=0, batch_size=10, labels=40))
    assert record.curve["n_labels"].tolist() == [10, 20, 30, 40]
    assert record.curve["round"].tolist() == [1, 2, 3, 4]
    assert record.queries["round"].min() == 1


def test_the_last_batch_of_the_pool_may_be_smaller(case, tiny_table):
    record = done(case(table=tiny_table, seed_size=2, batch_size=4, labels=7))
    assert record.curve["n_labels"].tolist() == [2, 6, 7]
    assert sorted(record.queries["row"].tolist()) == sorted(set(record.queries["row"].tolist()))


def test_one_class_labelled_is_the_constant_model(case, tiny_table):
    example = case(table=tiny_table, seed_size=1, batch_size=1, labels=2, metrics=("accuracy", "log_loss"))
    record = done(example)
    given = record.queries["label_given"][0]
    share = np.mean(np.asarray(example.arrays.test_labels) == given)
    assert record.curve["accuracy"][0] == share
    # Unseen classes have probability 0, clipped to 1e-6.
    assert record.curve["log_loss"][0] == pytest.approx((1 - share) * -np.log(1e-6))


def test_a_class_that_never_enters_the_seed_set_works(case):
    record = done(case("iris", "entropy", seed_size=2, batch_size=1, labels=30, metrics=("accuracy", "ece")))
    assert np.isfinite(record.curve["ece"]).all()


@pytest.mark.parametrize("strategy", ["random", "least_confident", "margin", "entropy", "k_center", "qbc"])
def test_a_trial_is_a_prefix_of_a_longer_one(case, strategy):
    short = done(case("iris", strategy, labels=40))
    long = done(case("iris", strategy, labels=80))
    n = len(short.curve["accuracy"])
    assert long.curve["accuracy"][:n].tolist() == short.curve["accuracy"].tolist()
    assert long.queries["row"][:40].tolist() == short.queries["row"].tolist()


def test_random_picks_are_the_same_for_every_model_and_batch_size(case):
    rows = [
        done(case("iris", "random", model, batch_size=batch, labels=60)).queries["row"].tolist()
        for model, batch in (("logistic_regression", 10), ("gaussian_nb", 10), ("knn", 5))
    ]
    assert rows[0] == rows[1] == rows[2]
    assert rows[0] != done(case("iris", "random", arm=1)).queries["row"].tolist()


def test_k_center_picks_do_not_depend_on_the_model(case):
    rows = [done(case("iris", "k_center", model)).queries["row"].tolist() for model in ("knn", "gaussian_nb")]
    assert rows[0] == rows[1]


def test_task_and_query_model_may_differ(case):
    mixed = done(case("iris", "margin", "gaussian_nb", "logistic_regression"))
    alone = done(case("iris", "margin", "logistic_regression"))
    judged = done(case("iris", "margin", "gaussian_nb"))
    assert mixed.queries["row"].tolist() == alone.queries["row"].tolist()
    assert mixed.curve["accuracy"][0] == judged.curve["accuracy"][0]
    assert mixed.queries["row"].tolist() != judged.queries["row"].tolist()


def test_scoring_again_on_stored_picks_gives_what_a_whole_run_gives(case):
    whole = done(case("iris", "margin", metrics=("accuracy", "roc_auc"), signals=("agreement",)))
    first = done(case("iris", "margin"))
    place = np.searchsorted(first.curve["round"], first.queries["round"])
    picks = {
        **first.queries,
        "proba": None,
        "n_tied": first.curve["n_tied"][place],
        "query_s": first.curve["query_s"][place],
    }
    again = done(
        case("iris", "margin", metrics=("accuracy", "roc_auc"), signals=("agreement",)).with_task(picks=picks)
    )
    for name in ("accuracy", "roc_auc", "agreement", "n_tied", "n_labels"):
        np.testing.assert_array_equal(again.curve[name], whole.curve[name])
    for name in ("round", "row", "utility", "tied"):
        np.testing.assert_array_equal(again.queries[name], whole.queries[name])


def test_probabilities_of_the_picks_are_those_that_margin_saw(case):
    record = done(case("iris", "margin", audit="probabilities"))
    bought = record.queries["round"] > 0
    top_two = np.sort(record.proba[bought], axis=1)
    np.testing.assert_allclose(1 - (top_two[:, -1] - top_two[:, -2]), record.queries["utility"][bought])
    assert np.isnan(record.proba[~bought]).all()


def test_a_model_without_probabilities_leaves_their_metrics_undefined_with_a_reason(case):
    record = done(
        case("iris", "k_center", "svm_rbf", metrics=("accuracy", "log_loss"), signals=("agreement",))
    )
    assert np.isnan(record.curve["log_loss"]).all()
    assert "log_loss undefined: SVC gives no probabilities" in record.notes
    assert np.isfinite(record.curve["accuracy"]).all()


def test_a_strategy_that_needs_probabilities_of_such_a_model_fails_as_a_record(case):
    example = case("iris", "margin", "svm_rbf")
    record = run_trial(example.task, example.arrays)
    assert record.status == "failed"
    assert record.notes == "ModelError: SVC gives no probabilities (in round 0, with 20 labels)"
    assert "in proba" in record.traceback


def test_warnings_of_the_model_are_told(case):
    example = case("digits", "random")
    slow = example.task.task_model.model_copy(update={"params": {"max_iter": 2}})
    record = done(example.with_task(task_model=slow, query_model=slow))
    assert "ConvergenceWarning x5" in record.notes


def test_validation_rows_are_scored_beside_the_test(case):
    record = done(case("iris", "margin", validation=0.2, labels=40))
    assert record.curve["validation_accuracy"].shape == record.curve["accuracy"].shape
    assert record.curve["validation_accuracy"].tolist() != record.curve["accuracy"].tolist()


class Broken(Strategy):
    """Gives picks as told."""

    picks: tuple[int | float, ...]
    needs = frozenset({Need.LABELS})

    def select(self, pool, state, n):
        chosen = np.array(self.picks)
        return Picks(chosen, np.zeros(n), np.zeros(n, bool), 0)


class NotANumber(Strategy):
    """Gives utilities that are not numbers."""

    def utilities(self, pool, state):
        return np.full(pool.candidates.size, np.nan)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (Broken(picks=(1, 1)), "1 of 2 picks are repeated"),
        (Broken(picks=(1, 2, 3)), "(3,) picks, 2 were asked for"),
        (Broken(picks=(1, 100_000)), "100000: picks outside the"),
        (Broken(picks=(0.5, 1.5)), "not float64"),
        (NotANumber(), "utilities are not a number"),
    ],
)
def test_a_broken_strategy_is_a_failed_trial(case, strategy, message, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "broken_strategies", sys.modules[__name__])
    monkeypatch.setattr(type(strategy), "__module__", "broken_strategies")
    example = case("iris", strategy, batch_size=2)
    record = run_trial(example.task, example.arrays)
    assert record.status == "failed"
    assert record.notes.startswith("StrategyError")
    assert message in record.notes


def test_committees_are_the_same_in_every_run(case):
    rows = [done(case("iris", Qbc(disagreement="kl"))).queries["row"].tolist() for _ in range(2)]
    assert rows[0] == rows[1]


def test_ties_at_the_cut_are_counted_in_their_round(case):
    record = done(case("iris", "qbc"))
    assert record.curve["n_tied"][0] == 0
    assert (record.curve["n_tied"][1:] > 0).any()
    tied = record.queries["tied"]
    assert not tied[record.queries["round"] == 0].any()
    for i, n in zip(record.curve["round"], record.curve["n_tied"], strict=True):
        in_round = tied[record.queries["round"] == i]
        assert in_round.any() == (n > 0)
        assert in_round.sum() < max(n, 1)
