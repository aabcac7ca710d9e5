"""What lies in a results folder is a plain file or a plain folder: nothing else is read or written.

A symbolic link leads out of the folder, and a named pipe makes its reader wait without end. The results
folder itself may be a link, to a disk with more room.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from albench.errors import ResultsError, escape_unprintable

if TYPE_CHECKING:
    from pathlib import Path

FILE, FOLDER = "file", "folder"
_LONGEST_REASON = 200
_KINDS = {
    stat.S_IFREG: FILE,
    stat.S_IFDIR: FOLDER,
    stat.S_IFLNK: "symbolic link",
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
}


def find_kind(path: Path) -> str | None:
    """Return what stands at a path, links not followed; None if nothing does."""
    try:
        return _KINDS.get(stat.S_IFMT(path.lstat().st_mode), "device")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise ResultsError(f"'{format_path(path)}' cannot be read: {explain(error)}") from error


def is_file(file: Path) -> bool:
    """Say whether a plain file is there."""
    return _is_kind(file, FILE)


def is_folder(folder: Path) -> bool:
    """Say whether a plain folder is there."""
    return _is_kind(folder, FOLDER)


def make_folder(folder: Path) -> None:
    """Make a folder within a results folder, unless it is there."""
    if not is_folder(folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResultsError(
                f"cannot write results to '{format_path(folder)}': {explain(error)}"
            ) from error


def list_names(folder: Path) -> list[str]:
    """Return the sorted names of what lies in a folder; none if it is not there.

    Raises
    ------
    ResultsError
        If it may not be read, or something else stands in its place: what cannot be seen is not missing.
    """
    if not is_folder(folder):
        return []
    try:
        return sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ResultsError(f"the folder '{format_path(folder)}' cannot be read: {explain(error)}") from error


def format_path(path: Path) -> str:
    """Return a path as a text that every terminal takes."""
    return escape_unprintable(str(path))


def explain(error: BaseException) -> str:
    """Return what went wrong in a line, without the path."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).partition("\n")[0][:_LONGEST_REASON] or type(error).__name__


def _is_kind(path: Path, kind: str) -> bool:
    there = find_kind(path)
    if there not in (None, kind):
        raise ResultsError(
            f"'{format_path(path)}' is a {there}, not a {kind}: only plain files and folders within a "
            "results folder are read or written; move it elsewhere"
        )
    return there is not None
