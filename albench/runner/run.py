"""Carry out a plan: prepare splits, run what is missing longest first, write each result at once."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from albench.runner.display import Counts, Finished, Silent
from albench.runner.eta import Eta
from albench.runner.executors import executor
from albench.runner.jobs import Jobs
from albench.runner.resume import Decision, decide
from albench.runner.wording import cell_of, said_reference, said_trial
from albench.runner.work import carry_out, embed_texts, lost, not_prepared, prepare
from albench.store.environment import environment
from albench.store.folder import REFERENCE, TRIAL
from albench.store.parts import reference_part, trial_part
from albench.store.prefix import differing_columns
from albench.trial.task import TrialRecord

if TYPE_CHECKING:
    from albench.contracts import Table
    from albench.planning import Plan, PlannedReference
    from albench.runner.display import Display
    from albench.runner.executors import Executor
    from albench.runner.resume import Rerun
    from albench.store.folder import Folder
    from albench.trial.task import ReferenceRecord


@dataclass
class Outcome:
    """What a run came to, in trials.

    Attributes
    ----------
    problems : list of str
        What went wrong, one sentence each: failures, and results that could not be reproduced.
    """

    done: int = 0
    reused: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """True if every trial of the plan is done."""
        return not self.failed and not self.problems


def run_plan(
    plan: Plan,
    tables: dict[str, Table],
    folder: Folder,
    *,
    rerun: Rerun = "missing",
    display: Display | None = None,
) -> Outcome:
    """Run what a plan asks for and a folder does not hold.

    Parameters
    ----------
    plan : Plan
    tables : dict of dataset label to Table
        Emptied once the splits are prepared.
    folder : Folder
        Made if it is not there; written by this process alone.
    rerun : {"missing", "failed", "all"}
    display : Display, optional
    """
    folder.create()
    return _Run(plan, tables, folder, rerun, display or Silent()).outcome()


class _Run:
    def __init__(
        self, plan: Plan, tables: dict[str, Table], folder: Folder, rerun: Rerun, display: Display
    ) -> None:
        self.plan, self.tables, self.folder, self.display = plan, tables, folder, display
        self.stored = folder.stored()
        self.decisions = decide(plan.trials, self.stored, rerun)
        self.pending = {d.trial.identity.key: d for d in self.decisions if d.runs}
        self.references = {ref.identity.key: ref for ref in _missing_references(plan, folder)}
        self.executor: Executor = executor(
            plan.experiment.execution, len(self.pending) + len(self.references)
        )
        self.eta = Eta((cell_of(d.trial) for d in self.pending.values()), self.executor.n_workers)
        self.result = Outcome(reused=sum(d.action == "reuse" for d in self.decisions))
        for decision in self.decisions:
            if decision.action == "keep_failed":
                self._failure(decision, decision.reason)

    def outcome(self) -> Outcome:
        self.display.started(self._counts())
        try:
            if self.pending or self.references:
                self._carry_out()
        finally:
            self.display.stopped()
        return self.result

    def _counts(self) -> Counts:
        actions = [decision.action for decision in self.decisions]
        return Counts(
            to_run=actions.count("run"),
            to_rescore=actions.count("rescore"),
            reused=actions.count("reuse"),
            kept_failed=actions.count("keep_failed"),
            references=len(self.references),
            n_workers=self.executor.n_workers,
        )

    def _carry_out(self) -> None:
        described = environment(_estimator_packages(self.plan))
        self.folder.add_environment(described)
        self.environment: str = described["fingerprint"]
        scratch = Path(tempfile.mkdtemp(prefix="albench-"))
        try:
            jobs = Jobs(self.plan, self.pending, self.references, self.folder, scratch)
            self.display.phase("preparing splits")
            for _ in self.executor.carry_out(embed_texts, jobs.embed(self.tables), not_prepared):
                pass
            for _ in self.executor.carry_out(prepare, jobs.prepare(self.tables), not_prepared):
                pass
            # No table may lie in memory beside the arrays made of it.
            self.tables.clear()
            self.display.phase("running trials")
            for record in self.executor.carry_out(carry_out, jobs.fits(), lost):
                self._take(record)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _take(self, record: TrialRecord | ReferenceRecord) -> None:
        if isinstance(record, TrialRecord):
            self._take_trial(record)
        else:
            self._take_reference(record)

    def _take_trial(self, record: TrialRecord) -> None:
        decision = self.pending[record.key]
        problem = self._write_trial(record, decision)
        if problem is None:
            self.result.done += 1
        else:
            self._failure(decision, problem)
        seconds = float(record.facts["wall_s"])
        self.eta.finished(cell_of(decision.trial), seconds)
        status = record.status if problem is None or record.status != "done" else "failed"
        self._show(said_trial(decision.trial), status, problem or record.notes, seconds, is_trial=True)

    def _write_trial(self, record: TrialRecord, decision: Decision) -> str | None:
        """Write the part unless that would lose something; return what went wrong."""
        part = trial_part(
            record,
            decision.trial.identity,
            decision.coverage,
            environment=self.environment,
            finished_at=datetime.now(UTC),
        )
        there = self.stored.get(record.key)
        if there is not None and there.status == "done":
            if record.status != "done":
                return f"{record.notes} (the narrower result of an earlier run is kept)"
            differ = differing_columns(self.folder.whole(record.key), part)
            if differ and there.environment == self.environment:
                return f"not reproducible: {', '.join(differ)} differ from the stored rounds (kept)"
        self.folder.write(TRIAL, part)
        return None if record.status == "done" else record.notes or record.status

    def _take_reference(self, record: ReferenceRecord) -> None:
        reference = self.references[record.key]
        part = reference_part(
            record,
            reference.identity.canonical(),
            environment=self.environment,
            finished_at=datetime.now(UTC),
        )
        self.folder.write(REFERENCE, part)
        said = said_reference(reference)
        if record.status != "done":
            self.result.problems.append(f"{said}: {record.notes}")
        self._show(said, record.status, record.notes, record.fit_s, is_trial=False)

    def _failure(self, decision: Decision, why: str) -> None:
        self.result.failed += 1
        self.result.problems.append(f"{said_trial(decision.trial)}: {why}")

    def _show(self, what: str, status: str, reason: str | None, seconds: float, *, is_trial: bool) -> None:
        self.display.finished(Finished(what, status, reason, seconds, self.eta.seconds(), is_trial))


def _missing_references(plan: Plan, folder: Folder) -> list[PlannedReference]:
    metrics = {entry.component.name for entry in plan.experiment.metrics}
    stored = folder.stored_references()
    return [ref for ref in plan.references if not metrics <= stored.get(ref.identity.key, frozenset())]


def _estimator_packages(plan: Plan) -> tuple[str, ...]:
    paths = [m.component.estimator for entry in plan.experiment.models for m in (entry.task, entry.query)]
    packages = {path.partition(".")[0] for path in paths}
    return tuple(sorted(packages - {"sklearn", "albench"}))
