"""What happens on a worker of a Dask cluster: may it run a trial, where are the arrays, when does it end."""

from __future__ import annotations

import faulthandler
import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

from albench.runner.executors.watchdog import GRACE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from albench.runner.worker import FitJob

TOPIC = "albench-deaths"
_LAST_WORDS_S = 0.5
_NANNY_S = 60.0


@dataclass(frozen=True)
class Lacking:
    """A worker's answer: it does not have the arrays of a split yet."""

    worker: str


@dataclass(frozen=True)
class Refused:
    """A worker's answer: it must not run trials of this run."""

    reason: str


def packed(folder: Path) -> dict[str, bytes]:
    """Read the files of a split, by their paths from the folder above it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder.parent).as_posix(): path.read_bytes() for path in files}


@dataclass(frozen=True)
class Told:
    """What a worker is told with every job: the environment that it must have, the run, the limit of time."""

    fingerprint: str
    name: str
    timeout: float | None


def on_worker(function: Callable[[Any], Any], number: int, job: FitJob, told: Told) -> Any:
    """Carry out a job where it is, or say what is in the way."""
    from distributed import get_worker
    from threadpoolctl import threadpool_limits

    worker = get_worker()
    refused = _refused(worker, told)
    if refused:
        return Refused(refused)
    _known_to_nanny(worker)
    arrays = _seen(Path(job.arrays), _place(worker, told.name))
    if arrays is None:
        return Lacking(worker.address)
    with _ended_in_time(worker, number, told), threadpool_limits(limits=1):
        return function(replace(job, arrays=str(arrays)))


def _refused(worker: Any, told: Told) -> str | None:
    from albench.runner.fingerprint import environment

    if worker.state.nthreads != 1:
        return (
            f"Dask worker {worker.address} has {worker.state.nthreads} threads; "
            "a trial needs a process of its own: start workers with --nthreads 1"
        )
    mine = getattr(worker, "albench_fingerprint", None)
    if mine is None:
        mine = worker.albench_fingerprint = environment()["fingerprint"]
    if mine != told.fingerprint:
        return (
            f"Dask worker {worker.address} has environment {mine}, not {told.fingerprint} as here; "
            "install the same versions of numpy, scipy and scikit-learn on both"
        )
    return None


def _known_to_nanny(worker: Any) -> None:
    """Wait until the nanny has seen this process start: one that ends before that is not started again."""
    from distributed.utils import sync

    if worker.nanny and not getattr(worker, "albench_known", False):
        sync(worker.loop, worker.rpc(worker.nanny).instantiate, callback_timeout=_NANNY_S)
        worker.albench_known = True


def _seen(there: Path, here: Path) -> Path | None:
    """Return where a worker sees the arrays of a split: the driver's files, or what was sent before."""
    received = here / there.name
    return next((path for path in (there, received) if path.is_dir()), None)


@contextmanager
def _ended_in_time(worker: Any, number: int, told: Told) -> Iterator[None]:
    """End the process of a job that does not keep its time; tasks run in a thread that no alarm reaches."""
    if told.timeout is None:
        yield
        return
    reason = f"took longer than {told.timeout:g} s and was killed"
    about = {
        "run": told.name,
        "number": number,
        "status": "timeout",
        "reason": reason,
        "worker": worker.address,
    }

    def end() -> None:
        worker.log_event(TOPIC, about)
        sleep(_LAST_WORDS_S)
        os._exit(1)

    timer = threading.Timer(told.timeout + GRACE_S, end)
    timer.daemon = True
    timer.start()
    # A job that holds the interpreter stops the timer, too, but not this.
    faulthandler.dump_traceback_later(told.timeout + 2 * GRACE_S, exit=True, file=2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        timer.cancel()


def unpack(name: str, files: dict[str, bytes], dask_worker: Any = None) -> None:
    """Write the files of a split on a worker, whole or not at all."""
    place = _place(dask_worker, name)
    split = next(iter(files)).partition("/")[0]
    partial = place / f".{split}.partial"
    for path, content in files.items():
        file = partial / Path(path).relative_to(split)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    if (place / split).is_dir():
        shutil.rmtree(partial)
    else:
        partial.replace(place / split)


def forget(name: str, dask_worker: Any = None) -> None:
    """Remove what a worker was sent for a run."""
    shutil.rmtree(_place(dask_worker, name), ignore_errors=True)


def _place(worker: Any, name: str) -> Path:
    return Path(worker.local_directory) / name
