"""Trials that end badly, in one grid with good ones: the good ones are as they would be alone."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

FILES = Path(__file__).with_name("files")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits of memory and process groups are Linux's"
)

GOOD = ["random", "margin", "entropy"]
ENDINGS = {
    "LoopsForEver": ("timeout", "OverTimeError: took longer than 8 s (in round 1"),
    "IgnoresTheAlarm": ("timeout", "took longer than 8 s and was killed"),
    "Allocates": ("memory", "Unable to allocate"),
    "Exits": ("failed", "its worker process died twice while it ran"),
    "Segfaults": ("failed", "its worker process died twice while it ran"),
    "RaisesWhatCannotBePickled": ("failed", "LocalError"),
}
HARMLESS = ["Prints", "ChangesTheWorld", "Forks"]


@pytest.fixture
def grid(run, tmp_path):
    shutil.copy(FILES / "bad.py", tmp_path / "bad.py")

    def ran(where, bad):
        # Without an endless loop in the grid no trial needs to be ended soon, however busy the machine is.
        timeout = "8s" if "LoopsForEver" in bad else "5m"
        return run(
            where=where,
            strategies=[*GOOD, *(f"./bad.py:{name}" for name in bad)],
            execution={"n_jobs": 2, "timeout": timeout, "memory": "1500MiB"},
            repeats=1,
        )

    return ran


@pytest.mark.parametrize(
    "endings",
    [
        pytest.param(("Exits", "Segfaults", "Allocates", "RaisesWhatCannotBePickled"), id="quick"),
        pytest.param(
            tuple(ENDINGS),
            id="all",
            marks=pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s faults"),
        ),
    ],
)
def test_bad_trials_are_rows_and_good_ones_are_untouched(grid, tables, assert_same, endings):
    mixed = grid("mixed", [*endings, *HARMLESS])
    alone = grid("alone", [])
    of_good = set(alone.trials["key"])
    found = {
        name: frame if name == "references" else frame.filter(frame["key"].is_in(of_good))
        for name, frame in tables(mixed).items()
    }
    assert_same(found, tables(alone))
    for row in mixed.trials.iter_rows(named=True):
        if row["dataset"] == "wine" and row["strategy"] in endings:
            status, reason = ENDINGS[row["strategy"]]
            assert row["status"] == status, row
            assert reason in row["reason"]
        else:
            assert row["status"] == "done", row
    assert mixed.failed == len(endings)
