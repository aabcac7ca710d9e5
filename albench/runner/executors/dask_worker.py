"""A job on a worker of a Dask cluster: whether it may run there, where its arrays are, and its timeout."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

from albench.runner.executors.watchdog import GRACE_S, exit_after_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from albench.runner.worker import FitJob

TOPIC = "albench-deaths"
_LAST_WORDS_S = 0.5
_NANNY_S = 60.0


@dataclass(frozen=True)
class MissingArrays:
    """A worker's answer: it does not have the arrays of a split yet."""

    worker: str


@dataclass(frozen=True)
class Refusal:
    """A worker's answer: it must not run trials of this run."""

    reason: str


def pack_folder(folder: Path) -> dict[str, bytes]:
    """Read the files of a split, by their paths from the folder above it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder.parent).as_posix(): path.read_bytes() for path in files}


@dataclass(frozen=True)
class RunInfo:
    """Sent to a worker with every job: the environment that it must have, the run, the timeout."""

    fingerprint: str
    name: str
    timeout: float | None


def run_on_worker(function: Callable[[Any], Any], number: int, job: FitJob, run_info: RunInfo) -> Any:
    """Run a job on the worker where it is, or return why it cannot run."""
    from distributed import get_worker
    from threadpoolctl import threadpool_limits

    worker = get_worker()
    refusal = _find_refusal(worker, run_info)
    if refusal:
        return Refusal(refusal)
    _wait_for_nanny(worker)
    arrays = _find_arrays(Path(job.arrays), _get_run_folder(worker, run_info.name))
    if arrays is None:
        return MissingArrays(worker.address)
    with _enforce_timeout(worker, number, run_info), threadpool_limits(limits=1):
        return function(replace(job, arrays=str(arrays)))


def _find_refusal(worker: Any, run_info: RunInfo) -> str | None:
    from albench.runner.fingerprint import describe_environment

    if worker.state.nthreads != 1:
        return (
            f"Dask worker {worker.address} has {worker.state.nthreads} threads; "
            "a trial needs a process of its own: start workers with --nthreads 1"
        )
    fingerprint = getattr(worker, "albench_fingerprint", None)
    if fingerprint is None:
        fingerprint = worker.albench_fingerprint = describe_environment()["fingerprint"]
    if fingerprint != run_info.fingerprint:
        return (
            f"Dask worker {worker.address} has environment {fingerprint}, not {run_info.fingerprint} "
            "as here; install the same versions of numpy, scipy and scikit-learn on both"
        )
    return None


def _wait_for_nanny(worker: Any) -> None:
    """Wait until the nanny has seen this process start: one that ends before that is not started again."""
    from distributed.utils import sync

    if worker.nanny and not getattr(worker, "albench_known", False):
        sync(worker.loop, worker.rpc(worker.nanny).instantiate, callback_timeout=_NANNY_S)
        worker.albench_known = True


def _find_arrays(sent: Path, run_folder: Path) -> Path | None:
    """Return where a worker sees the arrays of a split: the driver's files, or files sent before."""
    copy = run_folder / sent.name
    return next((path for path in (sent, copy) if path.is_dir()), None)


@contextmanager
def _enforce_timeout(worker: Any, number: int, run_info: RunInfo) -> Iterator[None]:
    """End the process of a job that does not keep its time; tasks run in a thread that no alarm reaches."""
    if run_info.timeout is None:
        yield
        return
    reason = f"took longer than {run_info.timeout:g} s and was killed"
    details = {
        "run": run_info.name,
        "number": number,
        "status": "timeout",
        "reason": reason,
        "worker": worker.address,
    }

    def end_process() -> None:
        worker.log_event(TOPIC, details)
        sleep(_LAST_WORDS_S)
        os._exit(1)

    timer = threading.Timer(run_info.timeout + GRACE_S, end_process)
    timer.daemon = True
    timer.start()
    try:
        # A job that holds the interpreter stops the timer, too, but not this.
        with exit_after_timeout(run_info.timeout):
            yield
    finally:
        timer.cancel()


def unpack_files(name: str, files: dict[str, bytes], dask_worker: Any = None) -> None:
    """Write the files of a split on a worker, whole or not at all."""
    run_folder = _get_run_folder(dask_worker, name)
    split = next(iter(files)).partition("/")[0]
    partial = run_folder / f".{split}.partial"
    for path, content in files.items():
        file = partial / Path(path).relative_to(split)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    if (run_folder / split).is_dir():
        shutil.rmtree(partial)
    else:
        partial.replace(run_folder / split)


def remove_files(name: str, dask_worker: Any = None) -> None:
    """Remove the files that a worker was sent for a run."""
    shutil.rmtree(_get_run_folder(dask_worker, name), ignore_errors=True)


def _get_run_folder(worker: Any, name: str) -> Path:
    return Path(worker.local_directory) / name
