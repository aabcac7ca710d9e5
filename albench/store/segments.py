"""Loose parts gathered into segments, so that a hundred thousand trials are some fifty files.

Every step leaves a folder that can be read: a segment is written aside, flushed to the disk and renamed, and
only then are the parts removed that it holds. A crash between two steps leaves parts beside a segment that
has them too; :func:`remove_moved_parts` removes them before the next run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from albench.store.examine_parts import list_part_names
from albench.store.part_files import collect_schema, list_part_files, name_unreadable_file
from albench.store.parts import write_part
from albench.store.plain_files import FILE, find_kind, list_names, make_folder
from albench.store.row_checks import is_sound

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import polars as pl

MAX_LOOSE_PARTS = 2000
"""How many loose parts there may be, of all kinds."""
_ROWS_PER_GROUP = 100


def has_many_parts(parts: Path) -> bool:
    """Say whether there are as many loose parts as there may be."""
    with os.scandir(parts) as entries:
        return sum(entry.name.endswith(".parquet") for entry in entries) >= MAX_LOOSE_PARTS


def compact(parts: Path, segments: Path, kind: str) -> None:
    """Move the loose parts of one kind into a new segment; the caller is the only writer."""
    files = list_part_files(parts, segments, kind)
    if not files.loose:
        return
    with name_unreadable_file(files):
        frame = _read_parts(list(files.loose.values()), kind)
    add_segment(segments, kind, frame)
    for file in files.loose.values():
        file.unlink()
    _remove_superseded(segments, kind)


def add_segment(segments: Path, kind: str, frame: pl.DataFrame) -> None:
    """Write a new segment, newer than all there are; ``frame`` has one row a key."""
    make_folder(segments)
    numbers = [int(name[len(kind) + 1 : -len(".parquet")]) for name in list_part_names(segments, kind)]
    write_segment(frame, segments / f"{kind}-{max(numbers, default=0) + 1:06d}.parquet", kind)


def write_segment(frame: pl.DataFrame, file: Path, kind: str) -> None:
    """Write a segment, or one in the place of an older one."""
    # Sorted, with bounds a group: a single key is found without decoding the others.
    write_part(frame.sort("key"), file, is_checked=is_sound(frame, kind), rows_per_group=_ROWS_PER_GROUP)


def remove_moved_parts(parts: Path, segments: Path, kind: str) -> None:
    """Remove the parts that an interrupted compaction has left: those that the last segment has, too."""
    import polars as pl

    files = list_part_files(parts, segments, kind)
    if not files.segments or not files.loose:
        return
    schema = {"key": pl.String(), "finished_at": pl.Datetime("us", "UTC")}

    def read_times(paths: list[Path]) -> list[tuple[str, datetime | None]]:
        frame = pl.scan_parquet(
            paths, schema=schema, missing_columns="insert", extra_columns="ignore", glob=False
        )
        return frame.select("key", "finished_at").collect().rows()

    with name_unreadable_file(files):
        segment_rows = set(read_times([files.segments[-1]]))
        loose_rows = read_times(list(files.loose.values()))
    # Key and time: a part of the same key that was written since is newer than the segment, and stays.
    for key, _ in segment_rows.intersection(loose_rows):
        files.loose[key].unlink()


def remove_partial(folder: Path) -> None:
    """Remove files that were half written when a process died; those of a process that is there stay."""
    for name in list_names(folder):
        partial = folder / name
        is_partial = name.startswith(".") and name.endswith(".partial") and find_kind(partial) == FILE
        if is_partial and not _has_living_writer(partial):
            partial.unlink(missing_ok=True)


def _has_living_writer(partial: Path) -> bool:
    import psutil

    # The page and the tables are written when the lock is given back: another run may begin meanwhile.
    pid = partial.name.split(".")[-2]
    return pid.isdigit() and int(pid) != os.getpid() and psutil.pid_exists(int(pid))


def _remove_superseded(segments: Path, kind: str) -> None:
    """Remove segments of which every trial has been run again since."""
    import polars as pl

    newer_keys: set[str] = set()
    for file in reversed(list_part_files(segments, segments, kind).segments):
        keys = set(pl.read_parquet(file, columns=["key"], glob=False)["key"])
        if keys <= newer_keys:
            file.unlink()
        newer_keys |= keys


def _read_parts(files: list[Path], kind: str) -> pl.DataFrame:
    """Read parts with all columns that any of them has; the largest has them all as a rule."""
    import polars as pl

    columns = pl.read_parquet_schema(max(files, key=lambda file: file.stat().st_size))
    try:
        return _read_columns(files, columns, extra_columns="raise")
    except pl.exceptions.SchemaError:
        return _read_columns(files, collect_schema(files, kind), extra_columns="ignore")


def _read_columns(
    files: list[Path], columns: dict[str, pl.DataType], *, extra_columns: Literal["raise", "ignore"]
) -> pl.DataFrame:
    import polars as pl

    return pl.scan_parquet(
        files, schema=columns, missing_columns="insert", extra_columns=extra_columns, glob=False
    ).collect()
