"""Experiments on streams: the same numbers however they are run, and what their tables say."""

from __future__ import annotations

import math
import os

import numpy as np
import polars as pl
import pytest

import albench
from albench.cli.failures import format_failures

FAULTS = "ALBENCH_FAULTS" in os.environ
SMALL = {
    "scenario": "stream",
    "datasets": "iris",
    "models": "gaussian_nb",
    "strategies": ["split", "uncertainty"],
    "budgets": "20%",
    "drifts": ["none", {"sudden": 0.5}],
    "repeats": 2,
    "window": 40,
    "score_every": 25,
    "execution": {"n_jobs": 1},
}
BROKEN = """
from albench import StreamStrategy

class Broken(StreamStrategy):
    def begin(self, facts, rng):
        raise ZeroDivisionError("no begin at all")

    def get_published_manager(self):
        from albench.stream.managers import FixedBudget

        return FixedBudget()
"""


@pytest.fixture
def stream(tmp_path):
    """Run the common spec with changes, in a results folder of this test."""
    import yaml

    def ran(where="results", *, how=None, **changes):
        path = tmp_path / "small.yaml"
        path.write_text(yaml.safe_dump({**SMALL, **changes}, sort_keys=False), encoding="utf-8")
        return albench.run(path, results=tmp_path / where, **(how or {}))

    return ran


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return albench.run({**SMALL, "name": "small"}, results=tmp_path_factory.mktemp("undisturbed"))


HOWS = [
    {"backend": "inline"},
    {"n_jobs": 2},
    pytest.param(
        {"backend": "dask", "n_jobs": 2}, marks=pytest.mark.skipif(not FAULTS, reason="slow: nox -s faults")
    ),
]


@pytest.mark.parametrize("how", HOWS, ids=lambda how: "-".join(map(str, how.values())))
def test_the_numbers_are_the_same_whatever_runs_them(stream, undisturbed, how, tables, assert_same):
    assert_same(tables(stream(how=how)), tables(undisturbed))


def test_merged_shards_are_the_undisturbed_run(stream, undisturbed, tmp_path, tables, assert_same):
    for shard in ("1/3", "2/3", "3/3"):
        stream(how={"shard": shard})
    home = tmp_path / "results"
    merged = albench.merge(sorted((home / "small.shards").iterdir()), into=home / "small")
    assert (merged.trials, merged.shared, merged.references) == (8, 0, 0)
    assert_same(tables(albench.open_results(tmp_path / "small.yaml", results=home)), tables(undisturbed))
    assert albench.plan(tmp_path / "small.yaml", results=home).to_run == 0


def test_a_grid_that_has_grown_is_that_of_one_run(stream, undisturbed, tables, assert_same):
    stream(strategies="split", drifts="none", repeats=1)
    grown = stream()
    assert_same(tables(grown), tables(undisturbed))
    whys = grown.folder.read_stream_labels()[0]["why"].drop_nulls().unique().to_list()
    assert "new strategy" in whys


def test_running_again_finds_the_same_numbers(stream, tables, assert_same):
    first = stream(strategies="split", repeats=1)
    again = stream(strategies="split", repeats=1, how={"rerun": "all"})
    assert again.problems == ()
    assert_same(tables(first), tables(again))
    times = (results.trials["finished_at"].max() for results in (first, again))
    assert next(times) < next(times)


def test_one_trial_alone_and_in_the_foreground(stream, tmp_path):
    first = stream(strategies="split", repeats=1)
    key = first.trials["key"][0]
    stream(strategies="split", repeats=1, how={"only": key[:12]})
    record = albench.debug(tmp_path / "small.yaml", key[:12], results=tmp_path / "results")
    row = first.trials.row(0, named=True)
    assert record.facts["n_labels"] == row["n_bought"]
    assert record.stream_columns["score.accuracy"][-1] == row["accuracy"]


