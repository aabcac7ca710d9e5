"""Files opened for reading, unpacked within a bound."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from albench.datasets.files.kinds import HEAD_BYTES, describe_kind, guess_wide_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from albench.datasets.where import Where

GIB = 1 << 30


@contextmanager
def open_file(file: Path, limit: int, where: Where) -> Iterator[BinaryIO]:
    """Open a file for reading bytes; one that ends in ``.gz`` is unpacked on the way.

    Parameters
    ----------
    limit : int
        Bytes that an archive may grow to.
    """
    if not is_packed(file):
        with file.open("rb") as plain:
            yield plain
        return
    try:
        with gzip.open(file, "rb") as packed:
            yield cast("BinaryIO", io.BufferedReader(_Bounded(packed, limit, where)))
    except EOFError as error:
        raise where.error("the gzip archive is truncated: it ends before its data do") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        hint = "" if _is_gzip(file) else "; if it was unpacked already, take .gz off its name"
        raise where.error(f"the gzip archive is damaged: {error}{hint}") from error


@contextmanager
def open_text_file(file: Path, limit: int, where: Where, encoding: str = "") -> Iterator[BinaryIO]:
    """Open a file of text as :func:`open_file` does, if it looks like text.

    Parameters
    ----------
    encoding : str
        As declared; empty for a format that is UTF-8 and takes no other.
    """
    with open_file(file, limit, where) as stream:
        head = cast("io.BufferedReader", stream).peek(HEAD_BYTES)[:HEAD_BYTES]
        if kind := describe_kind(head):
            raise where.error(kind)
        is_utf8 = not encoding or codecs.lookup(encoding).name == "utf-8"
        if is_utf8 and (wide := guess_wide_encoding(head)):
            declare = f"declare encoding: {wide}, or " if encoding else ""
            raise where.error(f"it is text in {wide.upper()}: {declare}save it as UTF-8")
        yield stream


def read_text_file(file: Path, limit: int, where: Where, encoding: str = "") -> bytes:
    """Return all bytes of a file of text, unpacked."""
    with open_text_file(file, limit, where, encoding) as stream:
        return stream.read()


def explain_kind(file: Path) -> str:
    """Return what to add to a message about a file that cannot be read."""
    with file.open("rb") as stream:
        kind = describe_kind(stream.read(HEAD_BYTES))
    return f"; {kind}" if kind else ""


def is_packed(file: Path) -> bool:
    """Say whether a file is unpacked when it is opened."""
    return file.suffix == ".gz"


def _is_gzip(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than so many bytes."""

    def __init__(self, stream: gzip.GzipFile, limit: int, where: Where) -> None:
        self._stream, self._limit, self._where = stream, limit, where
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        got = self._stream.read(len(view))
        self._given += len(got)
        if self._given > self._limit:
            raise self._where.error(
                f"the archive grows beyond {format_size(self._limit)}: if that is right, raise max_gib"
            )
        view[: len(got)] = got
        return len(got)


def format_size(n_bytes: float) -> str:
    """Return a number of bytes for people."""
    for unit in ("B", "KiB", "MiB"):
        if n_bytes < 1024:  # noqa: PLR2004 - the step between units
            return f"{n_bytes:.4g} {unit}"
        n_bytes /= 1024
    return f"{n_bytes:.4g} GiB"
