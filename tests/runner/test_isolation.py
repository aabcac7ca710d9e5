"""When trials run in processes of their own, and how many at a time."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from albench.runner.executors.choose import choose_executor
from albench.spec.settings import Execution


def processes(execution, jobs=4):
    """The processes in which jobs are carried out."""
    # A worker cannot import this file: functions that are made here travel whole.
    numbers = choose_executor(execution, jobs).execute(lambda _: os.getpid(), range(jobs), lambda *_: None)
    return set(numbers)


@pytest.mark.parametrize("limit", [{"timeout": 300.0}, {"memory": 4 * 2**30}], ids=["timeout", "memory"])
def test_a_limit_makes_the_one_worker_a_process_of_its_own(limit):
    assert os.getpid() not in processes(Execution(n_jobs=1, **limit))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="binds this process to one core")
def test_the_worker_of_a_single_core_is_a_process_of_its_own():
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        assert choose_executor(Execution(), 4).n_workers == 1
        assert os.getpid() not in processes(Execution())
    finally:
        os.sched_setaffinity(0, cores)


@pytest.mark.parametrize("execution", [Execution(n_jobs=1), Execution(timeout=300.0, backend="inline")])
def test_what_is_asked_to_run_here_does(execution):
    assert processes(execution) == {os.getpid()}


def test_one_worker_has_one_job_at_a_time(tmp_path):
    def alone(folder):
        there = Path(folder) / "at work"
        try:
            there.touch(exist_ok=False)
        except FileExistsError:
            return False
        time.sleep(0.05)
        there.unlink()
        return True

    of_one = choose_executor(Execution(n_jobs=1, timeout=300.0), 12)
    assert list(of_one.execute(alone, [str(tmp_path)] * 12, lambda *_: None)) == [True] * 12


EXITS = """
import os
from albench import Strategy

class Exits(Strategy):
    def utilities(self, pool, state):
        os._exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes end by signals")
def test_a_trial_that_ends_its_process_ends_no_run_of_one_worker(run, tmp_path):
    (tmp_path / "mine.py").write_text(EXITS, encoding="utf-8")
    execution = {"n_jobs": 1, "timeout": "5m"}
    results = run(datasets=["iris"], strategies=["random", "./mine.py:Exits"], repeats=1, execution=execution)
    ends = {row["strategy"]: (row["status"], row["reason"]) for row in results.trials.iter_rows(named=True)}
    assert ends == {
        "random": ("done", None),
        "Exits": ("failed", "its worker process died twice while it ran"),
    }
