"""One trial or reference in the foreground: in this process, nothing caught, nothing written."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from albench.errors import TrialError
from albench.planning.decisions import Decision
from albench.prepared.split_arrays import SplitArrays
from albench.runner.executors.base import InlineExecutor
from albench.runner.jobs import JobBuilder, choose_job_builder
from albench.runner.worker import SHARED_FOLDER, execute_job, record_loss, refuse_loss
from albench.store.folder import ResultsFolder
from albench.store.parts import CPU_COLUMNS
from albench.stream.execute import StreamTask, execute_stream_uncaught
from albench.trial.execute import execute_uncaught
from albench.trial.records import TrialRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Table
    from albench.planning.plan import Plan, PlannedTrial
    from albench.runner.worker import FitJob
    from albench.trial.records import ReferenceRecord


def run_in_foreground(
    plan: Plan, tables: Mapping[str, Table], folder: ResultsFolder
) -> TrialRecord | ReferenceRecord:
    """Run the one trial or reference of a plan as a worker would, and raise what goes wrong.

    Parameters
    ----------
    plan : Plan
        Of one trial or reference (:func:`albench.planning.agenda.restrict_to_key`).
    folder : ResultsFolder
        Left as it is.
    """
    pending = {trial.identity.key: Decision(trial, "run", trial.coverage) for trial in plan.trials}
    references = {reference.identity.key: reference for reference in plan.references}
    with tempfile.TemporaryDirectory(prefix="albench-") as scratch:
        jobs = choose_job_builder(plan)(plan, pending, references, folder, Path(scratch))
        _prepare(jobs, tables)
        (record,) = InlineExecutor().execute(_run_uncaught, jobs.build_fit_jobs(), _reject_death)
        return record


def _prepare(jobs: JobBuilder, tables: Mapping[str, Table]) -> None:
    """Make the arrays that jobs need."""
    for function, preparations in jobs.list_preparations(tables):
        for _ in InlineExecutor().execute(function, preparations, refuse_loss):
            pass


def _run_uncaught(job: FitJob) -> TrialRecord | ReferenceRecord:
    if isinstance(job.task, StreamTask):
        return execute_stream_uncaught(job.task, Path(job.arrays), job.limits)
    arrays = SplitArrays.load(Path(job.arrays))
    return execute_uncaught(job.task, arrays, Path(job.arrays) / SHARED_FOLDER, job.limits)


def _reject_death(job: FitJob, death: object) -> TrialRecord | ReferenceRecord:
    raise AssertionError(f"{job} died in its own process: {death}")


def measure_random_trials(plan: Plan, tables: Mapping[str, Table]) -> dict[str, tuple[float, float]]:
    """Run one trial of random for every dataset and model; return their CPU and wall seconds, by key."""
    chosen: dict[tuple[str, str], PlannedTrial] = {}
    for trial in plan.trials:
        if trial.strategy.component.arms:
            chosen.setdefault((trial.dataset, trial.model.label), trial)
    pending = {trial.identity.key: Decision(trial, "run", trial.coverage) for trial in chosen.values()}
    with tempfile.TemporaryDirectory(prefix="albench-") as scratch:
        jobs = JobBuilder(plan, pending, {}, ResultsFolder(Path(scratch)), Path(scratch))
        _prepare(jobs, tables)
        records = InlineExecutor().execute(execute_job, jobs.build_fit_jobs(), record_loss)
        return {record.key: _read_seconds(record, pending[record.key].trial) for record in records}


def _read_seconds(record: TrialRecord | ReferenceRecord, trial: PlannedTrial) -> tuple[float, float]:
    """Return the CPU and wall seconds of a trial."""
    if not isinstance(record, TrialRecord) or record.status != "done":
        raise TrialError(f"{trial.dataset} {trial.model.label}: {record.notes}")
    cpu_s = sum(float(record.facts[name]) for name in CPU_COLUMNS)
    return cpu_s, float(record.facts["wall_s"])
