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
from albench.store.plain_files import FILE, find_kind, is_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOCK, HOLDER = ".lock", ".holder.json"


@dataclass(frozen=True)
class LockHolder:
    """Who works on a folder.

    Attributes
    ----------
    since : str
        When it began, UTC.
    task : str
        What it does: ``run`` or ``merge``.
    """

    host: str
    pid: int
    since: str
    task: str = "run"

    def __str__(self) -> str:
        """Say so in words."""
        return f"process {self.pid} on {self.host}, since {self.since}"


@contextmanager
def hold_lock(
    folder: Path, on_wait: Callable[[LockHolder | None], None], *, task: str = "run"
) -> Iterator[None]:
    """Keep other processes off a folder during the body; wait for the one that works on it now.

    Parameters
    ----------
    folder : Path
        Made if it is not there. Machines that share it need a file system with locks.
    on_wait : callable
        Called once if another process holds the lock, with what is known of that process.
    task : str
        What others are told that this process does.
    """
    from filelock import Timeout

    # A lock that is a link would be one on another folder.
    is_file(folder / LOCK)
    with ExitStack() as stack:
        try:
            try:
                lock = acquire_lock(folder / LOCK, timeout=0)
            except Timeout:
                on_wait(read_holder(folder))
                lock = acquire_lock(folder / LOCK)
            stack.enter_context(lock)
            _write_holder(folder, task)
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
        if find_kind(folder / LOCK) != FILE:
            return None
        with acquire_lock(folder / LOCK, timeout=0):
            return None
    except Timeout:
        return read_holder(folder)
    except (ResultsError, OSError):
        return None


def read_holder(folder: Path) -> LockHolder | None:
    """Return the process that last wrote that it works on a folder; None if that cannot be read."""
    try:
        if find_kind(folder / HOLDER) != FILE:
            return None
        content = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        host, pid, since = str(content["host"]), int(content["pid"]), str(content["since"])
        return LockHolder(host, pid, since, str(content.get("task", "run")))
    except (ResultsError, OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _write_holder(folder: Path, task: str) -> None:
    now = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    text = json.dumps(asdict(LockHolder(platform.node(), os.getpid(), now, task)))
    # Not durable: after a crash of the machine nobody works on the folder.
    with replace_file(folder / HOLDER, is_durable=False) as handle:
        handle.write(f"{text}\n".encode())
