"""Which parts and segments of a folder can be used; the others are named, and left out of everything."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.store.checksum import check_integrity
from albench.store.plain_files import FILE, explain, find_kind, format_path, list_names
from albench.store.row_checks import find_flawed_rows, find_wrong_column, is_known_column, is_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SEGMENT_NUMBER = re.compile(r"[0-9]{6,12}")


@dataclass(frozen=True)
class Flaw:
    """Why a part or segment, or some of its rows, cannot be used.

    Attributes
    ----------
    keys : frozenset of str or None
        Of the rows that cannot be used, where the others can; None if that is the whole file.
    """

    file: Path
    reason: str
    keys: frozenset[str] | None = None

    def __str__(self) -> str:
        """Name the file and say what is wrong with it."""
        rows = "" if self.keys is None else f"{len(self.keys):,} of the rows of "
        return f"{rows}'{format_path(self.file)}' cannot be used: {self.reason}"


def find_flaws(parts: Path, segments: Path, kind: str) -> dict[Path, Flaw]:
    """Return what cannot be used of everything of a kind, by file."""
    flaws: dict[Path, Flaw] = {}
    unchecked: dict[Path, bool] = {}
    for folder in (segments, parts):
        for name in list_part_names(folder, kind):
            file, is_segment = folder / name, folder == segments
            flaw = _find_outer_flaw(file, kind, unchecked, is_segment=is_segment)
            if flaw is not None:
                flaws[file] = flaw
    loose = [file for file, is_segment in unchecked.items() if not is_segment]
    are_sound = _are_sound_parts(loose, kind)
    for file, is_segment in unchecked.items():
        flaw = None if are_sound and not is_segment else _find_inner_flaw(file, kind, is_segment=is_segment)
        if flaw is not None:
            flaws[file] = flaw
    return flaws


def list_part_names(folder: Path, kind: str) -> list[str]:
    """Return the names of what is called a part or a segment of a kind."""
    return [name for name in list_names(folder) if name.startswith(f"{kind}-") and name.endswith(".parquet")]


def find_flaw(file: Path, kind: str, *, is_segment: bool) -> Flaw | None:
    """Return why a part or segment cannot be used; None if it can, or is not there any more."""
    unchecked: dict[Path, bool] = {}
    flaw = _find_outer_flaw(file, kind, unchecked, is_segment=is_segment)
    return _find_inner_flaw(file, kind, is_segment=is_segment) if unchecked else flaw


def _find_outer_flaw(file: Path, kind: str, unchecked: dict[Path, bool], *, is_segment: bool) -> Flaw | None:
    """Look at a file from outside; add it to those whose rows were not checked when they were written."""
    number = file.stem.removeprefix(f"{kind}-")
    if not file.name.isprintable() or (is_segment and not _SEGMENT_NUMBER.fullmatch(number)):
        return Flaw(file, "no part or segment has such a name")
    with _catch_flaw(file) as flaws:
        file_kind = find_kind(file)
        if file_kind not in (FILE, None):
            return Flaw(file, f"it is a {file_kind}")
        integrity = check_integrity(file)
        if integrity.is_damaged:
            return Flaw(file, "it is not as it was written")
        if integrity.checked_name != file.stem:
            unchecked[file] = is_segment
    return flaws[0] if flaws else None


def _are_sound_parts(files: list[Path], kind: str) -> bool:
    """Look into loose parts all at once; those of a folder of an early version are many, and sound."""
    import polars as pl

    if not files:
        return True
    with _catch_flaw(files[0]):
        schema = pl.read_parquet_schema(max(files, key=lambda file: file.stat().st_size))
        frame = pl.scan_parquet(
            files, schema=schema, missing_columns="insert", extra_columns="raise", glob=False
        ).collect()
        keys = [file.stem.removeprefix(f"{kind}-") for file in files]
        return "key" in schema and frame["key"].to_list() == keys and is_sound(frame, kind)
    return False


def _find_inner_flaw(file: Path, kind: str, *, is_segment: bool) -> Flaw | None:
    """Look into a file: at its columns, then at its rows."""
    with _catch_flaw(file) as flaws:
        return _find_flaw_of_rows(file, kind, is_segment=is_segment)
    return flaws[0] if flaws else None


@contextmanager
def _catch_flaw(file: Path) -> Iterator[list[Flaw]]:
    """Take what the body raises for a flaw; a file that a run has moved into a segment meanwhile has none."""
    from polars.exceptions import PanicException, PolarsError

    flaws: list[Flaw] = []
    try:
        yield flaws
    except FileNotFoundError:
        pass
    except (PolarsError, PanicException, OSError, ValueError, RecursionError) as error:
        flaws.append(Flaw(file, f"it cannot be read ({explain(error)})"))


def _find_flaw_of_rows(file: Path, kind: str, *, is_segment: bool) -> Flaw | None:
    import polars as pl

    columns = pl.read_parquet_schema(file)
    if reason := find_wrong_column(columns, kind):
        return Flaw(file, reason)
    frame = pl.read_parquet(
        file, columns=[name for name in columns if is_known_column(name, kind)], glob=False
    )
    if "key" not in frame.columns:
        return Flaw(file, "it has no column 'key'")
    reasons, keys = find_flawed_rows(frame, kind), frame["key"].to_list()
    if not is_segment and keys != [file.stem.removeprefix(f"{kind}-")]:
        return Flaw(file, f"it does not hold the {kind} of its name")
    if not reasons:
        return None
    some = frozenset(keys[position] for position in reasons) if len(reasons) < len(keys) else None
    return Flaw(file, next(iter(reasons.values())), some)
