"""What stopping rules cost, on curves whose costs are worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from albench.analysis.judged_trials import JudgedTrial
from albench.analysis.stop_regret import PRICES, WHOLE_BUDGET, compare_stops, compute_regrets
from albench.report.tables.stopping import build_stops_table

LABELS = np.array([10, 20, 30, 40])
GAINS = np.array([0.5, 0.8, 0.896, 0.9])


def judge(stops, *, split=0, gains=GAINS, dataset="digits", strategy="margin", n_validation=0, unjudged=""):
    return JudgedTrial(
        row={
            "key": f"{dataset}{strategy}{split}",
            "dataset": dataset,
            "strategy": strategy,
            "split": split,
            "start": 0,
        },
        rounds=np.arange(4),
        n_labels=LABELS,
        levels=gains,
        gains=gains[:0] if unjudged else gains,
        unjudged=unjudged,
        stops=stops,
        unmet={rule: "it does not stop within the budget" for rule, stop in stops.items() if stop is None},
        n_validation=dict.fromkeys(stops, n_validation),
    )


def test_hindsight_takes_the_fewest_labels_within_a_half_point_of_the_best():
    trial = judge({"early": 1, "late": None})
    assert trial.hindsight == 2
    assert trial.count_labels("early") == 20
    assert trial.compute_loss("early") == pytest.approx(0.096)
    assert trial.count_labels("late") == 40
    assert trial.compute_loss("late") == pytest.approx(-0.004)
    assert judge({"exact": 2}).compute_loss("exact") == 0


def test_regret_is_what_labels_and_points_cost_more_than_the_best_stop():
    trial = judge({"early": 1}, n_validation=5)
    regrets = dict(zip(np.round(PRICES, 6), compute_regrets(trial, "early"), strict=True))
    # At 0.1 labels a point: 10 + 4, 20 + 1, ... : the first round is the best stop.
    assert regrets[0.1] == pytest.approx(20 + 5 + 1 - 14)
    # At 1: 50, 30, 30.4, 40. At 1,000 the whole budget is: 20 + 10,000 against 40.
    assert regrets[1.0] == pytest.approx(5)
    assert regrets[1000.0] == pytest.approx(25 + 10_000 - 40)


def test_regret_is_never_below_zero_and_zero_for_who_stops_best_at_each_price():
    all_regrets = np.array([compute_regrets(judge({"r": stop}), "r") for stop in range(4)])
    assert (all_regrets >= 0).all()
    assert np.array_equal(all_regrets.min(axis=0), np.zeros(PRICES.size))


def test_means_are_over_repeats_and_then_over_datasets():
    trials = [judge({"r": stop}, split=i) for i, stop in enumerate((0, 1, 2))]
    trials.append(judge({"r": None}, dataset="wine"))
    evidence = compare_stops(trials, "margin")
    own = evidence.find_cost("r", dataset="digits")
    assert (own.n_trials, own.n_stopped, own.n_labels) == (3, 3, 20)
    # Labels too many -20, -10, 0: their mean, and its t interval with 2 degrees of freedom.
    assert own.labels_too_many == -10
    assert own.labels_interval.low == pytest.approx(-10 - 4.302653 * 10 / np.sqrt(3), abs=1e-4)
    both = evidence.find_cost("r")
    assert both.n_labels == (20 + 40) / 2
    assert both.labels_interval is None


def test_the_arms_of_random_are_one_repeat():
    trials = [judge({"r": stop}, split=split) for split in (0, 1, 2) for stop in (0, split)]
    cost = compare_stops(trials, "margin").find_cost("r")
    # Means of 10 and 10, 10 and 20, 10 and 30 labels.
    assert cost.n_labels == 15
    assert cost.labels_interval.high == pytest.approx(-15 + 4.302653 * 5 / np.sqrt(3), abs=1e-4)


def test_the_best_rule_at_each_price_has_the_least_mean_regret():
    evidence = compare_stops([judge({"early": 0, "late": 2, "never": None})], "margin")
    # Costs 10 + 40 r, 30 + 0.4 r and 40: equal at r = 20 / 39.6 and at r = 25.
    assert [(each.rule, round(each.high, 1)) for each in evidence.best] == [
        ("early", pytest.approx(0.5, abs=0.06)),
        ("late", pytest.approx(25, rel=0.06)),
        (WHOLE_BUDGET, 1000),
    ]
    assert evidence.list_never() == ["never"]
    assert evidence.hindsight_labels == 30


def test_a_rule_that_stops_with_the_last_label_is_not_advised_instead_of_the_whole_budget():
    trials = [judge({"late": 2, "last": 3}), judge({"late": 2, "last": None}, split=1)]
    evidence = compare_stops(trials, "margin")
    assert [each.rule for each in evidence.best] == ["late", WHOLE_BUDGET]


def test_a_trial_without_the_metric_is_left_out_and_counted():
    trials = [judge({"r": 1}), judge({"r": 3}, split=1, unjudged="accuracy has no number")]
    evidence = compare_stops(trials, "margin")
    assert evidence.n_unjudged == 1
    assert evidence.find_cost("r").n_trials == 1
    alone = compare_stops(trials[1:], "margin")
    assert (alone.best, alone.hindsight_labels, alone.regrets) == ((), None, {})
    assert compare_stops([], "margin") is None


def test_where_a_rule_has_ended_trials_none_is_judged():
    ended = replace(judge({"r": 3}, split=1, unjudged="r has ended the trial"), ended_by="r")
    evidence = compare_stops([judge({"r": 1}), ended], "margin")
    assert (evidence.n_ended, evidence.enders, evidence.ended_labels) == (1, ("r",), 40)
    assert (evidence.best, evidence.costs, evidence.n_unjudged) == ((), (), 0)


def test_the_table_has_null_and_a_reason_where_a_rule_never_stops_or_nothing_can_be_said():
    trials = [
        judge({"r": 1, "never": None}, n_validation=7),
        judge({"r": 3}, split=1, unjudged="r has ended it"),
    ]
    rows = {(row["key"], row["rule"]): row for row in build_stops_table(trials).iter_rows(named=True)}
    stopped = rows["digitsmargin0", "r"]
    assert [stopped[name] for name in ("round", "n_labels", "level", "n_validation")] == [1, 20, 0.8, 7]
    assert [stopped[name] for name in ("hindsight_labels", "hindsight_level")] == [30, 0.896]
    assert stopped["labels_too_many"] == 20 + 7 - 30
    assert stopped["metric_lost"] == pytest.approx(0.096)
    assert stopped["reason"] is None
    never = rows["digitsmargin0", "never"]
    assert [never[name] for name in ("round", "n_labels", "labels_too_many", "metric_lost")] == [None] * 4
    assert never["reason"] == "it does not stop within the budget"
    ended = rows["digitsmargin1", "r"]
    assert [ended[name] for name in ("n_labels", "hindsight_labels", "reason")] == [
        40,
        None,
        "r has ended it",
    ]
