"""One run at a time on a results folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pytest

import albench
from albench.errors import ResultsError
from albench.store.lock import hold_lock, read_holder

COMMAND = [sys.executable, "-m", "albench", "run"]


def started(path, results):
    command = [*COMMAND, str(path), "--results", str(results)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.slow
def test_two_runs_started_together_run_every_trial_once(write, run, tables, assert_same, tmp_path):
    """Both wait for this process, so that neither has ended before the other begins."""
    path = write(repeats=4)
    with hold_lock(tmp_path / "results" / "small", pytest.fail):
        pair = [started(path, tmp_path / "results") for _ in range(2)]
        waiting = rf"another run works on '.*small' \(process {os.getpid()} on .+, since .+\); waiting"
        for process in pair:
            assert any(re.search(waiting, line) for line in process.stderr)
    errors = [process.communicate(timeout=300)[1] for process in pair]
    assert [process.returncode for process in pair] == [0, 0], errors
    wrote = [len(re.findall(r"^\[\d+/\d+\] done", text, re.MULTILINE)) for text in errors]
    # 2 datasets x 4 repeats x (2 arms of random, margin, qbc), and a reference a split.
    assert sorted(wrote) == [0, 32 + 8]
    assert "0 trials to run, 32 reused" in errors[wrote.index(0)]
    both = albench.open_results(path, results=tmp_path / "results")
    assert_same(tables(both), tables(run(repeats=4, where="alone")))


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_the_lock_of_a_dead_process_holds_nobody_up(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from albench.store.lock import hold_lock\n"
        "with hold_lock(Path(sys.argv[1]), print):\n    print('held', flush=True)\n    time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    assert read_holder(tmp_path).pid == process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    waited = []
    with hold_lock(tmp_path, waited.append):
        assert read_holder(tmp_path).pid == os.getpid()
    assert waited == []
    assert read_holder(tmp_path) is None


def test_the_second_goes_on_when_the_first_is_done(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from albench.store.lock import hold_lock\n"
        "with hold_lock(Path(sys.argv[1]), lambda who: print(who.pid, flush=True)):\n    print('in', flush=True)\n"
    )
    with hold_lock(tmp_path, print):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline() == f"{os.getpid()}\n"
        time.sleep(0.5)
        assert process.poll() is None
    assert process.communicate(timeout=300)[0] == "in\n"
    assert process.returncode == 0


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(ResultsError, match=r"cannot write results to '.*small'"),
        hold_lock(tmp_path / "file" / "small", print),
    ):
        pass
