"""One process at a time: a lock that the operating system takes back when its holder dies."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from albench.datasets.cache.place import disk_trouble_told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE = 0.05


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
    with disk_trouble_told():
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = file.open("ab")
    with opened as stream:
        while not _taken(stream):
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            _given_back(stream)


if sys.platform == "win32":
    import msvcrt

    def _taken(stream: BinaryIO) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _given_back(stream: BinaryIO) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _taken(stream: BinaryIO) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _given_back(stream: BinaryIO) -> None:
        fcntl.flock(stream, fcntl.LOCK_UN)
