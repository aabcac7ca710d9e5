"""Trials that end badly, in one grid with good ones: the good ones are as they would be alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import albench

FILES = Path(__file__).with_name("files")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits of memory and process groups are Linux's"
)

GOOD = ["random", "margin", "entropy"]
ENDINGS = {
    "LoopsForEver": ("timeout", "OverTimeError: took longer than 30 s (in round 1"),
    "IgnoresTheAlarm": ("timeout", "took longer than 30 s and was killed"),
    "Allocates": ("memory", "Unable to allocate"),
    "Exits": ("failed", "its worker process died twice while it ran"),
    "CallsSysExit": ("failed", "SystemExit: 0 (in round 1"),
    "InterruptsItself": ("failed", "it raised KeyboardInterrupt"),
    "Segfaults": ("failed", "its worker process died twice while it ran"),
    "RaisesWhatCannotBePickled": ("failed", "LocalError"),
}
HARMLESS = ["Prints", "ChangesTheWorld", "LeavesAThread", "Forks"]


MANY_GOOD = [
    *GOOD,
    *("least_confident", "ratio_of_confidence", "qbc", "bald", "k_center", "k_means", "typiclust"),
    *("prob_cover", "max_herding", "facility_location", "lightweight_coreset", "badge", "clue", "falcun"),
    *("galaxy", "density_weighted", "information_density", "graph_density", "info_div", "power_bald", "tcm"),
]


@pytest.fixture
def spec(write, tmp_path):
    shutil.copy(FILES / "bad.py", tmp_path / "bad.py")

    def write_spec(good, bad):
        # Without an endless loop in the grid no trial needs to be ended soon, however busy the machine is.
        timeout = "30s" if "LoopsForEver" in bad else "5m"
        strategies = [*good, *(f"./bad.py:{name}" for name in bad)]
        execution = {"n_jobs": 2, "timeout": timeout, "memory": "1500MiB"}
        return write(strategies=strategies, execution=execution, repeats=1)

    return write_spec


def see_untouched(mixed, alone, tables, assert_same):
    """Compare the good trials of a grid with those of one without bad ones."""
    of_good = set(alone.trials["key"])
    frames = {
        name: frame if name == "references" else frame.filter(frame["key"].is_in(of_good))
        for name, frame in tables(mixed).items()
    }
    assert_same(frames, tables(alone))


def see_ended(mixed, endings):
    for row in mixed.trials.iter_rows(named=True):
        if row["dataset"] == "wine" and row["strategy"] in endings:
            status, reason = ENDINGS[row["strategy"]]
            assert row["status"] == status, row
            assert reason in row["reason"]
        else:
            assert row["status"] == "done", row


@pytest.mark.slow
def test_bad_trials_are_rows_and_good_ones_are_untouched(spec, tmp_path, tables, assert_same):
    endings = (
        "Exits",
        "CallsSysExit",
        "InterruptsItself",
        "Segfaults",
        "Allocates",
        "RaisesWhatCannotBePickled",
    )
    mixed = albench.run(spec(GOOD, [*endings, *HARMLESS]), results=tmp_path / "mixed")
    alone = albench.run(spec(GOOD, []), results=tmp_path / "alone")
    see_untouched(mixed, alone, tables, assert_same)
    see_ended(mixed, endings)
    assert mixed.failed == len(endings)


@pytest.mark.slow
def test_a_trial_whose_record_cannot_be_sent_fails_alone(spec, tmp_path, tables, assert_same):
    mixed = albench.run(spec(GOOD, ["ClosesItsFiles"]), results=tmp_path / "mixed")
    alone = albench.run(spec(GOOD, []), results=tmp_path / "alone")
    see_untouched(mixed, alone, tables, assert_same)
    reasons = {row["dataset"]: row["reason"] for row in mixed.failures.iter_rows(named=True)}
    assert reasons == {"wine": "its worker process died twice while it ran"}


@pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s faults")
def test_bad_trials_among_fifty_good_ones(spec, tmp_path, tables, assert_same):
    def called(path, results):
        command = [sys.executable, "-m", "albench", "run", str(path), "--results", str(tmp_path / results)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    path = spec(MANY_GOOD, [*ENDINGS, *HARMLESS])
    done = called(path, "mixed")
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    mixed = albench.open_results(path, results=tmp_path / "mixed")
    path = spec(MANY_GOOD, [])
    assert called(path, "alone").returncode == 0
    alone = albench.open_results(path, results=tmp_path / "alone")
    assert alone.trials.height == 50
    see_untouched(mixed, alone, tables, assert_same)
    see_ended(mixed, ENDINGS)
    assert mixed.failures.height == len(ENDINGS)


QUITS = """
import sys
from sklearn.base import BaseEstimator, ClassifierMixin

class Quits(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        sys.exit(0)

    def predict(self, X):
        sys.exit(0)

    predict_proba = predict
"""


def test_a_model_that_ends_the_program_fails_alone(write, tmp_path):
    (tmp_path / "quits.py").write_text(QUITS, encoding="utf-8")
    path = write(datasets=["iris"], models=["./quits.py:Quits", "gaussian_nb"], strategies=["random"])
    results = albench.run(path, results=tmp_path / "results")
    ends = {(row["model"], row["status"], row["reason"]) for row in results.trials.iter_rows(named=True)}
    assert ends == {
        ("gaussian_nb", "done", None),
        ("Quits", "failed", "SystemExit: 0 (in round 0, with 5 labels)"),
    }
    references = results.references
    assert set(references.filter(references["model"] == "Quits")["status"]) == {"failed"}
    assert set(references.filter(references["model"] == "gaussian_nb")["status"]) == {"done"}
    assert results.answer[0].startswith(
        "No trial of the slice that is answered for has finished: accuracy with Quits. There are results in "
    )
