"""What a page prints beside the evidence: where the numbers come from and what they stand for."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from albench.report.html.numbers import format_count
from albench.spec.highlight import list_highlighted
from albench.spec.repeats import UntilDecided
from albench.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.source import FolderSource, ReportSource
    from albench.contracts import Component
    from albench.report.labelling import LabellingPart
    from albench.report.picks_map import PicksMap
    from albench.spec.experiment import Entry, Experiment


@dataclass(frozen=True)
class DatasetSizes:
    """Sizes of a dataset after preprocessing; those of pool and test are of its first split.

    Labelled and unlabelled rows are counted where there are unlabelled ones.
    """

    label: str
    n_pool: int
    n_test: int
    n_features: int
    n_classes: int
    n_labelled: int = 0
    n_unlabelled: int = 0


@dataclass(frozen=True)
class ComponentFacts:
    """A component under its label, with the one sentence and the reference of its class."""

    kind: str
    label: str
    summary: str
    reference: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Where the numbers of a report come from.

    Attributes
    ----------
    resolved : str
        The experiment with every default filled in, as YAML.
    environments : mapping
        Fingerprint -> description of each environment that the trials ran in; comparisons across more than
        one are flagged.
    newest : datetime or None
        When the newest trial finished. A page has no other date: the same results give the same bytes.
    label_seeking : tuple of str
        Seed sets that look at labels before any is queried.
    warnings : tuple of str
        What the readers of the datasets warned of.
    is_declared : bool
        Whether the slice of the verdicts is known to have been declared when no trial had finished.
    files : tuple of str
        Tables beside the page, as relative paths.
    spec : str
        How commands on the page name the experiment file.
    maps : tuple of Map
        The picks of the first repeat, by dataset.
    shifts : tuple of str
        Where labelled rows differ from unlabelled ones, a sentence a dataset.
    highlighted : tuple of str
        Strategies that are always shown.
    labelling : tuple of LabellingPart
        Labels that people have given to rows of the data, by dataset.
    """

    title: str
    experiment: str
    resolved: str
    environments: Mapping[str, Mapping[str, Any]]
    version: str
    newest: datetime | None
    splits: int = 1
    starts: int = 1
    label_seeking: tuple[str, ...] = ()
    datasets: tuple[DatasetSizes, ...] = ()
    components: tuple[ComponentFacts, ...] = ()
    warnings: tuple[str, ...] = ()
    is_declared: bool = False
    files: tuple[str, ...] = ()
    spec: str = "SPEC"
    maps: tuple[PicksMap, ...] = ()
    shifts: tuple[str, ...] = ()
    highlighted: tuple[str, ...] = ()
    labelling: tuple[LabellingPart, ...] = ()

    @property
    def repeats(self) -> int:
        """Repeats that the experiment asks for in each cell of its grid."""
        return self.splits * self.starts


def build_page(
    run: FolderSource, path: Path, axes: Iterable[Sequence[Entry[Any]]], warnings: Iterable[str]
) -> Page:
    """Collect what the page of every run prints, on pools or on streams.

    Parameters
    ----------
    path : Path
        The HTML file that is to be written: tables in the folder of the run are named as seen from it.
    """
    from importlib.metadata import version

    experiment, trials, environments = run.experiment, run.trials, run.folder.read_environments()
    fingerprints = trials["environment"].drop_nulls().unique().sort().to_list()
    return Page(
        title=experiment.title,
        experiment=experiment.name,
        resolved=run.folder.read_text("resolved.yaml"),
        environments={name: environments.get(name, {}) for name in fingerprints},
        version=version("albench"),
        newest=find_newest(trials),
        splits=experiment.repeats.splits,
        components=tuple(describe_component(entry.label, entry.component) for axis in axes for entry in axis),
        warnings=tuple(warnings),
        files=_list_tables(run.folder.tables, path.parent),
        spec=experiment.path.name if experiment.path else "SPEC",
        highlighted=list_highlighted(experiment),
    )


