"""What trials and references are called in what a run tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from albench.planning import PlannedReference, PlannedTrial
    from albench.runner.eta import Cell


def said_trial(trial: PlannedTrial) -> str:
    """Name a trial: dataset, model, strategy, repeat."""
    labels = trial.labels()
    arm = f" arm {labels['arm']}" if trial.strategy.component.arms else ""
    repeat = f"split {labels['split']} start {labels['start']}"
    return f"{labels['dataset']} {trial.model.label} {labels['strategy']}{arm} {repeat}"


def said_reference(reference: PlannedReference) -> str:
    """Name a reference: dataset, model, split."""
    split = reference.identity.split_index
    return f"{reference.dataset} {reference.model.label} reference of split {split}"


def first_line(text: str) -> str:
    """Return the beginning of what a trial has said, which may be a page long."""
    return text.partition("\n")[0]


def cell_of(trial: PlannedTrial) -> Cell:
    """Return what trials share that take about as long."""
    return trial.dataset, trial.model.label, trial.strategy.label
