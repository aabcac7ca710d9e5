"""A check sum in every file of results: one that is not as it was written is named, and never read.

Parquet's readers take what a flipped bit makes of a number for that number. The seal lies between the last
page and the footer, where the format leaves room and no reader looks.
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


def sealed(content: bytes) -> bytes:
    """Return the content of a Parquet file with its seal."""
    footer = len(content) - _END - int.from_bytes(content[-_END : -_END + 4], "little")
    return content[:footer] + _TAG + crc32(content).to_bytes(_SUM, "little") + content[footer:]


def broken(file: Path) -> bool:
    """Say whether a file differs from what was sealed; one without a seal, of an earlier version, does not.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with file.open("rb") as handle:
        if not file.stat().st_size:
            return True
        with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as content:
            at = mapped.rfind(_TAG)
            if at < 0:
                return False
            end = at + len(_TAG) + _SUM
            found = crc32(content[end:], crc32(content[:at])).to_bytes(_SUM, "little")
            return found != mapped[end - _SUM : end]
