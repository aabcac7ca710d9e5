"""A watching rule changes no number; an enforced one ends a trial where the watching one says so."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal

import albench
from albench.contracts import Course
from albench.registry.lookup import get_builtin
from albench.stopping.course import find_stop
from albench.tables import list_volatile
from albench.trial import rule_tracker

SPEC = {
    "name": "watched",
    "datasets": ["iris"],
    "models": ["logistic_regression"],
    "strategies": ["random", "margin"],
    "seed_sizes": 10,
    "batch_sizes": 5,
    "budgets": 60,
    "repeats": 2,
    "validation": 0.1,
    "execution": {"n_jobs": 1},
}
ALL = [
    {"target": {"value": 0.9}},
    {"budget": 30},
    {"patience": 2},
    {"overall_uncertainty": 0.4},
    {"classification_change": 0.0},
    {"stabilizing_predictions": {"cutoff": 0.95, "window": 2}},
    {"max_confidence": 0.5},
    {"min_expected_error": 0.2},
    {"contradictory_information": 1},
    {"performance_gradient": {"threshold": 0.05, "window": 2}},
    {"error_stability": 0.6},
]
TABLES = ("trials", "curves", "queries", "references")


def run(tmp_path, name="results", **changes):
    return albench.run({**SPEC, **changes}, results=tmp_path / name)


def drop_volatile(results, table):
    return getattr(results, table).drop(list_volatile(table))


def read_observations(results, key):
    row = results.folder.read_trial(key).select(pl.col("^score\\.stop\\..*$"))
    return {name: row[name][0].fill_nan(None).to_list() for name in sorted(row.columns)}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return run(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    return run(tmp_path_factory.mktemp("watched"), stopping=ALL)


def test_watching_changes_no_key_and_no_number_of_any_table(plain, watched):
    for table in TABLES:
        assert_frame_equal(drop_volatile(plain, table), drop_volatile(watched, table))
    assert_frame_equal(plain.leaderboard().drop("^.*_s.*$"), watched.leaderboard().drop("^.*_s.*$"))
    assert len(read_observations(watched, watched.trials["key"][0])) == 8


def test_a_stored_trial_is_scored_again_on_its_picks_and_observes_the_same(tmp_path, watched):
    run(tmp_path)
    (reason,) = albench.plan({**SPEC, "stopping": ALL}, results=tmp_path / "results").reasons
    assert reason.startswith("new stopping rules: classification_change, ")
    picks = drop_volatile(albench.open_results({**SPEC}, results=tmp_path / "results"), "queries")
    again = run(tmp_path, stopping=ALL)
    assert not again.problems
    assert_frame_equal(drop_volatile(again, "queries"), picks)
    for key in again.trials["key"]:
        assert read_observations(again, key) == read_observations(watched, key)
    # Another threshold needs nothing anew.
    other = [{"overall_uncertainty": 0.1}, {"error_stability": 0.9}]
    assert not albench.plan({**SPEC, "stopping": other}, results=tmp_path / "results").to_run


def test_a_larger_budget_continues_what_rules_have_observed(tmp_path, watched):
    run(tmp_path, stopping=ALL, budgets=40)
    more = run(tmp_path, stopping=ALL)
    assert not more.problems
    for key in more.trials["key"]:
        assert read_observations(more, key) == read_observations(watched, key)


def test_contradictory_information_looks_at_the_set_of_the_signal_in_all_rounds(tmp_path):
    # 60 % of them are the pool: more than the 2,000 rows of a stop set, which labelled rows are in or not.
    rng = np.random.default_rng(0)
    large = {f"x{i}": rng.normal(size=3600) for i in range(2)}
    large["target"] = (large["x0"] + rng.normal(size=3600) > 0).astype(int)
    pl.DataFrame(large).write_csv(tmp_path / "large.csv")
    datasets = ["iris", {"csv": {"path": str(tmp_path / "large.csv"), "target": "target"}}]
    signals = {"signals": ["mean_top_probability"], "repeats": 1}
    with_signal = run(tmp_path, stopping=[{"contradictory_information": 1}], datasets=datasets, **signals)
    assert with_signal.trials["n_pool"].max() > 2000
    for key in with_signal.trials["key"]:
        signal = with_signal.curves.filter(key=key).sort("round")["mean_top_probability"].to_list()
        observed = read_observations(with_signal, key)["score.stop.contradictory_information"]
        assert observed == pytest.approx(signal, abs=1e-12)


@pytest.mark.parametrize("entry", ALL, ids=[next(iter(entry)) for entry in ALL])
def test_an_enforced_rule_ends_a_trial_where_the_watching_one_says(tmp_path, watched, entry):
    ((name, value),) = entry.items()
    cls = get_builtin("stopping_rule", name)
    params = value if isinstance(value, dict) else {cls.main: value}
    enforced = run(tmp_path, stopping=[{name: {**params, "enforce": True}}], strategies=["margin"], repeats=1)
    assert not enforced.failed
    trial = enforced.trials.filter(pl.col("strategy") == "margin").row(0, named=True)
    whole = watched.trials.filter(strategy="margin", split=0).row(0, named=True)
    assert trial["key"] != whole["key"]
    curve = watched.curves.filter(key=whole["key"]).sort("round")
    rule = cls.model_validate(params).with_metric("accuracy")
    scores = watched.folder.read_trial(whole["key"])
    validation = scores["score.validation_accuracy"][0].to_numpy()
    values = scores[f"score.{rule.column}"][0].to_numpy() if rule.column else np.full(validation.size, np.nan)
    stop = find_stop(rule, Course(values, curve["n_labels"].to_numpy(), {"accuracy": validation}))
    # Each of these stops before the budget, so that the end is the rule's.
    assert stop is not None
    assert stop < curve.height - 1
    assert trial["n_labels"] == curve["n_labels"][stop]
    bought = watched.queries.filter(pl.col("key") == whole["key"], pl.col("round") <= stop)
    own = enforced.queries.filter(pl.col("key") == trial["key"])
    assert own["row"].to_list() == bought["row"].to_list()


def test_a_trial_that_a_rule_has_ended_is_finished_whatever_the_budget(tmp_path):
    stopping = [{"budget": {"labels": 30, "enforce": True}}]
    results = run(tmp_path, stopping=stopping)
    assert set(results.trials["n_labels"]) == {30}
    for budget in (60, 90):
        spec = {**SPEC, "stopping": stopping, "budgets": budget}
        assert not albench.plan(spec, results=tmp_path / "results").to_run
    # One that no rule has ended goes on.
    late = [{"budget": {"labels": 90, "enforce": True}}]
    run(tmp_path, "late", stopping=late)
    planned = albench.plan({**SPEC, "stopping": late, "budgets": 80}, results=tmp_path / "late")
    assert list(planned.reasons) == ["larger budget: 80 labels, 60 recorded"]


def test_for_another_metric_a_trial_that_a_rule_has_ended_is_run_again_and_ends_there(tmp_path):
    # This rule looks at the batch that is not bought, which is not stored.
    spec = {"stopping": [{"max_confidence": {"threshold": 0.5, "enforce": True}}], "strategies": ["margin"]}
    results = run(tmp_path, **spec)
    assert min(results.trials["n_labels"]) < 60
    more = run(tmp_path, **spec, metrics=["mcc"])
    assert not more.problems
    assert_frame_equal(drop_volatile(more, "queries"), drop_volatile(results, "queries"))
    assert not albench.plan({**SPEC, **spec, "metrics": ["mcc"]}, results=tmp_path / "results").to_run


def test_a_rule_of_ones_own_is_watched_and_observed_again_when_its_code_changes(tmp_path):
    file = tmp_path / "own.py"
    text = """
