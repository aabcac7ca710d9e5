"""Where downloads are kept, and how they get there without ever being half written."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from albench.errors import DatasetError
from albench.files import acquire_lock, sync_path

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "ALBENCH_CACHE"


def get_cache_folder() -> Path:
    """Return the folder of the cache: ``$ALBENCH_CACHE``, or the platform's place for caches."""
    declared = os.environ.get(VARIABLE)
    if declared:
        return Path(declared)
    import platformdirs

    return Path(platformdirs.user_cache_dir("albench", appauthor=False))


def compute_checksum(file: Path) -> str:
    """Return the SHA-256 of a file."""
    import hashlib

    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def create_entry(target: Path) -> Iterator[Path]:
    """Give an empty folder that becomes ``target``, on the disk, if all goes well, and is removed if not."""
    with create_temporary_folder(target.parent, ".new-") as scratch:
        yield scratch
        for path in (*scratch.iterdir(), scratch):
            sync_path(path)
        if target.exists():
            shutil.rmtree(target)
        scratch.rename(target)
        sync_path(target.parent)


@contextmanager
def create_temporary_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give an empty folder of the cache that is removed afterwards, unless it was renamed."""
    with describe_disk_errors():
        parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def describe_disk_errors() -> Iterator[None]:
    """Say in a sentence that the disk is full or the cache cannot be written.

    Raises
    ------
    DatasetError
        In place of the system's error.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        reason = "the disk is full" if error.errno in _FULL else (error.strerror or str(error)).lower()
        raise DatasetError(
            f"cannot write to the cache {get_cache_folder()}: {reason}; "
            f"${VARIABLE} or --cache puts it elsewhere"
        ) from error


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DISK = (*_FULL, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


@contextmanager
def lock_entry(file: Path) -> Iterator[None]:
    """Hold an exclusive lock on ``file``, which is made if it is not there and stays; wait for it.

    Parameters
    ----------
    file : Path
        Its folder is made, too.
    """
    with describe_disk_errors():
        lock = acquire_lock(file)
    with lock:
        yield
