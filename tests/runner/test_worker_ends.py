"""No worker process outlives its run, whatever ends the run and whatever a trial does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

BAD = Path(__file__).parent / "files" / "bad.py"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes end by signals")
slow = pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s faults")
PATIENCE_S = 300


@pytest.fixture
def start(write, tmp_path):
    """Start a run of a strategy of bad.py; return its process."""
    shutil.copy(BAD, tmp_path / "bad.py")

    def started(strategy, **execution):
        path = write(
            datasets=["wine"],
            strategies=["random", f"./bad.py:{strategy}"],
            repeats=1,
            execution={"n_jobs": 2, **execution},
        )
        command = [sys.executable, "-m", "albench", "run", str(path), "--results", str(tmp_path / "results")]
        scratch = {**os.environ, "TMPDIR": str(tmp_path)}
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=scratch)

    return started


def stuck(process, tmp_path):
    """Wait until only the trial that does not end is left; return the workers."""
    parts = tmp_path / "results" / "small" / "parts"
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        # Random sampling and the reference of the split are done.
        if len(list(parts.glob("*.parquet"))) >= 3:
            children = psutil.Process(process.pid).children(recursive=True)
            return [each for each in children if any("popen_loky" in word for word in each.cmdline())]
        time.sleep(0.05)
    raise AssertionError("the run ended, or never got there")


def see_gone(workers):
    assert workers
    _, alive = psutil.wait_procs(workers, timeout=PATIENCE_S)
    assert not alive


def test_a_run_that_is_asked_to_end_takes_its_workers_along(start, tmp_path):
    process = start("HoldsTheInterpreter")
    workers = stuck(process, tmp_path)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert stderr.endswith("interrupted; run the same command again to go on\n")
    see_gone(workers)
    assert not list(tmp_path.glob("albench-run*"))


@pytest.mark.parametrize(
    ("strategy", "execution"),
    [
        ("IgnoresTheAlarm", {}),
        pytest.param("HoldsTheInterpreter", {"timeout": "5s"}, marks=slow),
    ],
)
def test_workers_end_when_their_run_is_killed(start, tmp_path, strategy, execution):
    process = start(strategy, **execution)
    workers = stuck(process, tmp_path)
    process.kill()
    process.wait()
    # Not read to its end: a worker that goes on would hold it open.
    process.stderr.close()
    see_gone(workers)


def test_a_run_ends_although_a_trial_left_a_thread(start):
    _, stderr = start("LeavesAThread").communicate(timeout=PATIENCE_S)
    assert "failed" not in stderr
