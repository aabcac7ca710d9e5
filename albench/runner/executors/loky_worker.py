"""A worker process of this machine: its jobs are marked while they run, and it ends with the run."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, TypeVar

from albench.runner.executors import replacement
from albench.runner.executors.watchdog import Death, exit_after_timeout, mark_done, mark_running

if TYPE_CHECKING:
    from collections.abc import Callable

Job = TypeVar("Job")
Record = TypeVar("Record")

SAFE_PATH = "PYTHONSAFEPATH"
RUN_VARIABLE = "ALBENCH_RUN"
_POLL_S = 1.0


@dataclass(frozen=True)
class Declined:
    """A worker's answer: it is about to be replaced, and another one is to run the job."""


@dataclass(frozen=True)
class OutOfMemory:
    """A worker's answer: a job broke its limit of memory where others had run before it."""


def set_safe_path(value: str | None) -> None:
    """Set or unset the variable that keeps the working directory out of the path of modules."""
    os.environ.pop(SAFE_PATH, None)
    if value is not None:
        os.environ[SAFE_PATH] = value


def start_worker(driver: int, safe_path: str | None) -> None:
    """Make this process end with the driver, which submits its jobs, and with nothing else.

    Parameters
    ----------
    driver : int
        Its process number.
    safe_path : str or None
        The variable as it was in the driver: it is set for the start of this process alone.
    """
    set_safe_path(safe_path)
    # A terminal interrupts all processes at once; the driver decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_driver, args=(driver,), daemon=True).start()


def kill_descendants(run_id: str) -> None:
    """Kill processes that workers have started: children of theirs, and what these have left to others."""
    import psutil

    killed = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            # A child of this process is loky's own; the workers are dead by now.
            if process.ppid() != os.getpid() and process.environ().get(RUN_VARIABLE) == run_id:
                process.kill()
                killed.append(process)
    psutil.wait_procs(killed, timeout=_POLL_S)


def _exit_with_driver(driver: int) -> None:
    import psutil

    # A process whose parent is gone gets another one; where it does not, its number is nobody's by then.
    while os.getppid() == driver and psutil.pid_exists(driver):
        sleep(_POLL_S)
    os._exit(1)


def run_on_worker(
    function: Callable[[Job], Record], number: int, job: Job, folder: str, timeout: float | None
) -> tuple[int, Record | Death | Declined | OutOfMemory]:
    """Run a job that is marked as running; one that interrupts itself, as a terminal would, has failed."""
    if replacement.declines_job():
        return number, Declined()
    marks = Path(folder)
    is_first = replacement.count_job() == 1
    mark_running(marks, number, is_first=is_first)
    try:
        with exit_after_timeout(timeout):
            record = function(job)
    except KeyboardInterrupt:
        return number, Death("failed", "it raised KeyboardInterrupt")
    finally:
        mark_done(marks, number)
    replacement.replace_after(record)
    # What earlier jobs have left in the memory counts, too.
    if getattr(record, "status", "done") == "memory" and not is_first:
        return number, OutOfMemory()
    return number, record
