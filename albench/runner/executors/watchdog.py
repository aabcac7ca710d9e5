"""Which job runs in which process, and the end of processes that do not keep their limits."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from albench.files import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from albench.trial.limits import Limits

# The alarm inside the worker comes first. A process that outlives it by this much ignores it; a new process
# needs some of this time for its imports.
GRACE_S = 10.0
_POLL_S = 0.5
_DONE = "done-"


@dataclass(frozen=True)
class Death:
    """Why a worker process is gone.

    Attributes
    ----------
    is_certain : bool
        False if another job that the process had run before may be to blame.
    """

    status: Literal["failed", "timeout", "memory"]
    reason: str
    is_certain: bool = True


class RunningJob(NamedTuple):
    """Where a job runs, and whether its process had run others before."""

    process: int
    is_first: bool


def mark_running(folder: Path, number: int, *, is_first: bool) -> None:
    """Mark a job as running in this process."""
    with replace_file(folder / str(number), is_durable=False) as handle:
        handle.write(f"{os.getpid()} {int(is_first)}".encode())


def mark_done(folder: Path, number: int) -> None:
    """Mark a job as done; its record is still to arrive, and its process may die of it meanwhile."""
    with suppress(FileNotFoundError):
        (folder / str(number)).replace(folder / f"{_DONE}{number}")


def remove_mark(folder: Path, number: int) -> None:
    """Remove the mark of a job whose record is here."""
    (folder / f"{_DONE}{number}").unlink(missing_ok=True)


def list_running(folder: Path) -> dict[int, RunningJob]:
    """Return every job that is marked as running, by number."""
    jobs = {}
    for file in folder.glob("[0-9]*"):
        # A job may end between the listing and the reading.
        with suppress(FileNotFoundError):
            process, is_first = file.read_text(encoding="ascii").split()
            jobs[int(file.name)] = RunningJob(int(process), is_first == "1")
    return jobs


def clear_marks(folder: Path) -> set[int]:
    """Remove the marks that dead processes left; return their jobs.

    A mark that stays would be looked at again, and its process number may be another program's by then.
    """
    marks = [*folder.glob("[0-9]*"), *folder.glob(f"{_DONE}*")]
    for file in marks:
        file.unlink(missing_ok=True)
    return {int(file.name.removeprefix(_DONE)) for file in marks}


@contextmanager
def exit_after_timeout(timeout: float | None) -> Iterator[None]:
    """End this process if its job holds the interpreter for longer, where no thread gets a turn.

    It is the last resort, for a job that has outlived its run: nobody else is there to kill it.
    """
    if timeout is None:
        yield
        return
    faulthandler.dump_traceback_later(timeout + 2 * GRACE_S, exit=True, file=2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


class Watchdog:
    """Looks at the marks of running jobs from a thread, and kills processes that break a limit."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder = folder
        self._limits = limits
        self._first_seen: dict[tuple[int, int], float] = {}
        self._stop_event = threading.Event()
        self.deaths: dict[int, Death] = {}

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch while the body runs; without limits there is nothing to watch."""
        if not self._limits:
            yield
            return
        thread = threading.Thread(target=self._poll, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop_event.set()
            thread.join()
            self._stop_event.clear()

    def _poll(self) -> None:
        while not self._stop_event.wait(_POLL_S):
            for number, running in list_running(self.folder).items():
                death = self._find_broken_limit(number, running)
                if death is not None:
                    self.deaths[number] = death
                    with suppress(ProcessLookupError):
                        os.kill(running.process, signal.SIGKILL)

    def _find_broken_limit(self, number: int, running: RunningJob) -> Death | None:
        """Return the limit that a job breaks; its time counts from its first mark, on a steady clock."""
        since = self._first_seen.setdefault((number, running.process), time.monotonic())
        timeout, memory = self._limits.timeout, self._limits.memory
        if timeout is not None and time.monotonic() - since > timeout + GRACE_S:
            return Death("timeout", f"took longer than {timeout:g} s and was killed")
        if memory is not None and _get_resident_bytes(running.process) > memory:
            reason = f"took more than {memory / 2**20:.0f} MiB and was killed"
            return Death("memory", reason, is_certain=running.is_first)
        return None


def _get_resident_bytes(process: int) -> int:
    """Return the resident bytes of a process without the files it maps; 0 if it is gone."""
    import psutil

    try:
        memory = psutil.Process(process).memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(memory.rss - getattr(memory, "shared", 0))
