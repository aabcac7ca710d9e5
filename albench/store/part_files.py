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
from albench.store.checksum import broken

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path
    from typing import TypeVar

    import polars as pl

    T = TypeVar("T")

_ATTEMPTS = 20


@dataclass(frozen=True)
class Holdings:
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
    def files(self) -> list[Path]:
        """Every file, oldest first."""
        return [*self.segments, *self.loose.values()]


def listed(parts: Path, segments: Path, kind: str) -> Holdings:
    """List the files of one kind while another process may be compacting.

    A compaction makes a segment before it removes parts: what a listing of the parts has lost stands in
    the listing of the segments that follows it. Segments that two listings agree on were not being replaced.
    """
    before = _segments(segments, kind)
    while True:
        loose = _loose(parts, kind)
        after = _segments(segments, kind)
        if after == before:
            return Holdings(after, loose)
        before = after


def read(
    parts: Path,
    segments: Path,
    kind: str,
    schema: dict[str, pl.DataType],
    keys: Collection[str] | None = None,
) -> pl.DataFrame:
    """Read columns of everything of one kind, each key once, in order of key.

    Parameters
    ----------
    parts, segments : Path
        Folders.
    schema : dict of str to DataType
        Columns to read; null where a file lacks one.
    keys : collection of str, optional
        Those that are wanted; all if not given.

    Raises
    ------
    ResultsError
        If a file cannot be read; the message names it.
    """
    wanted = None if keys is None else frozenset(keys)
    return _steadily(parts, segments, kind, lambda found: _newest(found, schema, wanted))


def whole(parts: Path, segments: Path, kind: str, keys: Collection[str]) -> pl.DataFrame:
    """Read all columns that there are of some keys; null where a file lacks one."""
    import polars as pl

    def columns(found: Holdings) -> dict[str, pl.DataType]:
        files = [*found.segments, *(file for key, file in found.loose.items() if key in wanted)]
        schema: dict[str, pl.DataType] = {"key": pl.String()}
        for file in files:
            schema |= pl.read_parquet_schema(file)
        return schema

    wanted = frozenset(keys)
    return _steadily(parts, segments, kind, lambda found: _newest(found, columns(found), wanted))


def keys(parts: Path, segments: Path, kind: str) -> set[str]:
    """Return the keys of everything of one kind, without opening the loose parts."""
    import polars as pl

    schema: dict[str, pl.DataType] = {"key": pl.String()}

    def of(found: Holdings) -> set[str]:
        return set(found.loose) | set(_scan(found.segments, schema)["key"])

    return _steadily(parts, segments, kind, of)


def see_whole(parts: Path, segments: Path, kind: str) -> None:
    """See that every file of one kind is as it was written.

    Raises
    ------
    ResultsError
        If one is not; the message names it.
    """
    found = listed(parts, segments, kind)
    for file in found.files:
        # A run that goes on may have moved it into a segment meanwhile.
        with suppress(FileNotFoundError):
            if broken(file):
                raise ResultsError(_unreadable(file, found, "it is not as it was written"))


def _segments(folder: Path, kind: str) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob(f"{kind}-*.parquet")))


def _loose(folder: Path, kind: str) -> dict[str, Path]:
    prefix = f"{kind}-"
    files = sorted(folder.glob(f"{prefix}*.parquet"))
    return {file.stem.removeprefix(prefix): file for file in files}


def _steadily(parts: Path, segments: Path, kind: str, reading: Callable[[Holdings], T]) -> T:
    """Read again as long as files vanish between listing and reading because a run goes on."""
    import polars as pl

    for _ in range(_ATTEMPTS):
        found = listed(parts, segments, kind)
        try:
            return reading(found)
        except (pl.exceptions.PolarsError, OSError):
            if listed(parts, segments, kind) == found:
                break
    with naming_unreadable(found):
        return reading(found)


@contextmanager
def naming_unreadable(found: Holdings) -> Iterator[None]:
    """Name the file because of which the body fails, if there is one.

    Raises
    ------
    ResultsError
    """
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, OSError):
        for file in found.files:
            try:
                pl.read_parquet(file, glob=False)
            except (pl.exceptions.PolarsError, OSError) as error:
                raise ResultsError(_unreadable(file, found, error)) from error
        raise


def _newest(found: Holdings, schema: dict[str, pl.DataType], wanted: frozenset[str] | None) -> pl.DataFrame:
    """Read every key once, from the newest file that has it."""
    import polars as pl

    loose = [file for key, file in found.loose.items() if wanted is None or key in wanted]
    asked = {"key": pl.String(), **schema}
    frame = _scan([*found.segments, *loose], asked, wanted)
    if wanted is not None and found.segments:
        frame = frame.join(pl.DataFrame({"key": list(wanted)}), on="key", how="semi")
    if frame["key"].n_unique() < frame.height:
        frame = frame.unique("key", keep="last", maintain_order=True)
    return frame.sort("key").select(list(schema))


def _scan(
    files: Collection[Path], schema: dict[str, pl.DataType], wanted: frozenset[str] | None = None
) -> pl.DataFrame:
    """Read files one after the other, without the groups of rows that lie beside the wanted keys."""
    import polars as pl

    if not files or wanted == frozenset():
        return pl.DataFrame(schema=schema)
    frame = pl.scan_parquet(
        list(files), schema=schema, missing_columns="insert", extra_columns="ignore", glob=False
    )
    if wanted is not None:
        frame = frame.filter(pl.col("key").is_between(pl.lit(min(wanted)), pl.lit(max(wanted))))
    return frame.select(list(schema)).collect()


def _unreadable(file: Path, found: Holdings, why: object) -> str:
    what, holds = ("segment", "its trials") if file in found.segments else ("part", "it")
    advice = f"restore it from a copy, or remove it and run again to make {holds} anew"
    return f"{what} '{file}' cannot be read ({why}); {advice}"
