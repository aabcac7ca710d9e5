"""What was written and must still be there after a crash of the machine."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def synced(path: Path) -> None:
    """Wait until the content of a file, or the names in a folder, have reached the disk."""
    is_folder = path.is_dir()
    if is_folder and os.name == "nt":  # Windows cannot open a folder to sync it.
        return
    handle = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def written(file: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name when it is whole, also after a crash of the machine.

    Raises
    ------
    ResultsError
        If the disk is full, read-only or gone; nothing of the file stays.
    """
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with trouble_told(file):
            with partial.open("wb") as handle:
                yield handle
                handle.flush()
                os.fsync(handle.fileno())
            partial.replace(file)
            synced(file.parent)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


@contextmanager
def trouble_told(file: Path) -> Iterator[None]:
    """Say in a sentence that a file cannot be written: to Polars, which knows no errno, all trouble is one.

    Raises
    ------
    ResultsError
        In place of the system's error, or of the one that Polars makes of it.
    """
    from polars.exceptions import ComputeError

    try:
        yield
    except (OSError, ComputeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ResultsError(
            f"cannot write '{file}': {why}. What was finished before is kept: when there is room again, "
            "the same command goes on"
        ) from error