def test_a_failed_trial_is_a_row_with_its_reason_and_can_be_run_again(stream, tmp_path):
    (tmp_path / "mine.py").write_text(BROKEN, encoding="utf-8")
    changes = {"strategies": ["split", "./mine.py:Broken"], "budgets": "10%", "drifts": "none", "repeats": 1}
    with pytest.warns(albench.FailedTrialsWarning):
        failed = stream(**changes)
    row = failed.trials.filter(pl.col("strategy") == "Broken").row(0, named=True)
    assert (row["status"], row["accuracy"]) == ("failed", None)
    assert "no begin at all" in row["reason"]
    (line, command) = format_failures(failed.failures)
    assert line.startswith("  failed: iris gaussian_nb Broken fixed 10% none repeat 0: ZeroDivisionError")
    assert command.startswith("    albench run")
    (failure,) = failed.failures.to_dicts()
    assert failure["seed"] is not None
    assert "--only" in failure["command"]
    (tmp_path / "mine.py").write_text(BROKEN.replace("raise ZeroDivisionError", "return Never() or"))
    with pytest.warns(albench.FailedTrialsWarning):
        again = stream(**changes)
    assert "NameError" in again.trials.filter(pl.col("strategy") == "Broken")["reason"][0]


def test_what_does_not_go_together_is_a_row_that_says_why(stream):
    skipped = stream(managers=["fixed", "balanced_quantile"], inapplicable="skip", repeats=1, drifts="none")
    rows = skipped.trials.filter(pl.col("status") == "skipped")
    assert set(rows["strategy"]) == {"split", "uncertainty"}
    assert rows.height == 2
    assert all("set the threshold" in reason or "goes with" in reason for reason in rows["reason"])
    assert skipped.trials.height == 4


def test_the_tables_say_what_was_spent_and_what_random_made_of_as_much(undisturbed, tables):
    trials, curves = undisturbed.trials, undisturbed.curves
    assert trials["status"].unique().to_list() == ["done"]
    assert trials["n_rows"].unique().to_list() == [140]
    last = curves.group_by("key").last().sort("key")
    for name in ("n_bought", "accuracy", "random_accuracy", "kappa", "random_kappa_temporal"):
        assert last[name].equals(trials.sort("key")[name])
    assert last["random_n_bought"].equals(last["n_bought"])
    bought = tables(undisturbed)["bought"]
    for row, rows in zip(trials.sort("key").to_dicts(), bought["bought.row"].to_list(), strict=True):
        assert len(rows) == row["n_bought"]
        is_bought = np.isin(np.arange(140), rows)
        over = [sum(is_bought[:t]) - math.ceil(row["budget"] * t) - 1 for t in range(1, 141)]
        assert row["excess"] == max(0, *over)
        assert row["n_allowed"] == math.ceil(row["budget"] * 140)
    # As published, the estimate buys at once what it may spend over its window.
    assert trials.filter(pl.col("manager") == "estimated")["excess"].max() > 0
    assert curves.filter(pl.col("key") == trials["key"][0])["n_rows"].to_list() == [25, 50, 75, 100, 125, 140]


def test_a_manager_that_promises_never_exceeds(stream):
    trials = stream(strategies=["split", "periodic", "density_based", "random"], managers="fixed").trials
    assert trials["excess"].max() == 0
    assert trials["n_bought"].min() > 0


def test_recovery_is_counted_in_rows_and_has_a_reason_where_there_is_none(undisturbed):
    for row in undisturbed.trials.to_dicts():
        if row["drift"] == "none":
            assert (row["marks"], row["recovery"], row["n_recovered"]) == ([], None, 0)
            continue
        assert row["marks"] == [70]
        assert (row["recovery"] is None) == (row["n_recovered"] == 0)
        if row["recovery"] is None:
            assert "recovery: the accuracy was not regained after row 70" in row["reason"]
        else:
            assert 40 <= row["recovery"] <= 70


def test_a_drift_before_the_first_window_has_no_recovery_and_says_why(stream):
    trials = stream(strategies="split", drifts={"sudden": 0.2}, repeats=1).trials
    assert trials["recovery"].to_list() == [None]
    assert trials["reason"].to_list() == ["recovery: fewer rows than a window of 40 lie before row 28"]
