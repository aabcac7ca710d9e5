"""A worker process of this machine: its jobs are marked while they run, and it ends with the run."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, TypeVar

from albench.runner.executors.watchdog import Death, exit_after_timeout, mark_done, mark_running

if TYPE_CHECKING:
    from collections.abc import Callable

Job = TypeVar("Job")
Record = TypeVar("Record")

_POLL_S = 1.0


def start_worker(driver: int) -> None:
    """Make this process end with the driver, which submits its jobs, and with nothing else.

    Parameters
    ----------
    driver : int
        Its process number.
    """
    # A terminal interrupts all processes at once; the driver decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_driver, args=(driver,), daemon=True).start()


def _exit_with_driver(driver: int) -> None:
    import psutil

    # A process whose parent is gone gets another one; where it does not, its number is nobody's by then.
    while os.getppid() == driver and psutil.pid_exists(driver):
        sleep(_POLL_S)
    os._exit(1)


def run_on_worker(
    function: Callable[[Job], Record], number: int, job: Job, folder: str, timeout: float | None
) -> tuple[int, Record | Death]:
    """Run a job that is marked as running; one that interrupts itself, as a terminal would, has failed."""
    marks = Path(folder)
    mark_running(marks, number)
    try:
        with exit_after_timeout(timeout):
            return number, function(job)
    except KeyboardInterrupt:
        return number, Death("failed", "it raised KeyboardInterrupt")
    finally:
        mark_done(marks, number)
