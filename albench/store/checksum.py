"""A checksum in every Parquet file of results: a file that is not as it was written is named, and never read.

A reader of Parquet does not notice a flipped bit in a number. The checksum lies between the last page and the
footer, where the format leaves room and no reader looks. Before it stands the name that the file was written
under, if its rows were checked then: no reader needs to check them again.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    from pathlib import Path

_TAG = b"albench seal"
_CHECKED = b"\nalbench rows "
_LONGEST_NAME = 200
_SUM = 4
# The length of the footer and the magic number end every file.
_END = 8


class Integrity(NamedTuple):
    """What the checksum of a file says.

    Attributes
    ----------
    is_damaged : bool
        Whether the file differs from what was written; one of an early version, without checksum, does not.
    checked_name : str
        Name, without suffix, under which it was written with rows that were checked; empty if they were not.
    """

    is_damaged: bool
    checked_name: str


def add_checksum(content: bytes, checked_name: str = "") -> bytes:
    """Return the content of a file with its checksum, and the name that its rows were checked under."""
    footer = len(content) - _END - int.from_bytes(content[-_END : -_END + 4], "little")
    start = content[:footer] + (_CHECKED + checked_name.encode() + b"\n" if checked_name else b"")
    end = content[footer:]
    return start + _TAG + crc32(end, crc32(start)).to_bytes(_SUM, "little") + end


def check_integrity(file: Path) -> Integrity:
    """Compare a file with its checksum."""
    with file.open("rb") as handle:
        if not file.stat().st_size:
            return Integrity(is_damaged=True, checked_name="")
        with (
            mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapping,
            memoryview(mapping) as content,
        ):
            at = mapping.rfind(_TAG)
            if at < 0:
                return Integrity(is_damaged=False, checked_name="")
            end = at + len(_TAG) + _SUM
            checksum = crc32(content[end:], crc32(content[:at])).to_bytes(_SUM, "little")
            if checksum != mapping[end - _SUM : end]:
                return Integrity(is_damaged=True, checked_name="")
            _, mark, name = mapping[max(0, at - _LONGEST_NAME) : at].rpartition(_CHECKED)
            return Integrity(
                is_damaged=False, checked_name=name[:-1].decode(errors="replace") if mark else ""
            )


def is_damaged(file: Path) -> bool:
    """Say whether a file differs from what was written."""
    return check_integrity(file).is_damaged