def build_pool_page(run: ReportSource, path: Path, warnings: Iterable[str]) -> Page:
    """Collect what the page of a run on pools prints; parameters as of :func:`build_page`."""
    experiment, trials = run.experiment, run.trials
    axes = (
        experiment.strategies,
        [entry.task for entry in experiment.models],
        experiment.seed_sets,
        experiment.oracles,
        experiment.metrics,
    )
    partly_labelled = {
        dataset["label"]: (dataset["n_rows"], dataset["n_unlabelled"])
        for dataset in run.folder.read_datasets()
        if "n_unlabelled" in dataset
    }
    return replace(
        build_page(run, path, axes, warnings),
        splits=_count_splits(experiment, trials),
        starts=experiment.repeats.starts,
        label_seeking=tuple(e.label for e in experiment.seed_sets if e.component.looks_at_labels),
        datasets=_list_datasets(experiment, trials, partly_labelled),
    )


def _list_tables(folder: Path, start: Path) -> tuple[str, ...]:
    """Return the tables that lie in a folder, as paths from where a page is."""
    names = sorted(f"{table}.{suffix}" for table in TABLES for suffix in ("csv", "parquet"))
    there = PurePath(os.path.relpath(folder, start)).as_posix()
    return tuple(f"{there}/{name}" for name in names if (folder / name).is_file())


def _count_splits(experiment: Experiment, trials: pl.DataFrame) -> int:
    """Return the splits that are asked for; else those that there are."""
    if isinstance(experiment.repeats, UntilDecided) and trials.height:
        return trials["split"].n_unique()
    return experiment.repeats.splits


def list_facts(evidence: Evidence, page: Page) -> tuple[str, ...]:
    """Return what the head of a page says of its experiment; nothing without a slice."""
    if not evidence.slices:
        return ()
    primary, repeats = evidence.primary, format_count(page.repeats, "repeat")
    of = primary.slice
    queried = f", queried by {of.query_model}" if of.query_model != of.model else ""
    return (
        format_count(len(primary.datasets), "dataset"),
        format_count(len(primary.strategies), "strategy", "strategies"),
        f"up to {repeats}" if evidence.repeats else repeats,
        f"{of.model}{queried}",
        f"budget {of.budget}",
    )


def list_settings(evidence: Evidence, page: Page) -> tuple[str, ...]:
    """Return what a page says of the primary slice where it shows what ran; nothing without one."""
    if not evidence.slices:
        return ()
    of, repeats = evidence.primary.slice, format_count(page.repeats, "repeat")
    return (
        f"{repeats} ({page.splits} splits \u00d7 {page.starts} starts)" if page.starts > 1 else repeats,
        f"seed size {of.seed_size} ({of.seed_set})",
        f"batch {of.batch_size}",
        f"budget {of.budget}",
        f"{of.oracle} oracle",
    )


def flatten_mapping(mapping: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return a nested mapping as dotted names and texts, in its own order."""
    rows: list[tuple[str, str]] = []
    for name, value in mapping.items():
        if isinstance(value, dict):
            rows += flatten_mapping(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            rows.append((f"{prefix}{name}", ", ".join(map(str, value)) or "none"))
        else:
            rows.append((f"{prefix}{name}", "unknown" if value is None or value == "" else str(value)))
    return rows


def find_newest(trials: pl.DataFrame) -> datetime | None:
    """Return when the newest trial has finished."""
    from datetime import datetime

    newest = trials["finished_at"].max()
    return newest if isinstance(newest, datetime) else None


def _list_datasets(
    experiment: Experiment, trials: pl.DataFrame, partly_labelled: Mapping[str, tuple[int, int]]
) -> tuple[DatasetSizes, ...]:
    sizes = read_sizes(trials, ("n_pool", "n_test", "n_features", "n_classes"))
    labels = [entry.label for entry in experiment.datasets if entry.label in sizes]
    return tuple(DatasetSizes(label, *sizes[label], *partly_labelled.get(label, ())) for label in labels)


def read_sizes(trials: pl.DataFrame, columns: Sequence[str]) -> dict[str, list[int]]:
    """Return the sizes of each dataset that trials know them of, the largest where splits differ."""
    largest = trials.select("dataset", *columns).drop_nulls().group_by("dataset").max()
    return {dataset: sizes for dataset, *sizes in largest.iter_rows()}


def describe_component(label: str, component: Component) -> ComponentFacts:
    """Return a component with the first sentence of its class."""
    import inspect

    cls = type(component)
    summary = (inspect.getdoc(cls) or "").split("\n\n", 1)[0].replace("\n", " ")
    if cls.kind == "model":
        summary = str(component.identity()["estimator"])
    return ComponentFacts(cls.kind.replace("_", " "), label, summary, cls.reference, component.parameters())
