"""What an experiment asks to verify: its published numbers, and the experiment on their datasets alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from albench.errors import SpecError
from albench.verification.matching import see_known
from albench.verification.published import published

if TYPE_CHECKING:
    from albench.spec.experiment import Experiment
    from albench.verification.published import Published


def asked(experiment: Experiment) -> tuple[tuple[Published, ...], Experiment]:
    """Return the published numbers of an experiment, and the experiment on the datasets that they speak of.

    Raises
    ------
    SpecError
        If the experiment expects nothing.
    DatasetError
        If a file cannot be read, or names what the experiment lacks.
    """
    if not experiment.expected:
        raise SpecError(f"'{experiment.name}' has nothing to verify: 'expected' names no published numbers")
    files = published(experiment)
    for found in files:
        see_known(found, experiment)
    return files, _of_datasets(experiment, files)


def _of_datasets(experiment: Experiment, files: tuple[Published, ...]) -> Experiment:
    named = [found.datasets for found in files]
    if None in named:
        return experiment
    wanted: set[str] = set().union(*(labels for labels in named if labels is not None))
    entries = tuple(entry for entry in experiment.datasets if entry.label in wanted)
    return replace(experiment, datasets=entries)
