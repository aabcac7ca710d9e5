"""Measure before a first run: one trial of random a dataset and model, nothing of it is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from albench.errors import TrialError
from albench.registry import recipe
from albench.runner.executors import Inline
from albench.runner.resume import Decision
from albench.runner.tasks import trial_task
from albench.runner.work import FitJob, PrepareJob, carry_out, lost, prepare
from albench.store.folder import Folder
from albench.trial.task import TrialRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Table
    from albench.planning import Plan, PlannedTrial


def probe(plan: Plan, tables: Mapping[str, Table]) -> dict[str, float]:
    """Return wall seconds of the trials that were run to measure, by key.

    Raises
    ------
    TrialError
        If one of them fails.
    """
    chosen: dict[tuple[str, str], PlannedTrial] = {}
    for trial in plan.trials:
        if trial.strategy.component.arms:
            chosen.setdefault((trial.dataset, trial.model.label), trial)
    with tempfile.TemporaryDirectory(prefix="albench-") as scratch:
        return {
            trial.identity.key: _seconds(plan, tables[trial.dataset], trial, Path(scratch))
            for trial in chosen.values()
        }


def _seconds(plan: Plan, table: Table, trial: PlannedTrial, scratch: Path) -> float:
    it = plan.experiment
    arrays = scratch / trial.identity.dataset[:16]
    split = PrepareJob(
        table=table,
        dataset=trial.identity.dataset,
        split=recipe(it.split),
        split_index=trial.identity.split_index,
        validation=it.validation,
        preprocessing=it.preprocessing_of(trial.dataset),
        random_state=it.random_state,
        target=str(arrays),
    )
    prepare(split)
    task = trial_task(Decision(trial, "run", trial.coverage), it, Folder(scratch))
    (record,) = Inline().carry_out(carry_out, [FitJob(task, str(arrays))], lost)
    if not isinstance(record, TrialRecord) or record.status != "done":
        raise TrialError(f"{trial.dataset} {trial.model.label}: {record.notes}")
    return float(record.facts["wall_s"])
