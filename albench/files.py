"""Files that appear whole or not at all and survive a crash, locks between processes, disk trouble."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from albench.errors import ResultsError, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

_POLL_S = 0.2
_LONGEST_REASON = 300


def explain_lookup(path: Path) -> str:
    """Return why the system cannot look for a file of that name, rather than not find it; empty if it can."""
    try:
        path.resolve()
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"cannot be looked for: {(error.strerror or str(error)).lower()}"
    except (ValueError, RuntimeError) as error:  # A NUL byte; a link to itself.
        return f"cannot be looked for: {clean_text(str(error), _LONGEST_REASON)}"
    return ""


def sync_path(path: Path) -> None:
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
def write_file(file: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name when it is whole, also after a crash of the machine.

    Raises
    ------
    ResultsError
        If the disk is full, read-only or gone; nothing of the file stays.
    """
    with explain_disk_trouble(file), replace_file(file) as handle:
        yield handle


@contextmanager
def replace_file(file: Path, *, is_durable: bool = True) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name, or the place of an older one, when it is whole.

    Parameters
    ----------
    is_durable : bool
        Whether it must be there after a crash of the machine; of the process, it is in any case.

    Raises
    ------
    OSError
        If it cannot be written; nothing of the file stays.
    """
    # The process in its name: two writers of one file do not write into one another's.
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with _open_new(partial) as handle:
            yield handle
            if is_durable:
                # The content before the name: else a crash could leave the name of an empty file.
                handle.flush()
                os.fsync(handle.fileno())
        partial.replace(file)
        if is_durable:
            sync_path(file.parent)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


def _open_new(file: Path) -> BinaryIO:
    """Open a new file: what lies there is of a process with the same number, or a link to elsewhere."""
    with suppress(FileExistsError):
        return file.open("xb")
    file.unlink()
    return file.open("xb")


@contextmanager
def explain_disk_trouble(file: Path) -> Iterator[None]:
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
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ResultsError(
            f"cannot write '{file}': {reason}. What was finished before is kept: when it can be written, "
            "the same command goes on"
        ) from error


def acquire_lock(file: Path, *, timeout: float = -1) -> AbstractContextManager[object]:
    """Lock a file, and return a context whose end unlocks it; the system unlocks it if the process dies.

    Parameters
    ----------
    file : Path
        Made with its folder if it is not there; it stays.
    timeout : float
        Seconds to wait for another process; for ever if negative.

    Raises
    ------
    filelock.Timeout
        If another process holds it for longer.
    OSError
        If it cannot be made.
    """
    from filelock import FileLock

    file.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(file, poll_interval=_POLL_S).acquire(timeout=timeout)
