"""A checksum in every Parquet file of results: a file that is not as it was written is named, and never read.

A reader of Parquet does not notice a flipped bit in a number. The checksum lies between the last page and the
footer, where the format leaves room and no reader looks.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from pathlib import Path

_TAG = b"albench seal"
_SUM = 4
# The length of the footer and the magic number end every file.
_END = 8


def add_checksum(content: bytes) -> bytes:
    """Return the content of a Parquet file with its checksum."""
    footer = len(content) - _END - int.from_bytes(content[-_END : -_END + 4], "little")
    return content[:footer] + _TAG + crc32(content).to_bytes(_SUM, "little") + content[footer:]


def is_damaged(file: Path) -> bool:
    """Say whether a file differs from what was written; one of an early version, without checksum, does not.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with file.open("rb") as handle:
        if not file.stat().st_size:
            return True
        with (
            mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapping,
            memoryview(mapping) as content,
        ):
            at = mapping.rfind(_TAG)
            if at < 0:
                return False
            end = at + len(_TAG) + _SUM
            checksum = crc32(content[end:], crc32(content[:at])).to_bytes(_SUM, "little")
            return checksum != mapping[end - _SUM : end]
