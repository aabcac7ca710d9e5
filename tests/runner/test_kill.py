"""`kill -9` of everything at any moment, or of workers only; then the same command."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import psutil
import pytest
import yaml

import albench

SCRIPT = Path(__file__).parent / "files" / "killed.py"
FAULTS = "ALBENCH_FAULTS" in os.environ
KILLS = 30 if FAULTS else 5
WORKER_KILLS = 20
slow = pytest.mark.skipif(not FAULTS, reason="slow: nox -s faults")
posix = pytest.mark.skipif(sys.platform == "win32", reason="process groups and SIGKILL are POSIX")

MANY = {
    "execution": {"n_jobs": 2},
    "strategies": ["random", "margin", "qbc", "entropy", "k_center"],
    "repeats": 40 if FAULTS else 4,
}


STREAM = {
    "scenario": "stream",
    "strategies": ["split", "uncertainty"],
    "budgets": "20%",
    "drifts": ["none", "sudden"],
    # Words of pools.
    "seed_sizes": None,
    "batch_sizes": None,
}
ONE = {"datasets": ["iris"], "strategies": ["random"], "repeats": 1}
ONE_STREAM = {"strategies": ["split"], "drifts": "sudden"}
ORACLES = Path(__file__).parents[1] / "oracles"
EVERY_ORACLE = {
    "datasets": [
        {
            "csv": {
                "path": str(ORACLES / "iris.csv"),
                "target": {"columns": {name: f"p_{name}" for name in ("setosa", "versicolor", "virginica")}},
                "answers": ["llm", "species"],
            }
        }
    ],
    "models": ["gaussian_nb", {"gaussian_nb": {"sample_weight": "agreement", "label_smoothing": 0.1}}],
    "strategies": ["random", "margin", "qbc"],
    "oracles": yaml.safe_load(ORACLES.joinpath("examples.yaml").read_text(encoding="utf-8")),
    "relabel": {"share": 0.2},
    "inapplicable": "skip",
    "repeats": 5,
}
DECIDED = {"until": "decided", "up_to": 40 if FAULTS else 6, "precision": 0.3}


def command_of(path, results):
    return [sys.executable, "-m", "albench", "run", str(path), "--results", str(results)]


def finished(folder):
    """The parts that are there, and when each was made."""
    return {part.name: pl.read_parquet(part)["finished_at"][0] for part in folder.glob("*.parquet")}


def killed_after(command, seconds, folder, *, count_from_part):
    """Start a command in its own process group, kill the whole group, return the parts that are there.

    The seconds count from the start, or from when it has written a part.
    """
    before = len(list(folder.glob("*.parquet")))
    process = subprocess.Popen([*command, "--quiet"], start_new_session=True, stderr=subprocess.DEVNULL)
    while count_from_part and process.poll() is None and len(list(folder.glob("*.parquet"))) == before:
        time.sleep(0.01)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return finished(folder)


@pytest.mark.slow
@posix
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="fixed"),
        pytest.param({"repeats": DECIDED}, id="until decided"),
        pytest.param(STREAM, id="stream"),
        pytest.param({**STREAM, "repeats": DECIDED}, id="stream until decided", marks=slow),
        pytest.param(EVERY_ORACLE, id="every oracle", marks=slow),
    ],
)
def test_nothing_durable_is_lost_or_run_twice(write, run, tables, assert_same, tmp_path, changes):
    many = {**MANY, **changes}
    path = write(**many)
    command = command_of(path, tmp_path / "killed")
    folder = tmp_path / "killed" / "small" / "parts"
    moments, durable = np.random.default_rng(0), {}
    for i in range(KILLS):
        # While it starts, and while it writes.
        from_part = i % 3 > 0
        seconds = moments.random() * (0.5 if from_part else 6)
        parts = killed_after(command, seconds, folder, count_from_part=from_part)
        assert durable.items() <= parts.items(), "a durable part was lost or written again"
        durable = parts
    assert durable
    assert subprocess.run([*command, "--quiet"], check=False).returncode == 0
    assert durable.items() <= finished(folder).items()
    assert not list(folder.glob(".*.partial"))
    ended = albench.open_results(path, results=tmp_path / "killed")
    assert_same(tables(ended), tables(run(where="undisturbed", **many)))


def workers_of(process):
    """Worker processes of a run: not the helper that keeps track of what they share."""
    children = psutil.Process(process.pid).children(recursive=True)
    with contextlib.suppress(psutil.NoSuchProcess):
        return [each for each in children if any("popen_loky" in word for word in each.cmdline())]
    return []


@posix
@slow
def test_random_workers_killed_in_one_run(write, run, tables, assert_same, tmp_path):
    changes = {**MANY, "execution": {"n_jobs": 2, "retry": 10}}
    path = write(**changes)
    log = tmp_path / "log"
    with log.open("w", encoding="utf-8") as log_file:
        process = subprocess.Popen(command_of(path, tmp_path / "killed"), stderr=log_file)
    moments, kills = np.random.default_rng(0), 0
    while kills < WORKER_KILLS:
        time.sleep(moments.random() * 0.6)
        assert process.poll() is None, f"the run was over after {kills} kills: {log.read_text()[-500:]}"
        workers = workers_of(process)
        if workers:
            with contextlib.suppress(psutil.NoSuchProcess):
                workers[moments.integers(len(workers))].kill()
                kills += 1
    assert process.wait(timeout=900) == 0
    done = re.findall(r"^\[\d+/\d+\] done (.+) \(", log.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(done) == len(set(done)), "a trial was written twice"
    ended = albench.open_results(path, results=tmp_path / "killed")
    assert_same(tables(ended), tables(run(where="undisturbed", **changes)))


@pytest.mark.skipif(sys.platform != "linux", reason="forks, and open files by number")
@pytest.mark.parametrize(
    ("changes", "step"),
    [
        pytest.param(ONE, 23, id="pool-quick"),
        pytest.param(ONE, 1, id="pool-all", marks=slow),
        pytest.param(ONE | STREAM | ONE_STREAM, 61, id="stream-quick"),
        pytest.param(ONE | STREAM | ONE_STREAM, 1, id="stream-all", marks=slow),
    ],
)
def test_killed_at_every_step_of_a_run(write, tables, assert_same, tmp_path, changes, step):
    path = write(**changes)
    place = tmp_path / "killed"
    place.mkdir()
    subprocess.run([sys.executable, str(SCRIPT), str(path), str(place), str(step)], check=True)
    runs = sorted(int(run.name) for run in place.iterdir() if run.name.isdecimal())
    undisturbed = tables(albench.open_results(path, results=place / str(runs[-1])))
    assert len(runs) > 60 / step
    for n in runs:
        before, after = (finished(place / name / "small" / "parts") for name in (f"{n}-killed", str(n)))
        assert before.items() <= after.items(), n
        assert_same(tables(albench.open_results(path, results=place / str(n))), undisturbed)
        assert not list((place / str(n)).rglob("*.partial")), n


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_an_interrupt_ends_with_130_and_can_be_resumed(write, tmp_path):
    path = write(repeats=40, execution={"n_jobs": 2})
    command = [sys.executable, "-m", "albench", "run", str(path), "--results", str(tmp_path / "results")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    parts = tmp_path / "results" / "small" / "parts"
    deadline = time.monotonic() + 300
    while len(list(parts.glob("trial-*.parquet"))) < 5 and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "run the same command again to go on" in stderr
    assert "Traceback" not in stderr
    there = len(list(parts.glob("trial-*.parquet")))
    assert there >= 5
    assert albench.plan(path, results=tmp_path / "results").reused == there


@posix
@slow
def test_the_arrays_of_a_killed_run_are_removed_by_the_next(write, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = command_of(write(repeats=200, execution={"n_jobs": 1}), tmp_path / "results")
    home = {**os.environ, "TMPDIR": str(scratch)}
    process = subprocess.Popen(command, env=home, stderr=subprocess.PIPE, text=True)
    assert any("done" in line for line in process.stderr)
    process.kill()
    process.communicate()
    (left,) = scratch.glob("albench-run-*")
    others = scratch / "albench-run-other"
    others.mkdir()
    for folder in (left, others):
        os.utime(folder, (0, 0))
    process = subprocess.Popen(command, env=home, stderr=subprocess.PIPE, text=True)
    assert any("done" in line for line in process.stderr)
    assert not left.exists()
    assert others.exists()
    process.kill()
    process.communicate()
