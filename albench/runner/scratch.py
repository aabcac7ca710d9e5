"""The folder of prepared arrays: there while a run goes on, and removed by a later run if it was killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "albench-run-"
_LOCK = ".lock"
_YOUNG_S = 60.0


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder for the body, in the system's folder for temporary files (variable TMPDIR)."""
    from filelock import FileLock

    _remove_abandoned(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = FileLock(folder / _LOCK)
    lock.acquire()
    try:
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(home: Path) -> None:
    """Remove folders that nobody holds: a lock tells, whatever container or user a process is in."""
    from filelock import FileLock, Timeout

    for folder in home.glob(f"{_PREFIX}*"):
        try:
            # A younger one may be about to be held.
            if not (folder / _LOCK).is_file() or time.time() - folder.stat().st_mtime < _YOUNG_S:
                continue
            with FileLock(folder / _LOCK, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except (Timeout, OSError):
            continue
