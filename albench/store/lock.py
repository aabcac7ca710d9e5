"""One run at a time on a results folder: a lock that the operating system takes back when its holder dies."""

from __future__ import annotations

import json
import os
import platform
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOCK, HOLDER = ".lock", ".holder.json"
_LOOK_S = 0.2


@dataclass(frozen=True)
class Holder:
    """Who works on a folder.

    Attributes
    ----------
    host : str
    pid : int
    since : str
        When it began, UTC.
    """

    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        """Say so in words."""
        return f"process {self.pid} on {self.host}, since {self.since}"


@contextmanager
def locked(folder: Path, waits: Callable[[Holder | None], None]) -> Iterator[None]:
    """Hold a folder for the body; wait for whoever holds it now.

    Parameters
    ----------
    folder : Path
        Made if it is not there. Machines that share it need a file system with locks.
    waits : callable
        Called once if another process holds the folder, with what is known of it.

    Raises
    ------
    ResultsError
        If nothing can be written there.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, poll_interval=_LOOK_S)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waits(holder(folder))
            lock.acquire()
        _write(folder)
    except OSError as error:
        lock.release()
        raise ResultsError(f"cannot write results to '{folder}': {error.strerror or error}") from error
    try:
        yield
    finally:
        # Whatever ended the run must be told, not that its folder has gone.
        with suppress(OSError):
            (folder / HOLDER).unlink()
        lock.release()


def at_work(folder: Path) -> Holder | None:
    """Return who works on a folder now; None if nobody does, or it cannot be told."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / LOCK, timeout=0):
            return None
    except Timeout:
        return holder(folder)
    except OSError:
        return None


def holder(folder: Path) -> Holder | None:
    """Return who said last that it works on a folder; None if nobody does, or does not say so."""
    try:
        return Holder(**json.loads((folder / HOLDER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(folder: Path) -> None:
    now = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    text = json.dumps(asdict(Holder(platform.node(), os.getpid(), now)))
    partial = folder / f"{HOLDER}.{os.getpid()}.partial"
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(folder / HOLDER)
