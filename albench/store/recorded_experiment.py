"""What a results folder says was run: its own spec, which may differ from what the spec file says by now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.errors import DatasetError, ResultsError, SpecError
from albench.store.folder_files import DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from albench.contracts import Component
    from albench.spec.experiment import Experiment
    from albench.spec.unresolved import UnresolvedComponent
    from albench.store.folder import ResultsFolder


@dataclass(frozen=True)
class RecordedExperiment:
    """The experiment of the last run.

    Attributes
    ----------
    differences : tuple of str
        What the spec file says otherwise by now.
    """

    experiment: Experiment
    differences: tuple[str, ...] = ()


def read_recorded_experiment(
    folder: ResultsFolder, current: Experiment, *, import_user_code: bool
) -> RecordedExperiment:
    """Read the experiment of the last run on a folder; the current one if nothing that counts has changed.

    Parameters
    ----------
    current : Experiment
        What the spec file says now.
    import_user_code : bool
        Whether modules that the recorded spec names may be imported.
    """
    from albench.spec.differences import list_differences
    from albench.spec.read import load_past_experiment

    text = folder.read_text("experiment.yaml")
    if text == current.text:
        return RecordedExperiment(current)
    try:
        recorded = load_past_experiment(
            text, path=current.path, name=current.name, import_user_code=import_user_code
        )
    except SpecError as error:
        raise ResultsError(
            f"the spec of the last run, '{folder.path / 'experiment.yaml'}', cannot be understood by this "
            f"version: {error}\nthe version that wrote it reads it; `albench run SPEC` writes it anew, and "
            "keeps the trials that are the same"
        ) from error
    differences = list_differences(recorded, current)
    if not differences:
        return RecordedExperiment(current)
    if import_user_code:
        _check_resolved(recorded, folder)
    return RecordedExperiment(recorded, differences)


def list_changed_datasets(folder: ResultsFolder, experiment: Experiment) -> tuple[str, ...]:
    """Name the datasets whose files hold something else than the last run has read.

    Files that were last written before that run are not read again.
    """
    hashes = {entry["label"]: entry["hash"] for entry in folder.read_datasets()}
    if not hashes:
        return ()
    since = (folder.path / DATASETS).stat().st_mtime
    return tuple(
        entry.label
        for entry in experiment.datasets
        if entry.label in hashes
        and any(_was_written_since(file, since) for file in _list_files(entry.component, experiment.folder))
        and _compute_hash(entry.component, experiment.folder) != hashes[entry.label]
    )


def _list_files(source: Component, folder: Path) -> list[Path]:
    from albench.contracts import DatasetSource

    try:
        return list(source.files(folder)) if isinstance(source, DatasetSource) else []
    except (DatasetError, OSError):
        return []


def _was_written_since(file: Path, since: float) -> bool:
    try:
        status = file.stat()
    except OSError:
        return False
    # A file that was moved there keeps the time when it was written.
    return max(status.st_mtime, status.st_ctime) > since


def _compute_hash(source: Component, folder: Path) -> str | None:
    """Return the hash of a dataset; None if it cannot be read any more."""
    from albench.contracts import DatasetSource
    from albench.datasets.facts import compute_dataset_hash
    from albench.datasets.loading import load_table

    if not isinstance(source, DatasetSource):
        return None
    try:
        return compute_dataset_hash(load_table(source, folder))
    except (DatasetError, OSError):
        return None


def _check_resolved(experiment: Experiment, folder: ResultsFolder) -> None:
    missing = [component.path for component in _iterate_unresolved(experiment)]
    if missing:
        raise ResultsError(
            f"the results in '{folder.path}' were made with {', '.join(missing)}, which cannot be imported "
            "any more: put it back, or let `albench run` make results of the spec as it is now"
        )


def _iterate_unresolved(experiment: Experiment) -> Iterator[UnresolvedComponent]:
    from albench.spec.unresolved import UnresolvedComponent

    axes = (
        experiment.strategies,
        experiment.seed_sets,
        experiment.oracles,
        experiment.metrics,
        experiment.signals,
        experiment.stopping,
    )
    for entries in axes:
        for entry in entries:
            if isinstance(entry.component, UnresolvedComponent):
                yield entry.component
