"""A results folder: where everything of one experiment lies, and how its parts are read (see DESIGN.md)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from albench.coverage import Coverage
from albench.errors import ResultsError
from albench.store import segments
from albench.store.compare_rows import drop_empty_columns
from albench.store.examine_parts import find_flaw, find_flaws
from albench.store.folder_files import FolderFiles
from albench.store.part_files import PartReader
from albench.store.parts import get_answer_schema, get_list_schema, get_scalar_schema, write_part
from albench.store.plain_files import is_folder, make_folder
from albench.store.row_checks import REFERENCE, TRIAL, is_sound
from albench.store.set_aside import set_aside
from albench.store.stream_parts import get_curve_columns, get_table_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from albench.store.examine_parts import Flaw

__all__ = ["REFERENCE", "TRIAL", "ResultsFolder", "StoredTrial"]

KINDS = (TRIAL, REFERENCE)


@dataclass(frozen=True)
class StoredTrial:
    """What is known of a trial on disk without reading its rounds."""

    key: str
    status: str
    reason: str | None
    coverage: Coverage
    environment: str


@dataclass(frozen=True)
class ResultsFolder(FolderFiles):
    """``results/NAME/``: the files beside the results (:class:`FolderFiles`), and the parts and segments.

    Attributes
    ----------
    flaws : mapping of Path to Flaw
        Parts and segments that cannot be used, as :meth:`examine` has seen it: nothing is read of them.
    """

    flaws: Mapping[Path, Flaw] = field(default_factory=dict, compare=False, repr=False)

    def create(self) -> tuple[str, ...]:
        """Make the folder, or tidy up what is in it; for the only writer.

        What an interrupted run has left half written goes. Parts that cannot be used are set aside, so that
        they can be made again.

        Returns
        -------
        tuple of str
            What was set aside, a sentence each.
        """
        make_folder(self.parts)
        # The folder itself may be a link.
        for folder in (self.path.resolve(), self.path / "plan", self.parts, self.segments, self.tables):
            segments.remove_partial(folder)
        notes = tuple(self._set_flawed_parts_aside())
        for kind in KINDS:
            segments.remove_moved_parts(self.parts, self.segments, kind)
        return notes

    def _set_flawed_parts_aside(self) -> Iterator[str]:
        for file in self.flaws:
            kind = next(kind for kind in KINDS if file.name.startswith(f"{kind}-"))
            # Another run may have made it again, before this one had the lock.
            flaw = find_flaw(file, kind, is_segment=file.parent == self.segments)
            if flaw is not None:
                yield set_aside(flaw, kind, self.aside)

    def exists(self) -> bool:
        """Say whether there is anything in it."""
        return is_folder(self.parts)

    def examine(self) -> ResultsFolder:
        """Return this folder as a reader must see it: without the parts and segments that cannot be used."""
        trials, references = (find_flaws(self.parts, self.segments, kind) for kind in KINDS)
        return replace(self, flaws=trials | references)

    def list_flaws(self) -> tuple[str, ...]:
        """Say what cannot be used, a sentence each."""
        return tuple(
            f"{flaw}. It counts as not run; `albench run` sets it aside and makes it again"
            for flaw in self.flaws.values()
        )

    def get_part_file(self, kind: str, key: str) -> Path:
        """Return the file of a part."""
        return self.parts / f"{kind}-{key}.parquet"

    def write_part(self, kind: str, frame: pl.DataFrame) -> None:
        """Write a part of one row durably; move parts into segments when there are many."""
        write_part(frame, self.get_part_file(kind, frame["key"][0]), is_checked=is_sound(frame, kind))
        if segments.has_many_parts(self.parts):
            self.compact()

    def compact(self) -> None:
        """Move all parts into segments."""
        for kind in KINDS:
            segments.compact(self.parts, self.segments, kind)

    def add_rows(self, kind: str, frame: pl.DataFrame) -> None:
        """Write many rows durably, as a segment; of keys that have no loose part, which would be newer."""
        segments.add_segment(self.segments, kind, frame)

    def _open_parts(self, kind: str) -> PartReader:
        return PartReader(self.parts, self.segments, kind, self.flaws)

    def list_keys(self, kind: str) -> set[str]:
        """Return the keys of everything of a kind."""
        return self._open_parts(kind).list_keys()

    def read_stored_trials(self) -> dict[str, StoredTrial]:
        """Return what is known of every trial on disk."""
        import polars as pl

        covering = ("n_labels", "metrics", "signals", "audit", "definitions")
        names = ("key", "status", "reason", "environment", *covering)
        frame = self.read_columns(TRIAL, None, {name: get_scalar_schema()[name] for name in names})
        # As texts, most of which are the same: a hundred thousand trials have few different coverages.
        texts = frame.with_columns(pl.col("metrics", "signals", "definitions").list.join(" "))
        distinct = texts.select(covering).unique()
        coverages = {columns: _build_coverage(*columns) for columns in distinct.rows()}
        return {
            key: StoredTrial(key, status, reason, coverages[tuple(columns)], environment)
            for key, status, reason, environment, *columns in texts.iter_rows()
        }

    def read_trial(self, key: str) -> pl.DataFrame:
        """Read one trial with the columns that it was written with."""
        frame = self.read_rows(TRIAL, [key])
        if not frame.height:
            raise ResultsError(f"'{self.path}' holds no trial {key}")
        return drop_empty_columns(frame)

    def read_rows(self, kind: str, keys: Iterable[str]) -> pl.DataFrame:
        """Read all columns that there are of some keys, in order of key; null where a part lacks one."""
        return self._open_parts(kind).read_rows(keys)

    def read_trials(self, keys: Iterable[str]) -> pl.DataFrame:
        """Read the scalar columns of trials, but for the long texts."""
        schema = get_scalar_schema()
        del schema["identity"], schema["traceback"]
        return self.read_columns(TRIAL, keys, schema)

    def read_curves(self, keys: Iterable[str], scores: Iterable[str]) -> pl.DataFrame:
        """Read the rounds of trials as lists; a score that a part lacks is null."""
        import polars as pl

        lists = {name: dtype for name, dtype in get_list_schema().items() if name.startswith("curve.")}
        metrics = {f"score.{name}": pl.List(pl.Float64()) for name in scores}
        return self.read_columns(TRIAL, keys, {"key": pl.String(), "status": pl.String(), **lists, **metrics})

    def read_stream_trials(self, keys: Iterable[str]) -> pl.DataFrame:
        """Read what the table of trials on streams is made of."""
        return self.read_columns(TRIAL, keys, get_table_columns())

    def read_stream_curves(self, keys: Iterable[str], scores: tuple[str, ...]) -> pl.DataFrame:
        """Read the checkpoints of trials on streams as lists."""
        return self.read_columns(TRIAL, keys, get_curve_columns(scores))

    def read_queries(self, keys: Iterable[str]) -> pl.DataFrame:
        """Read the queried rows of trials as lists."""
        import polars as pl

        lists = {name: dtype for name, dtype in get_list_schema().items() if name.startswith("query.")}
        proba = {"query.proba": pl.List(pl.List(pl.Float64()))}
        return self.read_columns(TRIAL, keys, {"key": pl.String(), "status": pl.String(), **lists, **proba})

    def read_annotations(self, keys: Iterable[str]) -> pl.DataFrame:
        """Read who answered what in trials in which several annotators are asked, as lists."""
        import polars as pl

        schema = {"key": pl.String(), "status": pl.String(), **get_answer_schema()}
        return self.read_columns(TRIAL, keys, schema)

    def read_reference_coverages(self) -> dict[str, Coverage]:
        """Return the metrics of every finished reference on disk, by key."""
        import polars as pl

        names = pl.List(pl.String())
        frame = self._read_finished_references({"metrics": names, "definitions": names})
        return {
            key: Coverage(0, frozenset(metrics), definitions=frozenset(definitions or ()))
            for key, metrics, definitions in frame.iter_rows()
        }

    def read_reference_environments(self) -> dict[str, str]:
        """Return the environment of every finished reference on disk, by key."""
        import polars as pl

        return dict(self._read_finished_references({"environment": pl.String()}).iter_rows())

    def _read_finished_references(self, columns: dict[str, pl.DataType]) -> pl.DataFrame:
        import polars as pl

        schema = {"key": pl.String(), "status": pl.String(), **columns}
        frame = self.read_columns(REFERENCE, None, schema)
        return frame.filter(pl.col("status") == "done").drop("status")

    def read_references(self, keys: Iterable[str], scores: Iterable[str]) -> pl.DataFrame:
        """Read references; a score that a part lacks is null."""
        import polars as pl

        texts = {name: pl.String() for name in ("key", "identity", "status", "reason", "environment")}
        numbers = {"n_train": pl.Int64(), "fit_s": pl.Float64()}
        metrics = {f"score.{name}": pl.Float64() for name in scores}
        return self.read_columns(REFERENCE, keys, {**texts, **numbers, **metrics})

    def read_columns(
        self, kind: str, keys: Iterable[str] | None, schema: dict[str, pl.DataType]
    ) -> pl.DataFrame:
        """Read columns of trials or references, in order of key; all of them if ``keys`` is None."""
        return self._open_parts(kind).read_columns(schema, keys)


def _build_coverage(
    n_labels: int | None, metrics: str, signals: str, audit: str, definitions: str | None
) -> Coverage:
    # Parts of before 2026-11-30 have no definitions.
    names = (frozenset((text or "").split()) for text in (metrics, signals, definitions))
    recorded_metrics, recorded_signals, recorded_definitions = names
    return Coverage(n_labels or 0, recorded_metrics, recorded_signals, audit, recorded_definitions)
