"""`kill -9` of everything at any moment, then the same command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest

import albench

KILLS = 5


def killed_after(command, seconds, folder):
    """Start a command in its own process group, kill the whole group, return the parts that are there."""
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return {part.name: pl.read_parquet(part)["finished_at"][0] for part in folder.glob("*.parquet")}


@pytest.mark.skipif(sys.platform == "win32", reason="process groups and SIGKILL are POSIX")
def test_nothing_durable_is_lost_or_run_twice(write, run, tables, assert_same, tmp_path):
    changes = {
        "execution": {"n_jobs": 2},
        "strategies": ["random", "margin", "qbc", "entropy", "k_center"],
        "repeats": 4,
    }
    path = write(**changes)
    command = [
        sys.executable,
        "-m",
        "albench",
        "run",
        str(path),
        "--results",
        str(tmp_path / "killed"),
        "--quiet",
    ]
    folder = tmp_path / "killed" / "small" / "parts"
    moments, durable = np.random.default_rng(0), {}
    for _ in range(KILLS):
        found = killed_after(command, 2.5 + 3 * moments.random(), folder)
        assert durable.items() <= found.items(), "a durable part was lost or written again"
        durable = found
    assert subprocess.run(command, check=False).returncode == 0
    end = {part.name: pl.read_parquet(part)["finished_at"][0] for part in folder.glob("*.parquet")}
    assert durable.items() <= end.items()
    assert not list(folder.glob(".*.partial"))
    finished = albench.open_results(path, results=tmp_path / "killed")
    assert_same(tables(finished), tables(run(where="undisturbed", **changes)))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_an_interrupt_ends_with_130_and_can_be_resumed(write, tmp_path):
    path = write(repeats=40, execution={"n_jobs": 2})
    command = [sys.executable, "-m", "albench", "run", str(path), "--results", str(tmp_path / "results")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    parts = tmp_path / "results" / "small" / "parts"
    deadline = time.monotonic() + 60
    while len(list(parts.glob("trial-*"))) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again to go on" in told
    assert "Traceback" not in told
    there = len(list(parts.glob("trial-*.parquet")))
    assert there >= 5
    assert albench.plan(path, results=tmp_path / "results").reused == there