from albench import StoppingRule

class Certain(StoppingRule):
    \"\"\"Stop when the least certain row is certain enough.\"\"\"

    needs_proba = True
    least: float = 0.5

    def observe(self, seen, memory):
        return float(seen.top.min()) if seen.top.size else None

    def stops(self, course):
        return bool(course.values[-1] > self.least)
"""
    file.write_text(text)
    spec = tmp_path / "own.yaml"
    spec.write_text(yaml.safe_dump({**SPEC, "stopping": ["./own.py:Certain"]}))
    results = albench.run(spec, results=tmp_path / "results")
    before = read_observations(results, results.trials["key"][0])
    assert list(before) == ["score.stop.Certain"]
    file.write_text(text.replace("seen.top.min()", "seen.top.mean()"))
    assert list(albench.plan(spec, results=tmp_path / "results").reasons) == [
        "changed stopping rules: Certain"
    ]
    again = albench.run(spec, results=tmp_path / "results")
    assert read_observations(again, results.trials["key"][0]) != before


def test_a_rule_that_fails_names_the_round_that_it_looked_at(tmp_path):
    text = """
from albench import StoppingRule

class Broken(StoppingRule):
    \"\"\"Breaks in one round.\"\"\"

    def observe(self, seen, memory):
        return 1 / (seen.n_labels - 25)

    def stops(self, course):
        return False
