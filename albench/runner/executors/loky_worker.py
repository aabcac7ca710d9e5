"""What happens in a worker process of this machine: a job is marked, ends in time, and with its run."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, TypeVar

from albench.runner.executors.watchdog import GRACE_S, Death, begun, ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Job = TypeVar("Job")
Record = TypeVar("Record")

_LOOK_S = 1.0


def start(driver: int) -> None:
    """Make this process one that ends with the process that hands it jobs, and with nothing else.

    Parameters
    ----------
    driver : int
        Its process number.
    """
    # A terminal interrupts all processes at once; the driver decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(driver,), daemon=True).start()


def _end_with(driver: int) -> None:
    import psutil

    # A process whose parent is gone gets another one; where it does not, its number is nobody's by then.
    while os.getppid() == driver and psutil.pid_exists(driver):
        sleep(_LOOK_S)
    os._exit(1)


def on_worker(
    function: Callable[[Job], Record], number: int, job: Job, folder: str, timeout: float | None
) -> tuple[int, Record | Death]:
    """Carry out a job under its mark; one that interrupts itself, as a terminal would, has failed."""
    marks = Path(folder)
    begun(marks, number)
    try:
        with _ended_in_time(timeout):
            return number, function(job)
    except KeyboardInterrupt:
        return number, Death("failed", "it raised KeyboardInterrupt")
    finally:
        ended(marks, number)


@contextmanager
def _ended_in_time(timeout: float | None) -> Iterator[None]:
    """End a job that has outlived its run and holds the interpreter: nobody is there to kill it."""
    if timeout is None:
        yield
        return
    faulthandler.dump_traceback_later(timeout + 2 * GRACE_S, exit=True, file=2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
