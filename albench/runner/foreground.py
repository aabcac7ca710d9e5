"""One trial or reference in the foreground: in this process, nothing caught, nothing written."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from albench.errors import TrialError
from albench.planning.agenda import Agenda
from albench.planning.decisions import AGAIN, Decision
from albench.prepared.split_arrays import SplitArrays
from albench.registry.lookup import recipe
from albench.runner.executors.base import Inline
from albench.runner.jobs import Jobs
from albench.runner.tasks import trial_task
from albench.runner.worker import (
    SHARED,
    FitJob,
    PrepareJob,
    carry_out,
    embed_texts,
    lost,
    not_prepared,
    prepare,
)
from albench.store.folder import Folder
from albench.trial.execute import run_openly
from albench.trial.records import TrialRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Table
    from albench.planning.grid import Plan, PlannedTrial
    from albench.trial.records import ReferenceRecord


def run_in_foreground(
    plan: Plan, tables: Mapping[str, Table], folder: Folder
) -> TrialRecord | ReferenceRecord:
    """Run the one trial or reference of a plan as a worker would, and raise what goes wrong.

    Parameters
    ----------
    plan : Plan
        Of one trial or reference (:func:`albench.planning.agenda.only`).
    tables : mapping of dataset label to Table
    folder : Folder
        Left as it is.
    """
    decisions = tuple(Decision(it, "run", it.coverage, AGAIN) for it in plan.trials)
    todo = Agenda(plan, folder, {}, decisions, plan.references)
    references = {it.identity.key: it for it in plan.references}
    with tempfile.TemporaryDirectory(prefix="albench-") as scratch:
        jobs = Jobs(plan, todo.pending, references, folder, Path(scratch))
        for _ in Inline().carry_out(embed_texts, jobs.embed(tables), not_prepared):
            pass
        for _ in Inline().carry_out(prepare, jobs.prepare(tables), not_prepared):
            pass
        (record,) = Inline().carry_out(_openly, jobs.fits(), _never)
        return record


def _openly(job: FitJob) -> TrialRecord | ReferenceRecord:
    arrays = SplitArrays.load(Path(job.arrays))
    return run_openly(job.task, arrays, Path(job.arrays) / SHARED, job.limits)


def _never(job: FitJob, death: object) -> TrialRecord | ReferenceRecord:
    raise AssertionError(f"{job} died in its own process: {death}")


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
