"""The folder of prepared arrays: there while a run goes on, and removed by a later run if it was killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from albench.files import acquire_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "albench-run-"
_LOCK = ".lock"
_YOUNG_S = 60.0


@contextmanager
def make_scratch_folder() -> Iterator[Path]:
    """Give a folder for the body, in the system's folder for temporary files (variable TMPDIR)."""
    _remove_abandoned(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        with acquire_lock(folder / _LOCK):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(home: Path) -> None:
    """Remove folders whose run is gone: a lock shows it, whatever container or user a process is in."""
    from filelock import Timeout

    for folder in home.glob(f"{_PREFIX}*"):
        try:
            # A younger one may be about to be locked.
            if not (folder / _LOCK).is_file() or time.time() - folder.stat().st_mtime < _YOUNG_S:
                continue
            with acquire_lock(folder / _LOCK, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except (Timeout, OSError):
            continue
