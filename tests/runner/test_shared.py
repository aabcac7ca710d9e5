"""What strategies share is computed once for a split, whoever and however many ask."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def counted(tmp_path):
    """Put the user's strategies beside the spec; return the folder in which they leave their marks."""
    shutil.copy(Path(__file__).with_name("counted.py"), tmp_path / "counted.py")
    marks = tmp_path / "marks"
    marks.mkdir()
    return marks


def longest(marks, **params):
    return {"./counted.py:Longest": {"folder": str(marks), **params}}


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_once_for_a_split(run, counted, n_jobs):
    results = run(
        datasets=["iris"],
        models=["gaussian_nb", "logistic_regression"],
        strategies=["random", longest(counted), {**longest(counted, weight=2.0), "label": "twice"}],
        repeats={"splits": 2, "starts": 2},
        n_jobs=n_jobs,
    )
    # 2 splits x 2 starts x 2 models x 2 strategies: 16 trials, and one computation for each split.
    assert results.trials.filter(results.trials["strategy"] != "random").height == 16
    assert (results.trials["status"] == "done").all()
    assert len(list(counted.iterdir())) == 2


def test_what_chance_gave_a_split_is_the_same_in_every_trial_of_it(run, counted):
    results = run(
        datasets=["iris"],
        models=["gaussian_nb", "logistic_regression"],
        strategies=["random", longest(counted)],
        repeats=1,
    )
    trials = results.trials.filter(results.trials["strategy"] != "random")
    rows = [results.queries.filter(results.queries["key"] == key)["row"].to_list() for key in trials["key"]]
    assert len(rows) == 2
    assert rows[0] == rows[1]


def test_nothing_is_computed_for_trials_that_are_there(run, counted):
    spec = {"datasets": ["iris"], "strategies": ["random", longest(counted)], "repeats": 1}
    run(**spec)
    assert len(list(counted.iterdir())) == 1
    run(**{**spec, "strategies": ["random", longest(counted), "margin"]})
    assert len(list(counted.iterdir())) == 1


def test_a_computation_that_fails_fails_the_trials_that_ask_for_it_alone(run, counted):
    results = run(datasets=["iris"], strategies=["random", "margin", "./counted.py:Failing"], repeats=2)
    failed = results.trials.filter(results.trials["status"] == "failed")
    assert failed.height == 2
    assert failed["reason"].str.contains("no such thing in this pool").all()
    assert (results.trials.filter(results.trials["status"] == "done")["strategy"] != "Failing").all()
    assert results.trials.filter(results.trials["status"] == "done").height == 2 + 2 * 2
