"""One run at a time on a results folder: a lock that the operating system takes back when its holder dies."""

from __future__ import annotations

import json
import os
import platform
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.files import acquire_lock, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOCK, HOLDER = ".lock", ".holder.json"


@dataclass(frozen=True)
class LockHolder:
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
def hold_lock(folder: Path, on_wait: Callable[[LockHolder | None], None]) -> Iterator[None]:
    """Keep other processes off a folder during the body; wait for the one that works on it now.

    Parameters
    ----------
    folder : Path
        Made if it is not there. Machines that share it need a file system with locks.
    on_wait : callable
        Called once if another process holds the lock, with what is known of that process.

    Raises
    ------
    ResultsError
        If nothing can be written there.
    """
    from filelock import Timeout

    with ExitStack() as stack:
        try:
            try:
                lock = acquire_lock(folder / LOCK, timeout=0)
            except Timeout:
                on_wait(read_holder(folder))
                lock = acquire_lock(folder / LOCK)
            stack.enter_context(lock)
            _write_holder(folder)
        except OSError as error:
            raise ResultsError(f"cannot write results to '{folder}': {error.strerror or error}") from error
        try:
            yield
        finally:
            # The user must see what ended the run, not that its folder has gone.
            with suppress(OSError):
                (folder / HOLDER).unlink()


def find_holder(folder: Path) -> LockHolder | None:
    """Return who works on a folder now; None if nobody does, or it cannot be found out."""
    from filelock import Timeout

    try:
        with acquire_lock(folder / LOCK, timeout=0):
            return None
    except Timeout:
        return read_holder(folder)
    except OSError:
        return None


def read_holder(folder: Path) -> LockHolder | None:
    """Return the process that last wrote that it works on a folder; None if that cannot be read."""
    try:
        return LockHolder(**json.loads((folder / HOLDER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write_holder(folder: Path) -> None:
    now = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    text = json.dumps(asdict(LockHolder(platform.node(), os.getpid(), now)))
    # Not durable: after a crash of the machine nobody works on the folder.
    with replace_file(folder / HOLDER, is_durable=False) as handle:
        handle.write(f"{text}\n".encode())
