"""A file of results is read as it was written, or named: no changed byte reaches a table."""

from __future__ import annotations

import re

import polars as pl
import pyarrow.parquet
import pytest

from albench.store.checksum import is_damaged
from albench.store.folder import TRIAL
from albench.store.parts import write_part

FRAME = pl.DataFrame({"key": [f"{i:03}" for i in range(300)], "values": [[i / 7, i / 9] for i in range(300)]})


def test_every_changed_byte_is_seen_or_changes_nothing(tmp_path):
    file = tmp_path / "part.parquet"
    write_part(FRAME, file)
    content = file.read_bytes()
    unseen = []
    for i in range(len(content)):
        changed = bytearray(content)
        changed[i] ^= 1 << i % 8
        file.write_bytes(changed)
        if not is_damaged(file):
            unseen.append(i)
            assert pl.read_parquet(file).equals(FRAME)
    # Those of the tag before the checksum.
    assert len(unseen) == 12


@pytest.mark.parametrize("kept", [0, 1, 100, -1])
def test_a_shortened_file_is_seen_or_cannot_be_read(tmp_path, kept):
    file = tmp_path / "part.parquet"
    write_part(FRAME, file)
    file.write_bytes(file.read_bytes()[:kept])
    if not is_damaged(file):
        with pytest.raises(pl.exceptions.PolarsError):
            pl.read_parquet(file)


def test_other_readers_read_a_file_with_a_checksum_as_any_other(tmp_path):
    file = tmp_path / "part.parquet"
    write_part(FRAME, file, rows_per_group=100)
    assert pl.from_arrow(pyarrow.parquet.read_table(file)).equals(FRAME)


def test_a_file_without_a_checksum_is_of_an_earlier_version(tmp_path):
    FRAME.write_parquet(tmp_path / "without.parquet")
    assert not is_damaged(tmp_path / "without.parquet")


def test_a_segment_with_one_bit_changed_is_named(folder, part):
    for i in range(3):
        folder.write_part(TRIAL, part(i))
    folder.compact()
    assert not folder.examine().flaws
    segment = next(folder.segments.iterdir())
    content = bytearray(segment.read_bytes())
    content[len(content) // 3] ^= 1
    segment.write_bytes(content)
    (flaw,) = folder.examine().list_flaws()
    assert re.search(f"'.*{segment.name}' cannot be used: it is not as it was written", flaw)
    assert not folder.examine().list_keys(TRIAL)
