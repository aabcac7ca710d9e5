"""What a results folder holds of one kind, trials or references: loose parts, and segments of many.

A part is written loose and later moves into a segment with some thousand others. A segment is whole before
the parts that it holds are removed, so a key may lie in several places after a crash, or because a trial was
run again: the loose part is the newest, a segment with a higher number is newer than one with a lower.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.store.examine_parts import list_part_names
from albench.store.row_checks import is_known_column

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeVar

    import polars as pl

    from albench.store.examine_parts import Flaw

    T = TypeVar("T")

# A reader gives up where files vanish each time that it reads: far more often than any run compacts.
_ATTEMPTS = 20
_FILE = "file of the row"


@dataclass(frozen=True)
class PartFiles:
    """The files of one kind, each list from the oldest to the newest.

    Attributes
    ----------
    segments : tuple of Path
        Many rows each, sorted by key.
    loose : dict of str to Path
        One row each, by key.
    flawed_keys : dict of Path to frozenset of str
        Rows of segments that cannot be used.
    """

    segments: tuple[Path, ...]
    loose: dict[str, Path]
    flawed_keys: dict[Path, frozenset[str]] = field(default_factory=dict)

    @property
    def paths(self) -> list[Path]:
        """Every file, oldest first."""
        return [*self.segments, *self.loose.values()]


def list_part_files(
    parts: Path, segments: Path, kind: str, flaws: Mapping[Path, Flaw] | None = None
) -> PartFiles:
    """List the files of one kind while another process may be compacting; those with flaws are left out.

    A compaction makes a segment before it removes parts: what a listing of the parts has lost stands in
    the listing of the segments that follows it. Segments that two listings agree on were not being replaced.
    """
    known_flaws = flaws or {}
    unusable = {file for file, flaw in known_flaws.items() if flaw.keys is None}
    before = _list_segments(segments, kind)
    while True:
        loose = _list_loose_parts(parts, kind)
        after = _list_segments(segments, kind)
        if after == before:
            return PartFiles(
                tuple(file for file in after if file not in unusable),
                {key: file for key, file in loose.items() if file not in unusable},
                {file: flaw.keys for file, flaw in known_flaws.items() if flaw.keys is not None},
            )
        before = after


@dataclass(frozen=True)
class PartReader:
    """Reads what a folder holds of one kind, each key once, from the newest file that has it.

    Attributes
    ----------
    parts, segments : Path
        Folders.
    flaws : mapping of Path to Flaw
        What is left out.
    """

    parts: Path
    segments: Path
    kind: str
    flaws: Mapping[Path, Flaw]

    def read_columns(self, schema: dict[str, pl.DataType], keys: Iterable[str] | None = None) -> pl.DataFrame:
        """Read some columns in order of key, null where a file lacks one; of all keys if none are named."""
        key_set = None if keys is None else frozenset(keys)
        return self._read(lambda files: _read_newest(files, schema, key_set))

    def read_rows(self, keys: Iterable[str]) -> pl.DataFrame:
        """Read all columns that there are of some keys; null where a file lacks one."""
        key_set = frozenset(keys)

        def read(files: PartFiles) -> pl.DataFrame:
            loose = (file for key, file in files.loose.items() if key in key_set)
            return _read_newest(files, collect_schema([*files.segments, *loose], self.kind), key_set)

        return self._read(read)

    def list_keys(self) -> set[str]:
        """Return all keys, without opening the loose parts."""
        import polars as pl

        schema: dict[str, pl.DataType] = {"key": pl.String()}
        return self._read(
            lambda files: set(files.loose) | set(_scan(files.segments, files.flawed_keys, schema)["key"])
        )

    def _read(self, read: Callable[[PartFiles], T]) -> T:
        """Read again as long as files vanish between listing and reading because a run goes on."""
        import polars as pl

        for _ in range(_ATTEMPTS):
            files = self._list_files()
            try:
                return read(files)
            except (pl.exceptions.PolarsError, OSError):
                if self._list_files() == files:
                    break
        with name_unreadable_file(files):
            return read(files)

    def _list_files(self) -> PartFiles:
        return list_part_files(self.parts, self.segments, self.kind, self.flaws)


def collect_schema(files: Iterable[Path], kind: str) -> dict[str, pl.DataType]:
    """Return the columns that any of some files has; not those that nobody knows and two call the same."""
    import polars as pl

    schema: dict[str, pl.DataType] = {"key": pl.String()}
    ambiguous: set[str] = set()
    for file in files:
        columns = pl.read_parquet_schema(file)
        ambiguous |= {
            name
            for name, dtype in columns.items()
            if not is_known_column(name, kind) and schema.get(name, dtype) != dtype
        }
        schema |= columns
    return {name: dtype for name, dtype in schema.items() if name not in ambiguous}


def _list_segments(folder: Path, kind: str) -> tuple[Path, ...]:
    # By number, not by name: a seventh digit comes after all with six.
    names = sorted(list_part_names(folder, kind), key=lambda name: (len(name), name))
    return tuple(folder / name for name in names)


def _list_loose_parts(folder: Path, kind: str) -> dict[str, Path]:
    files = [folder / name for name in list_part_names(folder, kind)]
    return {file.stem.removeprefix(f"{kind}-"): file for file in files}


@contextmanager
def name_unreadable_file(files: PartFiles) -> Iterator[None]:
    """Name the file because of which the body fails, if there is one."""
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
    frame = _scan([*files.segments, *loose], files.flawed_keys, schema_with_key, keys)
    if keys is not None and files.segments:
        wanted = pl.DataFrame({"key": list(keys)}, schema={"key": pl.String()})
        frame = frame.join(wanted, on="key", how="semi")
    if frame["key"].n_unique() < frame.height:
        frame = frame.unique("key", keep="last", maintain_order=True)
    return frame.sort("key").select(list(schema))


def _scan(
    files: Collection[Path],
    flawed_keys: Mapping[Path, frozenset[str]],
    schema: dict[str, pl.DataType],
    keys: frozenset[str] | None = None,
) -> pl.DataFrame:
    """Read files one after the other, without the groups of rows that lie outside the wanted keys."""
    import polars as pl

    if not files or keys == frozenset():
        return pl.DataFrame(schema=schema)
    frame = pl.scan_parquet(
        list(files),
        schema=schema,
        missing_columns="insert",
        extra_columns="ignore",
        include_file_paths=_FILE if flawed_keys else None,
        glob=False,
    )
    for file, flawed in flawed_keys.items():
        frame = frame.filter((pl.col(_FILE) != str(file)) | ~pl.col("key").is_in(list(flawed)))
    if keys is not None:
        # Bounds, not membership: with them Polars skips groups of rows by their statistics.
        frame = frame.filter(pl.col("key").is_between(pl.lit(min(keys)), pl.lit(max(keys))))
    return frame.select(list(schema)).collect()


def _describe_unreadable(file: Path, files: PartFiles, reason: object) -> str:
    kind, content = ("segment", "its trials") if file in files.segments else ("part", "it")
    advice = f"restore it from a copy, or remove it and run again to make {content} anew"
    return f"{kind} '{file}' cannot be read ({reason}); {advice}"
