"""What a results folder holds of one kind, trials or references: loose parts, and segments of many.

A part is written loose and later moves into a segment with some thousand others. A segment is whole before
the parts that it holds are removed, so a key may lie in several places after a crash, or because a trial was
run again: the loose part is the newest, a segment with a higher number is newer than one with a lower.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.store.checksum import is_damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path
    from typing import TypeVar

    import polars as pl

    T = TypeVar("T")

# A reader gives up where files vanish each time that it reads: far more often than any run compacts.
_ATTEMPTS = 20


@dataclass(frozen=True)
class PartFiles:
    """The files of one kind, each list from the oldest to the newest.

    Attributes
    ----------
    segments : tuple of Path
        Many rows each, sorted by key.
    loose : dict of str to Path
        One row each, by key.
    """

    segments: tuple[Path, ...]
    loose: dict[str, Path]

    @property
    def paths(self) -> list[Path]:
        """Every file, oldest first."""
        return [*self.segments, *self.loose.values()]


def list_part_files(parts: Path, segments: Path, kind: str) -> PartFiles:
    """List the files of one kind while another process may be compacting.

    A compaction makes a segment before it removes parts: what a listing of the parts has lost stands in
    the listing of the segments that follows it. Segments that two listings agree on were not being replaced.
    """
    before = _list_segments(segments, kind)
    while True:
        loose = _list_loose_parts(parts, kind)
        after = _list_segments(segments, kind)
        if after == before:
            return PartFiles(after, loose)
        before = after


def read_columns(
    parts: Path,
    segments: Path,
    kind: str,
    schema: dict[str, pl.DataType],
    keys: Iterable[str] | None = None,
) -> pl.DataFrame:
    """Read columns of everything of one kind, each key once, in order of key.

    Parameters
    ----------
    parts, segments : Path
        Folders.
    schema : dict of str to DataType
        Columns to read; null where a file lacks one.
    keys : iterable of str, optional
        Those that are wanted; all if not given.

    Raises
    ------
    ResultsError
        If a file cannot be read; the message names it.
    """
    key_set = None if keys is None else frozenset(keys)
    return _read_with_retries(parts, segments, kind, lambda files: _read_newest(files, schema, key_set))


def read_rows(parts: Path, segments: Path, kind: str, keys: Iterable[str]) -> pl.DataFrame:
    """Read all columns that there are of some keys; null where a file lacks one."""
    import polars as pl

    def collect_schema(files: PartFiles) -> dict[str, pl.DataType]:
        schema: dict[str, pl.DataType] = {"key": pl.String()}
        for file in [*files.segments, *(file for key, file in files.loose.items() if key in key_set)]:
            schema |= pl.read_parquet_schema(file)
        return schema

    def read(files: PartFiles) -> pl.DataFrame:
        return _read_newest(files, collect_schema(files), key_set)

    key_set = frozenset(keys)
    return _read_with_retries(parts, segments, kind, read)


def list_keys(parts: Path, segments: Path, kind: str) -> set[str]:
    """Return the keys of everything of one kind, without opening the loose parts."""
    import polars as pl

    schema: dict[str, pl.DataType] = {"key": pl.String()}

    def read_keys(files: PartFiles) -> set[str]:
        return set(files.loose) | set(_scan(files.segments, schema)["key"])

    return _read_with_retries(parts, segments, kind, read_keys)


def check_integrity(parts: Path, segments: Path, kind: str) -> None:
    """Check that every file of one kind is as it was written.

    Raises
    ------
    ResultsError
        If one is not; the message names it.
    """
    files = list_part_files(parts, segments, kind)
    for file in files.paths:
        # A run that goes on may have moved it into a segment meanwhile.
        with suppress(FileNotFoundError):
            if is_damaged(file):
                raise ResultsError(_describe_unreadable(file, files, "it is not as it was written"))


def _list_segments(folder: Path, kind: str) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob(f"{kind}-*.parquet")))


def _list_loose_parts(folder: Path, kind: str) -> dict[str, Path]:
    prefix = f"{kind}-"
    files = sorted(folder.glob(f"{prefix}*.parquet"))
    return {file.stem.removeprefix(prefix): file for file in files}


def _read_with_retries(parts: Path, segments: Path, kind: str, read: Callable[[PartFiles], T]) -> T:
    """Read again as long as files vanish between listing and reading because a run goes on."""
    import polars as pl

    for _ in range(_ATTEMPTS):
        files = list_part_files(parts, segments, kind)
        try:
            return read(files)
        except (pl.exceptions.PolarsError, OSError):
            if list_part_files(parts, segments, kind) == files:
                break
    with name_unreadable_file(files):
        return read(files)


@contextmanager
def name_unreadable_file(files: PartFiles) -> Iterator[None]:
    """Name the file because of which the body fails, if there is one.

    Raises
    ------
    ResultsError
    """
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, OSError):
        for file in files.paths:
            try:
                pl.read_parquet(file, glob=False)
            except (pl.exceptions.PolarsError, OSError) as error:
                raise ResultsError(_describe_unreadable(file, files, error)) from error
        raise


def _read_newest(
    files: PartFiles, schema: dict[str, pl.DataType], keys: frozenset[str] | None
) -> pl.DataFrame:
    """Read every key once, from the newest file that has it."""
    import polars as pl

    loose = [file for key, file in files.loose.items() if keys is None or key in keys]
    schema_with_key = {"key": pl.String(), **schema}
    frame = _scan([*files.segments, *loose], schema_with_key, keys)
    if keys is not None and files.segments:
        frame = frame.join(pl.DataFrame({"key": list(keys)}), on="key", how="semi")
    if frame["key"].n_unique() < frame.height:
        frame = frame.unique("key", keep="last", maintain_order=True)
    return frame.sort("key").select(list(schema))


def _scan(
    files: Collection[Path], schema: dict[str, pl.DataType], keys: frozenset[str] | None = None
) -> pl.DataFrame:
    """Read files one after the other, without the groups of rows that lie outside the wanted keys."""
    import polars as pl

    if not files or keys == frozenset():
        return pl.DataFrame(schema=schema)
    frame = pl.scan_parquet(
        list(files), schema=schema, missing_columns="insert", extra_columns="ignore", glob=False
    )
    if keys is not None:
        # Bounds, not membership: with them Polars skips groups of rows by their statistics.
        frame = frame.filter(pl.col("key").is_between(pl.lit(min(keys)), pl.lit(max(keys))))
    return frame.select(list(schema)).collect()


def _describe_unreadable(file: Path, files: PartFiles, reason: object) -> str:
    kind, content = ("segment", "its trials") if file in files.segments else ("part", "it")
    advice = f"restore it from a copy, or remove it and run again to make {content} anew"
    return f"{kind} '{file}' cannot be read ({reason}); {advice}"
