"""One trial or reference in the foreground: in this process, nothing caught, nothing written."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from albench.prepared.arrays import SplitArrays
from albench.runner.agenda import Agenda
from albench.runner.executors import Inline
from albench.runner.jobs import Jobs
from albench.runner.resume import AGAIN, Decision
from albench.runner.work import SHARED, embed_texts, not_prepared, prepare
from albench.trial.run import run_openly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Table
    from albench.planning import Plan
    from albench.runner.work import FitJob
    from albench.store.folder import Folder
    from albench.trial.task import ReferenceRecord, TrialRecord


def run_in_foreground(
    plan: Plan, tables: Mapping[str, Table], folder: Folder
) -> TrialRecord | ReferenceRecord:
    """Run the one trial or reference of a plan as a worker would, and raise what goes wrong.

    Parameters
    ----------
    plan : Plan
        Of one trial or reference (:func:`albench.runner.agenda.only`).
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
