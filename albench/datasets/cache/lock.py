"""One process at a time: a lock that the operating system takes back when its holder dies."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from albench.datasets.cache.place import disk_trouble_told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an exclusive lock on ``file``, which is made if it is not there and stays; wait for it.

    Parameters
    ----------
    file : Path
        Its folder is made, too.

    Raises
    ------
    DatasetError
        If it cannot be made.
    """
    from filelock import FileLock

    lock = FileLock(file)
    with disk_trouble_told():
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
