"""Dask: the same tables as with loky, whatever happens to the workers; what cannot go on says why."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import albench

pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s faults"),
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
]
FILES = Path(__file__).with_name("files")
SCHEDULER = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
WORKER = [sys.executable, "-m", "distributed.cli.dask_worker"]


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler; give its address, and a way to add workers. All are ended."""
    started = []
    file = tmp_path / "scheduler.json"
    places = tmp_path / "workers"
    places.mkdir()

    def start(command, **options):
        with (tmp_path / f"{len(started)}.log").open("wb") as log:
            started.append(
                subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **options)
            )
        return started[-1]

    def worker(*options):
        where = ["--scheduler-file", str(file), "--local-directory", str(places)]
        return start([*WORKER, *where, "--nthreads", "1", "--no-dashboard", *options], cwd=places)

    scheduler = start([*SCHEDULER, "--scheduler-file", str(file)])
    waited_for(file.is_file)
    yield type("Cluster", (), {"file": file, "worker": staticmethod(worker), "scheduler": scheduler})
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def waited_for(true, seconds=120):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def address(cluster):
    import json

    return json.loads(cluster.file.read_text())["address"]


def started(path, cluster, tmp_path, *options):
    command = [sys.executable, "-m", "albench", "run", str(path), "--results", str(tmp_path / "dask")]
    command += ["--backend", "dask", "--scheduler", address(cluster), *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)


GRID = {
    "strategies": ["random", "margin", "qbc", "k_center"],
    "repeats": 6,
    "models": ["logistic_regression"],
}


@pytest.mark.parametrize(
    "repeats",
    [
        GRID["repeats"],
        pytest.param({"until": "decided", "up_to": 10, "precision": 0.3}, marks=pytest.mark.slow),
    ],
    ids=["fixed", "until decided"],
)
def test_a_worker_is_killed_and_one_added(write, run, tables, assert_same, cluster, tmp_path, repeats):
    grid = {**GRID, "repeats": repeats}
    path = write(**grid)
    workers = [cluster.worker() for _ in range(3)]
    running = started(path, cluster, tmp_path)
    parts = tmp_path / "dask" / "small" / "parts"
    waited_for(lambda: len(list(parts.glob("trial-*"))) >= 5)
    os.killpg(workers[0].pid, signal.SIGKILL)
    cluster.worker()
    _, stderr = running.communicate(timeout=600)
    assert running.returncode == 0, stderr
    results = albench.open_results(path, results=tmp_path / "dask")
    assert_same(tables(results), tables(run(where="loky", n_jobs=2, **grid)))


def test_the_scheduler_is_lost_and_the_rest_runs_later(write, run, tables, assert_same, cluster, tmp_path):
    path = write(**GRID)
    cluster.worker()
    running = started(path, cluster, tmp_path)
    parts = tmp_path / "dask" / "small" / "parts"
    waited_for(lambda: len(list(parts.glob("trial-*"))) >= 5)
    os.killpg(cluster.scheduler.pid, signal.SIGKILL)
    _, stderr = running.communicate(timeout=300)
    assert running.returncode == 3
    assert "the Dask scheduler is gone" in stderr
    assert "Traceback" not in stderr.partition("error:")[2]
    stamps = {part.name: part.stat().st_mtime_ns for part in parts.glob("trial-*.parquet")}
    results = albench.run(path, results=tmp_path / "dask", n_jobs=2)
    assert stamps.items() <= {part.name: part.stat().st_mtime_ns for part in parts.iterdir()}.items()
    assert_same(tables(results), tables(run(where="loky", n_jobs=2, **GRID)))


def test_arrays_are_sent_to_a_worker_that_does_not_see_them(cluster, tmp_path, monkeypatch):
    """Relative paths: the worker has another working directory."""
    from albench.runner.executors.base import InlineExecutor
    from albench.runner.executors.dask import DaskExecutor
    from albench.runner.worker import FitJob
    from albench.trial.limits import NO_LIMITS

    def sizes(job):
        root = Path(job.arrays)
        files = sorted(path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): path.stat().st_size for path in files}

    monkeypatch.chdir(tmp_path)
    Path("made/a-0/shared").mkdir(parents=True)
    Path("made/a-0/pool.npy").write_bytes(b"x" * 3_000_000)
    Path("made/a-0/shared/more.npy").write_bytes(b"y")
    cluster.worker()
    executor = DaskExecutor(InlineExecutor(), 1, NO_LIMITS, address(cluster))
    sizes_seen = list(
        executor.execute(sizes, [FitJob(number, "made/a-0") for number in range(5)], pytest.fail)
    )
    assert sizes_seen == [{"pool.npy": 3_000_000, "shared/more.npy": 1}] * 5
    assert not list((tmp_path / "workers").rglob("pool.npy")), "the worker keeps nothing of a run"


def test_a_worker_that_may_not_run_trials_says_why(write, cluster, tmp_path):
    cluster.worker("--nthreads", "2")
    running = started(write(), cluster, tmp_path)
    _, stderr = running.communicate(timeout=300)
    assert running.returncode == 3
    assert "has 2 threads" in stderr
    assert "--nthreads 1" in stderr


def test_bad_trials_on_a_local_cluster(run, tables, assert_same, tmp_path):
    """One that ends its process, one that never ends; the others are as they would be alone."""
    shutil.copy(FILES / "bad.py", tmp_path / "bad.py")
    good = ["random", "margin"]
    bad = ["./bad.py:Exits", "./bad.py:LoopsForEver"]
    execution = {"n_jobs": 2, "backend": "dask", "timeout": "30s"}
    mixed = run(where="mixed", strategies=[*good, *bad], execution=execution, repeats=1)
    alone = run(where="alone", strategies=good, repeats=1)
    keys = set(alone.trials["key"])
    frames = tables(mixed)
    assert_same(
        {name: f if name == "references" else f.filter(f["key"].is_in(keys)) for name, f in frames.items()},
        tables(alone),
    )
    statuses = dict(mixed.trials.filter(mixed.trials["status"] != "done")["strategy", "status"].iter_rows())
    assert statuses == {"Exits": "failed", "LoopsForEver": "timeout"}


def test_jobs_that_end_a_worker_at_once_leave_the_others_theirs(tmp_path):
    """One worker, that dies for longer than the cluster would look at it: it must be started each time."""
    from albench.runner.executors.base import InlineExecutor
    from albench.runner.executors.dask import DaskExecutor
    from albench.runner.worker import FitJob
    from albench.trial.limits import NO_LIMITS

    def dies(job):
        if job.task < 0:
            os._exit(1)
        return job.task, "done"

    def lost(job, death):
        return job.task, death.status

    jobs = [FitJob(task, str(tmp_path)) for task in (-1, 1, -2, 2, 3, -3, -4, -5)]
    ends = DaskExecutor(InlineExecutor(), 1, NO_LIMITS, None).execute(dies, jobs, lost)
    assert dict(ends) == {job.task: "done" if job.task > 0 else "failed" for job in jobs}
