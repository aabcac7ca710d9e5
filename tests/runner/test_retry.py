"""Errors that may pass are tried again; too many failures stop a run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from albench.errors import TrialError

FILES = Path(__file__).with_name("files")


@pytest.fixture
def flaky(run, tmp_path):
    """Run a strategy that fails so many times on wine, with one repeat."""
    shutil.copy(FILES / "flaky.py", tmp_path / "flaky.py")

    def ran(times, how="os", where="results", **execution):
        marks = tmp_path / "marks" / where
        marks.mkdir(parents=True)
        strategy = {"./flaky.py:Flaky": {"folder": str(marks), "times": times, "how": how}}
        execution = {"n_jobs": 1, **execution}
        results = run(where=where, strategies=["random", strategy], repeats=1, execution=execution)
        return results, len(list(marks.iterdir()))

    return ran


def test_what_passes_is_as_if_nothing_had_been(flaky, tables, assert_same):
    again, tries = flaky(2, where="again", retry=2)
    undisturbed, _ = flaky(0, where="undisturbed")
    assert tries == 2
    assert again.problems == ()
    assert_same(tables(again), tables(undisturbed))


@pytest.mark.slow
def test_a_worker_that_dies_is_tried_again(flaky, tables, assert_same):
    # A first death makes suspects, a second one alone is a failure: with `retry` it may come back.
    again, tries = flaky(3, how="exit", where="again", retry=1, n_jobs=2)
    undisturbed, _ = flaky(0, where="undisturbed")
    assert tries == 3
    assert again.problems == ()
    assert_same(tables(again), tables(undisturbed))


@pytest.fixture
def dying(run, tmp_path):
    """Run with a preprocessing step whose worker dies three times on wine."""
    shutil.copy(FILES / "dying.py", tmp_path / "dying.py")
    marks = tmp_path / "marks"
    marks.mkdir()

    def ran(retry):
        step = {"./dying.py:Dying": {"folder": str(marks), "times": 3}}
        execution = {"n_jobs": 2, "retry": retry}
        return run(preprocessing={"numeric": step}, repeats=1, execution=execution)

    return ran


@pytest.mark.slow
def test_a_split_whose_worker_dies_is_prepared_again(dying):
    results = dying(retry=1)
    assert results.problems == ()
    assert set(results.trials["status"]) == {"done"}


def test_without_a_split_nothing_is_run(dying):
    with pytest.raises(TrialError, match="could not be prepared: its worker process died twice"):
        dying(retry=0)


@pytest.mark.parametrize(
    ("how", "execution", "tries", "status"),
    [
        pytest.param("os", {"retry": 2}, {3}, "failed", id="still there after two more"),
        pytest.param("os", {}, {1}, "failed", id="no retry unless asked for"),
        pytest.param("value", {"retry": 2}, {1}, "failed", id="an error of the trial"),
        pytest.param("memory", {"retry": 2}, {3}, "memory", id="memory that others may have used up"),
        # Twice where other trials had run in its process: what they left in the memory counts, too.
        pytest.param(
            "memory", {"retry": 2, "memory": "8GiB"}, {1, 2}, "memory", id="its own limit of memory"
        ),
    ],
)
def test_only_errors_that_may_pass_are_tried_again(flaky, how, execution, tries, status):
    results, tried = flaky(100, how=how, **execution)
    assert tried in tries
    assert results.failed == 1
    (row,) = results.trials.filter(results.trials["status"] != "done").iter_rows(named=True)
    assert row["status"] == status


BROKEN = """\
from pathlib import Path

from albench import Strategy


class Broken(Strategy):
    def utilities(self, pool, state):
        if not Path(__file__).with_name("mended").exists():
            raise RuntimeError("on purpose")
        return -pool.candidates.astype(float)
"""


def test_a_run_with_too_many_failures_stops_and_goes_on(run, tmp_path, tables, assert_same):
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    spec = {"strategies": ["random", "margin", "./broken.py:Broken"], "repeats": 5, "datasets": ["iris"]}
    execution = {"n_jobs": 1, "failure_budget": 0.1}
    stopped = run(execution=execution, **spec)
    # 5 repeats x (2 arms of random, margin, broken) = 20 trials; of them 2 may fail.
    assert stopped.failed == 3
    assert stopped.stopped.startswith(
        "3 of 20 trials failed, more than 'failure_budget: 0.1' allows: the run was stopped."
    )
    assert stopped.n_missing > 0
    before = {part.name: part.read_bytes() for part in stopped.folder.parts.iterdir()}
    # What was broken is not the file, which would be run again if it changed.
    (tmp_path / "mended").touch()
    # Failures of an earlier run are kept, and do not count again.
    assert run(execution=execution, **spec).failed == 3
    whole = run(execution=execution, rerun="failed", **spec)
    assert (whole.failed, whole.n_missing, whole.stopped) == (0, 0, None)
    done = set(stopped.trials.filter(stopped.trials["status"] == "done")["key"])
    kept = {f"trial-{key}.parquet" for key in done}
    assert all((whole.folder.parts / name).read_bytes() == before[name] for name in kept)
    assert_same(tables(whole), tables(run(where="at once", **spec)))


def test_a_bound_of_nothing_stops_at_the_first(run, tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    spec = {"strategies": ["random", "./broken.py:Broken"], "datasets": ["iris"]}
    assert run(execution={"n_jobs": 1, "failure_budget": 0}, **spec).failed == 1
    assert run(where="unbound", execution={"n_jobs": 1}, **spec).failed == 2


def test_what_runs_when_a_run_is_stopped_is_kept(run, tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    spec = {"strategies": ["random", "margin", "./broken.py:Broken"], "repeats": 20, "datasets": ["iris"]}
    stopped = run(execution={"n_jobs": 2, "failure_budget": 0}, **spec)
    assert stopped.failed >= 1
    assert stopped.n_missing > 0
    # Nothing that has begun is thrown away: joblib would warn of it.
    assert stopped.stopped is not None
