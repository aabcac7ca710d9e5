"""The files of a results folder beside the results: spec, environments, datasets, declarations, the plan."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from albench.errors import ResultsError
from albench.files import explain_disk_trouble, write_file
from albench.store.parts import REFERENCE_LABELS, TRIAL_LABELS, write_part
from albench.store.plain_files import is_file, is_folder, list_names, make_folder
from albench.store.small_files import (
    read_datasets,
    read_declarations,
    read_environments,
    read_mapping,
    read_plan_table,
    read_text,
)
from albench.store.stream_parts import STREAM_LABELS
from albench.text import list_quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import polars as pl

    from albench.datasets.facts import DatasetFacts
    from albench.store.declarations import Declaration

ENVIRONMENTS, DATASETS, DECLARATIONS = "environment.json", "datasets.json", "declarations.json"
_LATER_FACTS = (
    *("row_prices", "answers", "n_unlabelled", "unlabelled_uses", "representativeness", "misfits"),
)
"""Facts about datasets that are stored only where there are any."""


@dataclass(frozen=True)
class FolderFiles:
    """``results/NAME/``: where everything lies, and what is read and written beside parts and segments."""

    path: Path

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

    def write_text(self, name: str, text: str) -> None:
        """Write a text file atomically."""
        with write_file(self.path / name) as handle:
            handle.write(text.encode())

    def read_text(self, name: str) -> str:
        """Read a text file of the folder."""
        with self._explain_missing(name):
            return read_text(self.path / name)

    def read_resolved(self) -> dict[str, Any]:
        """Return the experiment as the last run has resolved it."""
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
        datasets = [asdict(dataset) for dataset in facts]
        for dataset in datasets:
            for name in _LATER_FACTS:
                if not dataset[name]:
                    del dataset[name]
        self.write_text(DATASETS, json.dumps(datasets, indent=1) + "\n")

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
        """Return the keys of the trials and references that the last run was asked for, and their labels."""
        return self._read_plan_tables(("key",), ("key",))

    def read_labels(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the same with every label that tables need."""
        return self._read_plan_tables(TRIAL_LABELS, REFERENCE_LABELS)

    def read_stream_labels(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the same of an experiment on streams, which has no references."""
        return self._read_plan_tables(STREAM_LABELS, REFERENCE_LABELS, trials="stream_trials")

    def _read_plan_tables(
        self, *required: tuple[str, ...], trials: str = "trials"
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        folder = self.path / "plan"
        try:
            labels, references = (
                read_plan_table(folder / f"{name}.parquet", table, columns)
                for name, table, columns in zip(
                    ("trials", "references"), (trials, "references"), required, strict=True
                )
                if is_folder(folder)
            )
        except (FileNotFoundError, ValueError) as error:
            raise ResultsError(f"'{self.path}' holds no run: {self._advise_on_run()}") from error
        return labels, references

    def _advise_on_run(self) -> str:
        """Return what to name in place of a folder that holds no run."""
        names = [name for name in list_names(self.path) if is_folder(self.path / name / "plan")]
        runs = list_quoted(str(self.path / name) for name in names)
        return f"name a results folder in it, as {runs}" if names else "`albench run` makes one"

    def has_experiment(self) -> bool:
        """Say whether it holds what a run or a merge was asked for, to the last file of it."""
        names = ("experiment.yaml", "resolved.yaml", "plan/references.parquet", "plan/trials.parquet")
        return is_folder(self.path / "plan") and all(is_file(self.path / name) for name in names)

    def read_planned_keys(self) -> set[str] | None:
        """Return the keys of the trials that the last run was asked for; None before a run."""
        if not is_file(self.path / "plan" / "trials.parquet"):
            return None
        return set(self.read_plan()[0]["key"])
