"""What a file is by its first bytes, where it is not what its source reads."""

from __future__ import annotations

import re

HEAD_BYTES = 512

_UNPACK = "unpack it, and name the file in it"
_PACK_AGAIN = "unpack it, or pack it by gzip (.gz)"
_SAVE_CSV = "save its table as CSV"
_KINDS = tuple(
    (re.compile(beginning, re.DOTALL), kind, advice)
    for beginning, kind, advice in (
        (rb"PK\x03\x04.*(\[Content_Types\]\.xml|docProps/|xl/)", "a workbook of Excel", _SAVE_CSV),
        (rb"PK\x03\x04.*opendocument", "a document of OpenDocument", _SAVE_CSV),
        (rb"PK\x03\x04.*\.npy", "an archive of numpy", "declare npz"),
        (rb"PK\x03\x04", "a zip archive", _UNPACK),
        (rb"PK\x05\x06", "an empty zip archive", "look where it comes from"),
        (rb"\x1f\x8b", "packed by gzip", "give it the ending .gz"),
        (rb"BZh[1-9]1AY&SY", "packed by bzip2", _PACK_AGAIN),
        (rb"\xfd7zXZ\x00", "packed by xz", _PACK_AGAIN),
        (rb"\x28\xb5\x2f\xfd", "packed by zstd", _PACK_AGAIN),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
        (rb"Rar!\x1a\x07", "a rar archive", _UNPACK),
        (rb".{257}ustar", "a tar archive", _UNPACK),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook of Excel", _SAVE_CSV),
        (rb"PAR1[\x00-\x08\x0e-\x1f]", "a Parquet file", "declare parquet"),
        (rb"ARROW1\x00", "a file of Arrow (Feather)", "save it as Parquet"),
        (rb"\x93NUMPY", "one array of numpy", "save features and labels by numpy.savez, and declare npz"),
        (rb"\x89HDF\r\n", "an HDF5 file", "save its arrays by numpy.savez, or its table as Parquet"),
        (rb"SQLite format 3\x00", "an SQLite database", _SAVE_CSV),
        (rb"%PDF-", "a PDF document", _SAVE_CSV),
        (rb"\x80[\x02-\x05].*\.", "a pickle, which could run code", "save its table as Parquet"),
        (rb"version https://git-lfs", "a pointer of Git LFS, not the file", "`git lfs pull` fetches it"),
        (rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype html|html)", "a web page", "look where it was downloaded from"),
    )
)
_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")


def describe_kind(head: bytes) -> str:
    """Say what a file is and what to do with it, given its first bytes; empty where nothing is known."""
    return next((f"it is {kind}: {advice}" for pattern, kind, advice in _KINDS if pattern.match(head)), "")


def guess_wide_encoding(head: bytes) -> str:
    """Return the encoding of text in characters of two bytes; empty where it is no such text."""
    if head.startswith(_MARKS_16):
        return "utf-16"
    n_even, n_odd = head[::2].count(0), head[1::2].count(0)
    # Half of the bytes of Latin text in two bytes a character are 0, all at one side.
    if max(n_even, n_odd) * 4 <= len(head) or min(n_even, n_odd):
        return ""
    return "utf-16-be" if n_even else "utf-16-le"
