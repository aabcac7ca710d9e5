"""What a trial leaves behind in its process makes no other one fail, whatever runs where."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import psutil
import pytest

resource = pytest.importorskip("resource", reason="limits of the system")

LEAKY = Path(__file__).with_name("files") / "leaky.py"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of the system are Linux's")


GOOD = ["random", "margin", "entropy"]


@pytest.fixture
def ends(run, tmp_path):
    """Run leaky strategies among good ones; return how the trials of each end, with their reasons."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    # What most systems allow, with room above it.
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, limit[1]))

    def ran(*leaky, **execution):
        shutil.copy(LEAKY, tmp_path / "leaky.py")
        results = run(
            datasets=["wine"],
            strategies=[*(f"./leaky.py:{name}" for name in leaky), *GOOD],
            budgets=20,
            execution=execution,
        )
        outcomes = {}
        for row in results.trials.iter_rows(named=True):
            outcomes.setdefault(row["strategy"], set()).add((row["status"], row["reason"]))
        return outcomes

    yield ran
    # Without workers what is left open is left open here.
    for module in [module for module in sys.modules.values() if hasattr(module, "KeepsFiles")]:
        while module.KEPT:
            os.close(module.KEPT.pop())
    resource.setrlimit(resource.RLIMIT_NOFILE, limit)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_what_a_trial_leaves_behind_makes_no_other_one_fail(ends, n_jobs, tmp_path, monkeypatch):
    leaky = ["RaisesOnErrors", "LowersLimits", "KeepsFiles", *(["LeavesAProcess"] if n_jobs > 1 else [])]
    monkeypatch.chdir(tmp_path)
    outcomes = ends(*leaky, n_jobs=n_jobs)
    orphans = [int(file.name) for file in tmp_path.glob("orphans/*")]
    assert len(orphans) == 2 * (n_jobs > 1)
    # A killed process may stay in the table until whoever is its parent now has looked at it.
    assert not [
        each for each in orphans if psutil.pid_exists(each) and psutil.Process(each).status() != "zombie"
    ]
    assert {name: outcomes[name] for name in GOOD} == {name: {("done", None)} for name in GOOD}


def test_a_trial_is_not_charged_for_memory_that_another_has_left(ends):
    outcomes = ends("KeepsMemory", n_jobs=1, memory="900MiB")
    assert outcomes == {name: {("done", None)} for name in ["KeepsMemory", *GOOD]}
