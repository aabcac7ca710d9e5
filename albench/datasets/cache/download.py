"""Single files that were downloaded, known by their checksum."""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from glob import escape
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

from albench.datasets.cache.cache_folder import compute_checksum, create_entry, get_cache_folder, lock_entry
from albench.datasets.files.open import format_size, open_file
from albench.datasets.where import Where
from albench.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable

MIRROR = "ALBENCH_MIRROR"
_TIMEOUT = 60
_BLOCK = 1 << 20


def find_cached_file(url: str, sha256: str) -> Path | None:
    """Return the downloaded file of this checksum; None if there is none."""
    file = _get_entry_folder(sha256) / _name(url)
    return file if file.is_file() else None


def fetch_file(url: str, sha256: str, limit: int, *, name: str = "") -> Path:
    """Download a file into the cache, or copy it from the mirror folder ``$ALBENCH_MIRROR`` or one below it.

    A file that is there is kept if its checksum is right.

    Parameters
    ----------
    sha256 : str
        Checksum that it must have.
    limit : int
        Bytes that it may have.
    name : str
        What the file may be called in the mirror folder besides its name in ``url``; of either name a file
        with ``.gz`` behind it is unpacked.

    Raises
    ------
    DatasetError
        If the server does not answer, stops in the middle, or sends too much or something else; then nothing
        is left in the cache.
    """
    target = _get_entry_folder(sha256)
    with lock_entry(target.with_suffix(".lock")):
        file = find_cached_file(url, sha256)
        if file is None or compute_checksum(file) != sha256:
            with create_entry(target) as folder:
                _save(url, sha256, limit, folder / _name(url), _find_in_mirror(url, name))
            file = target / _name(url)
    return file


def _find_in_mirror(url: str, name: str) -> Path | None:
    """Return the file in or below the mirror folder that stands for a download; None if there is none."""
    mirror = os.environ.get(MIRROR)
    if not mirror:
        return None
    names = [base + end for base in (_name(url), name) if base for end in ("", ".gz")]
    direct = [Path(mirror, each) for each in names]
    below = (file for each in names for file in sorted(Path(mirror).rglob(escape(each))))
    return next((file for file in chain(direct, below) if file.is_file()), None)


def _save(url: str, sha256: str, limit: int, file: Path, mirrored: Path | None) -> None:
    if mirrored is not None:
        unpacked = mirrored.name.endswith(".gz") and not file.name.endswith(".gz")
        packed = open_file(mirrored, limit, Where(str(mirrored))) if unpacked else mirrored.open("rb")
        with packed as stream:
            actual, expected = _copy_stream(stream, file, limit, str(mirrored)), None
    else:
        actual, expected = _download(url, file, limit)
    size = file.stat().st_size
    if expected is not None and size != expected:
        raise DatasetError(
            f"{url}: the connection broke after {format_size(size)} of {format_size(expected)}"
        )
    if actual != sha256:
        raise DatasetError(f"{url}: what came has sha256 {actual}, the spec declares {sha256}")


def _download(url: str, file: Path, limit: int) -> tuple[str, int | None]:
    request = urllib.request.Request(url, headers={"User-Agent": "albench"})  # noqa: S310 - http(s) by pattern
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            length = answer.headers.get("Content-Length")
            return _copy_stream(answer, file, limit, url), int(length) if length else None
    except urllib.error.HTTPError as error:
        raise DatasetError(f"{url}: the server answers {error.code} {error.reason}") from error
    except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        mirror = os.environ.get(MIRROR)
        also = f"; it is not in '{mirror}' either" if mirror else ""
        raise DatasetError(f"{url}: cannot be downloaded: {reason}{also}") from error


def _copy_stream(stream: BinaryIO, file: Path, limit: int, name: str) -> str:
    """Copy a stream to a file within a bound; return the checksum."""
    digest, size = hashlib.sha256(), 0
    read: Callable[[int], bytes] = stream.read
    with file.open("xb") as out:
        while block := read(_BLOCK):
            size += len(block)
            if size > limit:
                raise DatasetError(
                    f"{name}: grows beyond {format_size(limit)}: if that is right, raise max_gib"
                )
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def _get_entry_folder(sha256: str) -> Path:
    return get_cache_folder() / "files" / sha256


def _name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name or "file"