"""
    (tmp_path / "broken.py").write_text(text)
    (tmp_path / "own.yaml").write_text(yaml.safe_dump({**SPEC, "stopping": ["./broken.py:Broken"]}))
    results = albench.run(tmp_path / "own.yaml", results=tmp_path / "results")
    # Rules are asked after the last round, in the order of the rounds.
    reason = "ZeroDivisionError: division by zero (in round 3, with 25 labels)"
    assert set(results.failures["reason"]) == {reason}


def test_rules_observe_the_same_whether_rounds_wait_for_them_or_not(tmp_path, monkeypatch, watched):
    monkeypatch.setattr(rule_tracker, "_MOST_WAITING", 1500)
    at_once = run(tmp_path, stopping=ALL)
    for key in at_once.trials["key"]:
        assert read_observations(at_once, key) == read_observations(watched, key)


def test_a_model_without_probabilities_is_watched_as_far_as_it_can_be(tmp_path):
    models = ["logistic_regression", "svm_linear"]
    spec = {**SPEC, "models": models, "inapplicable": "skip", "stopping": ["overall_uncertainty", "patience"]}
    results = albench.run({**spec, "strategies": ["random"]}, results=tmp_path)
    assert set(results.trials["status"]) == {"done"}
    with pytest.raises(albench.SpecError, match="needs class probabilities"):
        albench.load_experiment({**spec, "inapplicable": "error"})


@pytest.mark.parametrize(
    ("entry", "changes", "message"),
    [
        ({"target": {"value": 0.9}}, {"validation": 0}, "looks at the validation part, and there is none"),
        ({"target": {"value": 0.9, "metric": "acuracy"}}, {}, "did you mean 'accuracy'"),
        ("kappa_average", {}, "stabilizing_predictions"),
        ("patiense", {}, "did you mean 'patience'"),
    ],
)
def test_what_cannot_be_watched_is_told(entry, changes, message):
    with pytest.raises(albench.SpecError, match=message):
        albench.load_experiment({**SPEC, "stopping": [entry], **changes})


def test_a_pool_that_is_labelled_whole_ends_without_a_number_of_its_last_round(tmp_path):
    results = run(tmp_path, stopping=ALL, models=["gaussian_nb"], batch_sizes=40, budgets="100%")
    assert set(results.trials["status"]) == {"done"}
    assert results.trials.select((pl.col("n_labels") == pl.col("n_pool")).all()).item()
    assert set(results.stops["rule"]) == {next(iter(rule)) for rule in ALL}
