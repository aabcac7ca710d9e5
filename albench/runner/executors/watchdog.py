"""Which job runs in which process, and the end of processes that do not keep their limits."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from albench.trial.limits import Limits

# The alarm inside the worker comes first. A process that outlives it by this much does not listen; a new
# process needs some of it for its imports.
GRACE_S = 10.0
_LOOK_S = 0.5
_DONE = "done-"


@dataclass(frozen=True)
class Death:
    """Why a worker process is gone.

    Attributes
    ----------
    status : {"failed", "timeout", "memory"}
    reason : str
    """

    status: Literal["failed", "timeout", "memory"]
    reason: str


def begun(folder: Path, number: int) -> None:
    """Say that this process runs a job."""
    partial = folder / f".{number}.{os.getpid()}"
    partial.write_text(str(os.getpid()), encoding="ascii")
    partial.replace(folder / str(number))


def ended(folder: Path, number: int) -> None:
    """Say that a job is done; its record is still to arrive, and its process may die of it meanwhile."""
    with suppress(FileNotFoundError):
        (folder / str(number)).replace(folder / f"{_DONE}{number}")


def received(folder: Path, number: int) -> None:
    """Forget a job whose record is here."""
    (folder / f"{_DONE}{number}").unlink(missing_ok=True)


def running(folder: Path) -> dict[int, int]:
    """Return the process of every job that is marked as running."""
    found = {}
    for file in folder.glob("[0-9]*"):
        # A job may end between the listing and the reading.
        with suppress(FileNotFoundError):
            found[int(file.name)] = int(file.read_text(encoding="ascii"))
    return found


def clear(folder: Path) -> set[int]:
    """Take away the marks that dead processes left; return their jobs.

    A mark that stays would be looked at again, and its process number may be another program's by then.
    """
    left = [*folder.glob("[0-9]*"), *folder.glob(f"{_DONE}*")]
    for file in left:
        file.unlink(missing_ok=True)
    return {int(file.name.removeprefix(_DONE)) for file in left}


class Watchdog:
    """Looks at the marks of running jobs from a thread, and kills processes that break a limit.

    Parameters
    ----------
    folder : Path
        Where jobs mark themselves.
    limits : Limits
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder = folder
        self._limits = limits
        self._seen: dict[tuple[int, int], float] = {}
        self._over = threading.Event()
        self.deaths: dict[int, Death] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch while the body runs; without limits there is nothing to watch."""
        if not self._limits:
            yield
            return
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
            self._over.clear()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_S):
            for number, process in running(self.folder).items():
                death = self._broken(number, process)
                if death is not None:
                    self.deaths[number] = death
                    with suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)

    def _broken(self, number: int, process: int) -> Death | None:
        """Say which limit a job breaks; its time counts from when it was first seen, on a steady clock."""
        since = self._seen.setdefault((number, process), time.monotonic())
        timeout, memory = self._limits.timeout, self._limits.memory
        if timeout is not None and time.monotonic() - since > timeout + GRACE_S:
            return Death("timeout", f"took longer than {timeout:g} s and was killed")
        if memory is not None and _resident(process) > memory:
            return Death("memory", f"took more than {memory / 2**20:.0f} MiB and was killed")
        return None


def _resident(process: int) -> int:
    """Return the resident bytes of a process without the files it maps; 0 if it is gone."""
    import psutil

    try:
        found = psutil.Process(process).memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(found.rss - getattr(found, "shared", 0))
