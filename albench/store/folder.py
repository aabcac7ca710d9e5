"""A results folder: where everything of one experiment lies, and how its parts are read (see DESIGN.md)."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from albench.errors import ResultsError
from albench.files import explain_disk_trouble, write_file
from albench.identity import Coverage
from albench.store import part_files, segments
from albench.store.compare_rows import drop_empty_columns
from albench.store.examine_parts import find_flaw, find_flaws
from albench.store.parts import (
    REFERENCE_LABELS,
    TRIAL_LABELS,
    get_list_schema,
    get_scalar_schema,
    write_part,
)
from albench.store.plain_files import is_file, is_folder, make_folder
from albench.store.row_checks import REFERENCE, TRIAL, is_sound
from albench.store.set_aside import set_aside
from albench.store.small_files import (
    read_datasets,
    read_declarations,
    read_environments,
    read_mapping,
    read_plan_table,
    read_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from albench.datasets.facts import DatasetFacts
    from albench.store.declarations import Declaration
    from albench.store.examine_parts import Flaw

__all__ = ["REFERENCE", "TRIAL", "ResultsFolder", "StoredTrial"]

KINDS = (TRIAL, REFERENCE)
ENVIRONMENTS, DATASETS, DECLARATIONS = "environment.json", "datasets.json", "declarations.json"


@dataclass(frozen=True)
class StoredTrial:
    """What is known of a trial on disk without reading its rounds."""

    key: str
    status: str
    reason: str | None
    coverage: Coverage
    environment: str


@dataclass(frozen=True)
class ResultsFolder:
    """``results/NAME/``: the spec verbatim and resolved, environments, parts, segments, tables, the page.

    Attributes
    ----------
    path : Path
    flaws : mapping of Path to Flaw
        Parts and segments that cannot be used, as :meth:`examine` has seen it: nothing is read of them.
    """

    path: Path
    flaws: Mapping[Path, Flaw] = field(default_factory=dict, compare=False, repr=False)

    @property
    def parts(self) -> Path:
        """Where finished trials and references are written."""
        return self.path / "parts"

    @property
    def segments(self) -> Path:
        """Where parts are gathered, some thousand in a file."""
        return self.path / "segments"

    @property
    def tables(self) -> Path:
        """Where the tables are exported to."""
        return self.path / "tables"

    @property
    def report(self) -> Path:
        """The page."""
        return self.path / "report.html"

    @property
    def aside(self) -> Path:
        """Where parts go that cannot be used."""
        return self.path / "set_aside"

    def make_figures(self) -> Path:
        """Return the folder of figures that are exported, which is made."""
        folder = self.path / "figures"
        make_folder(folder)
        return folder

    def create(self) -> tuple[str, ...]:
        """Make the folder, or tidy up what is in it; for the only writer.

        What an interrupted run has left half written goes. Parts that cannot be used are set aside, so that
        they can be made again.

        Returns
        -------
        tuple of str
            What was set aside, a sentence each.

        Raises
        ------
        ResultsError
            If it cannot be written, or holds a link in place of a folder.
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
        """Say whether there is anything in it.

        Raises
        ------
        ResultsError
            If something else stands in the place of its parts.
        """
        return is_folder(self.parts)

    def examine(self) -> ResultsFolder:
        """Return this folder as a reader must see it: without the parts and segments that cannot be used.

        Raises
        ------
        ResultsError
            If a folder in it may not be read, or is a link.
        """
        trials, references = (find_flaws(self.parts, self.segments, kind) for kind in KINDS)
        return replace(self, flaws=trials | references)

    def list_flaws(self) -> tuple[str, ...]:
        """Say what cannot be used, a sentence each."""
        return tuple(
            f"{flaw}. It counts as not run; `albench run` sets it aside and makes it again"
            for flaw in self.flaws.values()
        )

    def write_text(self, name: str, text: str) -> None:
        """Write a text file atomically."""
        with write_file(self.path / name) as handle:
            handle.write(text.encode())

    def read_text(self, name: str) -> str:
        """Read a text file of the folder.

        Raises
        ------
        ResultsError
            If it is not there, or damaged.
        """
        with self._explain_missing(name):
            return read_text(self.path / name)

    def read_resolved(self) -> dict[str, Any]:
        """Return the experiment as the last run has resolved it.

        Raises
        ------
        ResultsError
            If it is not there, or damaged.
        """
        with self._explain_missing("resolved.yaml"):
            return read_mapping(self.path / "resolved.yaml")

    @contextmanager
    def _explain_missing(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise ResultsError(f"'{self.path}' is no results folder: it has no {name}") from error

    def read_environments(self) -> dict[str, dict[str, Any]]:
        """Return the environments that results were computed in, by fingerprint."""
        file = self.path / ENVIRONMENTS
        return read_environments(file) if is_file(file) else {}

    def set_aside_damaged_environments(self) -> Path | None:
        """Rename the environments if they are damaged, and return where they lie now; for the only writer.

        Results name their environment themselves: without the file they lose its description.
        """
        file = self.path / ENVIRONMENTS
        try:
            self.read_environments()
        except ResultsError:
            with explain_disk_trouble(file):
                return file.replace(file.with_name(f"{file.name}.damaged"))
        return None

    def add_environment(self, environment: dict[str, Any]) -> None:
        """Store an environment under its fingerprint."""
        environments = self.read_environments() | {environment["fingerprint"]: environment}
        self.write_text(ENVIRONMENTS, json.dumps(environments, indent=1, sort_keys=True) + "\n")

    def write_datasets(self, facts: Iterable[DatasetFacts]) -> None:
        """Store the datasets in numbers, and what their readers warned of."""
        self.write_text(DATASETS, json.dumps([asdict(dataset) for dataset in facts], indent=1) + "\n")

    def read_datasets(self) -> list[dict[str, Any]]:
        """Return what :meth:`write_datasets` wrote; nothing before a run."""
        file = self.path / DATASETS
        return read_datasets(file) if is_file(file) else []

    def read_declarations(self) -> list[Declaration]:
        """Return what the runs have declared, the oldest first; nothing of those of early versions."""
        file = self.path / DECLARATIONS
        return read_declarations(file) if is_file(file) else []

    def write_declarations(self, declarations: Iterable[Declaration]) -> None:
        """Store what the runs have declared."""
        self.write_text(DECLARATIONS, json.dumps(list(declarations), indent=1) + "\n")

    def write_plan(self, trials: pl.DataFrame, references: pl.DataFrame) -> None:
        """Store which keys the experiment asks for, and what its spec calls them."""
        folder = self.path / "plan"
        make_folder(folder)
        # The trials last: where they are, the plan is whole.
        write_part(references, folder / "references.parquet")
        write_part(trials, folder / "trials.parquet")

    def read_plan(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the keys of the trials and references that the last run was asked for, and their labels.

        Raises
        ------
        ResultsError
            If nothing was run here, or the tables are damaged.
        """
        return self._read_plan_tables(("key",), ("key",))

    def read_labels(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the same with every label that tables need.

        Raises
        ------
        ResultsError
            If nothing was run here, or the tables are damaged or lack a label.
        """
        return self._read_plan_tables(TRIAL_LABELS, REFERENCE_LABELS)

    def _read_plan_tables(self, *required: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
        folder = self.path / "plan"
        try:
            trials, references = (
                read_plan_table(folder / f"{table}.parquet", table, columns)
                for table, columns in zip(("trials", "references"), required, strict=True)
                if is_folder(folder)
            )
        except (FileNotFoundError, ValueError) as error:
            raise ResultsError(f"'{self.path}' holds no run: `albench run` makes one") from error
        return trials, references

    def has_experiment(self) -> bool:
        """Say whether it holds what a run or a merge was asked for, to the last file of it."""
        names = ("experiment.yaml", "resolved.yaml", "plan/references.parquet", "plan/trials.parquet")
        return is_folder(self.path / "plan") and all(is_file(self.path / name) for name in names)

    def read_planned_keys(self) -> set[str] | None:
        """Return the keys of the trials that the last run was asked for; None before a run."""
        if not is_file(self.path / "plan" / "trials.parquet"):
            return None
        return set(self.read_plan()[0]["key"])

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

    def list_keys(self, kind: str) -> set[str]:
        """Return the keys of everything of a kind."""
        return part_files.list_keys(self.parts, self.segments, kind, self.flaws)

    def read_stored_trials(self) -> dict[str, StoredTrial]:
        """Return what is known of every trial on disk."""
        import polars as pl

        names = (
            "key",
            "status",
            "reason",
            "environment",
            "n_labels",
            "metrics",
            "signals",
            "audit",
            "definitions",
        )
        frame = self.read_columns(TRIAL, None, {name: get_scalar_schema()[name] for name in names})
        # As texts, most of which are the same: a hundred thousand trials have few different coverages.
        texts = frame.with_columns(pl.col("metrics", "signals", "definitions").list.join(" "))
        distinct = texts.select(names[4:]).unique()
        coverages = {columns: _build_coverage(*columns) for columns in distinct.rows()}
        return {
            key: StoredTrial(key, status, reason, coverages[tuple(columns)], environment)
            for key, status, reason, environment, *columns in texts.iter_rows()
        }

    def read_trial(self, key: str) -> pl.DataFrame:
        """Read one trial with the columns that it was written with.

        Raises
        ------
        ResultsError
            If it is not there.
        """
        frame = self.read_rows(TRIAL, [key])
        if not frame.height:
            raise ResultsError(f"'{self.path}' holds no trial {key}")
        return drop_empty_columns(frame)

    def read_rows(self, kind: str, keys: Iterable[str]) -> pl.DataFrame:
        """Read all columns that there are of some keys, in order of key; null where a part lacks one."""
        return part_files.read_rows(self.parts, self.segments, kind, frozenset(keys), self.flaws)

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

    def read_queries(self, keys: Iterable[str]) -> pl.DataFrame:
        """Read the queried rows of trials as lists."""
        import polars as pl

        lists = {name: dtype for name, dtype in get_list_schema().items() if name.startswith("query.")}
        proba = {"query.proba": pl.List(pl.List(pl.Float64()))}
        return self.read_columns(TRIAL, keys, {"key": pl.String(), "status": pl.String(), **lists, **proba})

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
        """Read columns of trials or references, in order of key; all of them if ``keys`` is None.

        Raises
        ------
        ResultsError
            If a file cannot be read; the message names it.
        """
        return part_files.read_columns(self.parts, self.segments, kind, schema, keys, self.flaws)


def _build_coverage(
    n_labels: int | None, metrics: str, signals: str, audit: str, definitions: str | None
) -> Coverage:
    # Parts of before 2026-11-30 have no definitions.
    names = (frozenset((text or "").split()) for text in (metrics, signals, definitions))
    recorded_metrics, recorded_signals, recorded_definitions = names
    return Coverage(n_labels or 0, recorded_metrics, recorded_signals, audit, recorded_definitions)
