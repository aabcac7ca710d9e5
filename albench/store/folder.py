"""A results folder: where everything of one experiment lies, and how its parts are read."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from albench.errors import ResultsError
from albench.files import trouble_told, written
from albench.identity import Coverage
from albench.store import part_files, segments
from albench.store.parts import list_schema, scalar_schema, write_part
from albench.store.small_files import read_json, read_mapping, read_table, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import polars as pl

    from albench.datasets.facts import DatasetFacts

TRIAL, REFERENCE = "trial", "reference"
ENVIRONMENTS, DATASETS = "environment.json", "datasets.json"


@dataclass(frozen=True)
class Stored:
    """What is known of a trial on disk without reading its rounds."""

    key: str
    status: str
    reason: str | None
    coverage: Coverage
    environment: str


@dataclass(frozen=True)
class Folder:
    """``results/NAME/``: the spec verbatim and resolved, environments, parts, segments, tables, the page."""

    path: Path

    @property
    def parts(self) -> Path:
        """Where finished trials and references are written."""
        return self.path / "parts"

    @property
    def segments(self) -> Path:
        """Where parts are gathered."""
        return self.path / "segments"

    @property
    def tables(self) -> Path:
        """Where the tables are exported to."""
        return self.path / "tables"

    @property
    def report(self) -> Path:
        """The page."""
        return self.path / "report.html"

    def create(self) -> None:
        """Make the folder, or tidy up what an interrupted run has left in it; for the only writer.

        Raises
        ------
        ResultsError
            If it cannot be written.
        """
        try:
            self.parts.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResultsError(f"cannot write results to '{self.path}': {error.strerror}") from error
        for folder in (self.path, self.path / "plan", self.parts, self.segments, self.tables):
            segments.remove_partial(folder)
        for kind in (TRIAL, REFERENCE):
            segments.tidy(self.parts, self.segments, kind)

    def exists(self) -> bool:
        """Say whether there is anything in it."""
        return self.parts.is_dir()

    def see_whole(self) -> Folder:
        """Return this folder, whose parts and segments are as they were written.

        Raises
        ------
        ResultsError
            If one is not; the message names it.
        """
        for kind in (TRIAL, REFERENCE):
            part_files.see_whole(self.parts, self.segments, kind)
        return self

    def write_text(self, name: str, text: str) -> None:
        """Write a text file atomically."""
        with written(self.path / name) as handle:
            handle.write(text.encode())

    def read_text(self, name: str) -> str:
        """Read a text file of the folder.

        Raises
        ------
        ResultsError
            If it is not there, or damaged.
        """
        with self._holding(name):
            return read_text(self.path / name)

    def resolved(self) -> dict[str, Any]:
        """Return the experiment as the last run has resolved it.

        Raises
        ------
        ResultsError
            If it is not there, or damaged.
        """
        with self._holding("resolved.yaml"):
            return read_mapping(self.path / "resolved.yaml")

    @contextmanager
    def _holding(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise ResultsError(f"'{self.path}' is no results folder: it has no {name}") from error

    def environments(self) -> dict[str, dict[str, Any]]:
        """Return the environments that results were computed in, by fingerprint."""
        file = self.path / ENVIRONMENTS
        return read_json(file, dict) if file.is_file() else {}

    def set_aside(self) -> Path | None:
        """Rename the environments if they are damaged, and return where they lie now; for the only writer.

        Results name their environment themselves: without the file they lose its description.
        """
        file = self.path / ENVIRONMENTS
        try:
            self.environments()
        except ResultsError:
            with trouble_told(file):
                return file.replace(file.with_name(f"{file.name}.damaged"))
        return None

    def add_environment(self, described: dict[str, Any]) -> None:
        """Remember an environment under its fingerprint."""
        known = self.environments() | {described["fingerprint"]: described}
        self.write_text(ENVIRONMENTS, json.dumps(known, indent=1, sort_keys=True) + "\n")

    def write_datasets(self, facts: Iterable[DatasetFacts]) -> None:
        """Remember the datasets in numbers, and what their readers warned of."""
        self.write_text(DATASETS, json.dumps([asdict(found) for found in facts], indent=1) + "\n")

    def datasets(self) -> list[dict[str, Any]]:
        """Return what :meth:`write_datasets` wrote; nothing before a run."""
        file = self.path / DATASETS
        return read_json(file, list) if file.is_file() else []

    def write_plan(self, trials: pl.DataFrame, references: pl.DataFrame) -> None:
        """Remember which keys the experiment asks for, and what its spec calls them."""
        folder = self.path / "plan"
        with trouble_told(folder):
            folder.mkdir(exist_ok=True)
        write_part(trials, folder / "trials.parquet")
        write_part(references, folder / "references.parquet")

    def read_plan(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the labels of the trials and references that the last run was asked for.

        Raises
        ------
        ResultsError
            If nothing was run here, or the tables are damaged.
        """
        folder = self.path / "plan"
        try:
            return read_table(folder / "trials.parquet"), read_table(folder / "references.parquet")
        except FileNotFoundError as error:
            raise ResultsError(f"'{self.path}' holds no run: `albench run` makes one") from error

    def planned(self) -> set[str] | None:
        """Return the keys of the trials that the last run was asked for; None before a run."""
        if not (self.path / "plan" / "trials.parquet").is_file():
            return None
        return set(self.read_plan()[0]["key"])

    def part(self, kind: str, key: str) -> Path:
        """Return the file of a part."""
        return self.parts / f"{kind}-{key}.parquet"

    def write(self, kind: str, frame: pl.DataFrame) -> None:
        """Write a part of one row durably; move parts into segments when there are many."""
        write_part(frame, self.part(kind, frame["key"][0]))
        if segments.crowded(self.parts):
            self.compact()

    def compact(self) -> None:
        """Move all parts into segments."""
        for kind in (TRIAL, REFERENCE):
            segments.compact(self.parts, self.segments, kind)

    def add(self, kind: str, frame: pl.DataFrame) -> None:
        """Write many rows durably, as a segment; of keys that have no loose part, which would be newer."""
        segments.add_segment(self.segments, kind, frame)

    def keys(self, kind: str) -> set[str]:
        """Return the keys of everything of a kind."""
        return part_files.keys(self.parts, self.segments, kind)

    def stored(self) -> dict[str, Stored]:
        """Return what is known of every trial on disk."""
        import polars as pl

        names = ("key", "status", "reason", "environment", "n_labels", "metrics", "signals", "audit")
        frame = self.read(TRIAL, None, {name: scalar_schema()[name] for name in names})
        # As texts, most of which are the same: a hundred thousand trials have few different coverages.
        joined = frame.with_columns(pl.col("metrics", "signals").list.join(" "))
        coverages = {
            covered: _coverage(*covered) for covered in joined.unique(names[4:]).select(names[4:]).rows()
        }
        return {
            key: Stored(key, status, reason, coverages[tuple(covered)], environment)
            for key, status, reason, environment, *covered in joined.iter_rows()
        }

    def whole(self, key: str) -> pl.DataFrame:
        """Read one trial with the columns that it was written with.

        Raises
        ------
        ResultsError
            If it is not there.
        """
        frame = self.rows(TRIAL, [key])
        if not frame.height:
            raise ResultsError(f"'{self.path}' holds no trial {key}")
        return frame.select(column for column in frame if not ("." in column.name and column.null_count()))

    def rows(self, kind: str, keys: Iterable[str]) -> pl.DataFrame:
        """Read all columns that there are of some keys, in order of key; null where a part lacks one."""
        return part_files.whole(self.parts, self.segments, kind, frozenset(keys))

    def trials(self, keys: Iterable[str]) -> pl.DataFrame:
        """Read what is known of trials as wholes."""
        texts = ("identity", "traceback")
        return self.read(TRIAL, keys, {name: of for name, of in scalar_schema().items() if name not in texts})

    def curves(self, keys: Iterable[str], scores: Iterable[str]) -> pl.DataFrame:
        """Read the rounds of trials as lists; a score that a part lacks is null."""
        import polars as pl

        lists = {name: of for name, of in list_schema().items() if name.startswith("curve.")}
        metrics = {f"score.{name}": pl.List(pl.Float64()) for name in scores}
        return self.read(TRIAL, keys, {"key": pl.String(), "status": pl.String(), **lists, **metrics})

    def queries(self, keys: Iterable[str]) -> pl.DataFrame:
        """Read what trials have bought as lists."""
        import polars as pl

        lists = {name: of for name, of in list_schema().items() if name.startswith("query.")}
        proba = {"query.proba": pl.List(pl.List(pl.Float64()))}
        return self.read(TRIAL, keys, {"key": pl.String(), "status": pl.String(), **lists, **proba})

    def stored_references(self) -> dict[str, frozenset[str]]:
        """Return the metrics of every finished reference on disk, by key."""
        import polars as pl

        wanted = {"key": pl.String(), "status": pl.String(), "metrics": pl.List(pl.String())}
        frame = self.read(REFERENCE, None, wanted).filter(pl.col("status") == "done")
        return {key: frozenset(metrics) for key, _, metrics in frame.iter_rows()}

    def environments_of_references(self) -> dict[str, str]:
        """Return the environment of every finished reference on disk, by key."""
        import polars as pl

        wanted: dict[str, pl.DataType] = {name: pl.String() for name in ("key", "status", "environment")}
        frame = self.read(REFERENCE, None, wanted).filter(pl.col("status") == "done")
        return {key: environment for key, _, environment in frame.iter_rows()}

    def references(self, keys: Iterable[str], scores: Iterable[str]) -> pl.DataFrame:
        """Read references; a score that a part lacks is null."""
        import polars as pl

        texts = {name: pl.String() for name in ("key", "identity", "status", "reason", "environment")}
        numbers = {"n_train": pl.Int64(), "fit_s": pl.Float64()}
        metrics = {f"score.{name}": pl.Float64() for name in scores}
        return self.read(REFERENCE, keys, {**texts, **numbers, **metrics})

    def read(self, kind: str, keys: Iterable[str] | None, schema: dict[str, pl.DataType]) -> pl.DataFrame:
        """Read columns of trials or references, in order of key; all of them if ``keys`` is None.

        Raises
        ------
        ResultsError
            If a file cannot be read; the message names it.
        """
        wanted = None if keys is None else frozenset(keys)
        return part_files.read(self.parts, self.segments, kind, schema, wanted)


def _coverage(n_labels: int | None, metrics: str, signals: str, audit: str) -> Coverage:
    return Coverage(n_labels or 0, frozenset(metrics.split()), frozenset(signals.split()), audit)
