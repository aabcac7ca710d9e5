"""Carry out an agenda: prepare splits, run what is missing longest first, write each result at once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from albench.runner.environment import Environments
from albench.runner.executors.choose import executor
from albench.runner.jobs import Jobs
from albench.runner.progress import (
    Counts,
    Eta,
    Finished,
    Silent,
    cell_of,
    first_line,
    said_reference,
    said_trial,
)
from albench.runner.recorder import Recorder
from albench.runner.scratch import scratch
from albench.runner.worker import carry_out, embed_texts, lost, not_prepared, prepare
from albench.trial.records import TrialRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from albench.contracts import Table
    from albench.planning.agenda import Agenda
    from albench.planning.decisions import Decision
    from albench.runner.executors.base import Executor
    from albench.runner.executors.watchdog import Death
    from albench.runner.progress import Display
    from albench.runner.worker import EmbedJob, FitJob, PrepareJob
    from albench.trial.records import ReferenceRecord

Ready = TypeVar("Ready", "EmbedJob", "PrepareJob")


def run_agenda(
    agenda: Agenda,
    tables: dict[str, Table],
    *,
    environments: Environments | None = None,
    display: Display | None = None,
) -> Outcome:
    """Run what an agenda says, and write it to its folder.

    Parameters
    ----------
    agenda : Agenda
        Its folder is there, and written by this process alone.
    tables : dict of dataset label to Table
        Emptied once the splits are prepared.
    environments : Environments, optional
        What this process computes with.
    display : Display, optional
    """
    return _Run(agenda, tables, environments or Environments(), display or Silent()).outcome()


class _Run:
    def __init__(
        self, agenda: Agenda, tables: dict[str, Table], environments: Environments, display: Display
    ) -> None:
        self.agenda, self.tables, self.display = agenda, tables, display
        self.execution = agenda.plan.experiment.execution
        self.pending = agenda.pending
        self.references = {ref.identity.key: ref for ref in agenda.references}
        self.executor: Executor = executor(self.execution, len(self.pending) + len(self.references))
        self.recorder = Recorder(agenda, environments)
        self.budget = FailureBudget(self.execution.failure_budget, len(agenda.plan.trials))
        self.eta = Eta((cell_of(d.trial) for d in self.pending.values()), self.executor.n_workers)
        self.result = Outcome(reused=sum(d.action == "reuse" for d in agenda.decisions))
        for decision in agenda.decisions:
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
        actions = [decision.action for decision in self.agenda.decisions]
        return Counts(
            to_run=actions.count("run"),
            to_rescore=actions.count("rescore"),
            reused=actions.count("reuse"),
            kept_failed=actions.count("keep_failed"),
            references=len(self.references),
            n_workers=self.executor.n_workers,
            reasons=self.agenda.reasons_counted() if self.agenda.stored else {},
        )

    def _carry_out(self) -> None:
        self.recorder.note_environments()
        with scratch() as folder, closing(self.executor):
            jobs = Jobs(self.agenda.plan, self.pending, self.references, self.agenda.folder, folder)
            self.display.phase("preparing splits")
            self._prepare(embed_texts, jobs.embed(self.tables))
            self._prepare(prepare, jobs.prepare(self.tables))
            # No table may lie in memory beside the arrays made of it.
            self.tables.clear()
            self.display.phase("running trials")
            self._attempts(jobs)

    def _prepare(self, function: Callable[[Ready], str], jobs: Iterable[Ready]) -> None:
        """Make arrays that no trial can do without; where a process died, try again at the end."""
        again: list[Ready] = []

        def put_off(job: Ready, death: Death) -> str:
            self.display.remark(f"the arrays in '{job.target}': {death.reason}; they will be tried again")
            again.append(job)
            return job.target

        wanted = jobs
        for left in range(self.execution.retry, -1, -1):
            for _ in self.executor.carry_out(function, wanted, put_off if left else not_prepared):
                pass
            if not again:
                return
            wanted = again.copy()
            again.clear()

    def _attempts(self, jobs: Jobs) -> None:
        """Run everything; what failed in a way that may pass is tried again at the end."""
        wanted: Iterable[FitJob] = jobs.fits()
        for left in range(self.execution.retry, -1, -1):
            again: list[str] = []
            for record in self.executor.carry_out(carry_out, self._unless_stopped(wanted), lost):
                if record.may_pass and left:
                    again.append(record.key)
                    self._put_off(record, left)
                else:
                    self._take(record)
                self.result.stopped = self.result.stopped or self.budget.overdrawn
            if self.result.stopped or not again:
                return
            wanted = [jobs.fit(key) for key in again]

    def _unless_stopped(self, jobs: Iterable[FitJob]) -> Iterator[FitJob]:
        """Hand out nothing more once the run is stopped; what runs then is finished and kept."""
        for job in jobs:
            if self.result.stopped:
                return
            yield job

    def _put_off(self, record: TrialRecord | ReferenceRecord, left: int) -> None:
        if isinstance(record, TrialRecord):
            said = said_trial(self.pending[record.key].trial)
            self.budget.failed(record.key)
        else:
            said = said_reference(self.references[record.key])
        times = "once more" if left == 1 else f"up to {left} times more"
        why = first_line(record.notes or record.status)
        self.display.remark(f"{said}: {why}; it will be tried {times} when the rest is done")

    def _take(self, record: TrialRecord | ReferenceRecord) -> None:
        if isinstance(record, TrialRecord):
            self._take_trial(record)
        else:
            self._take_reference(record)

    def _take_trial(self, record: TrialRecord) -> None:
        decision = self.pending[record.key]
        problem = self.recorder.trial(record, decision)
        if problem is None:
            self.result.done += 1
            self.budget.passed(record.key)
        else:
            self._failure(decision, problem)
            self.budget.failed(record.key)
        seconds = float(record.facts["wall_s"])
        self.eta.finished(cell_of(decision.trial), seconds)
        status = record.status if problem is None or record.status != "done" else "failed"
        self._show(said_trial(decision.trial), status, problem or record.notes, seconds, is_trial=True)

    def _take_reference(self, record: ReferenceRecord) -> None:
        reference = self.references[record.key]
        self.recorder.reference(record, reference)
        said = said_reference(reference)
        if record.status != "done":
            self.result.problems.append(f"{said}: {first_line(record.notes or record.status)}")
        self._show(said, record.status, record.notes, record.fit_s, is_trial=False)

    def _failure(self, decision: Decision, why: str) -> None:
        self.result.failed += 1
        self.result.problems.append(f"{said_trial(decision.trial)}: {first_line(why)}")

    def _show(self, what: str, status: str, reason: str | None, seconds: float, *, is_trial: bool) -> None:
        why = first_line(reason) if reason else None
        self.display.finished(Finished(what, status, why, seconds, self.eta.seconds(), is_trial))


@dataclass
class Outcome:
    """What a run came to, in trials.

    Attributes
    ----------
    problems : list of str
        What went wrong, one sentence each: failures, and results that could not be reproduced.
    stopped : str or None
        Why the run ended before everything was tried; None if it did not.
    """

    done: int = 0
    reused: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)
    stopped: str | None = None

    @property
    def complete(self) -> bool:
        """True if every trial of the plan is done."""
        return not self.failed and not self.problems and self.stopped is None


class FailureBudget:
    """How many trials may fail in one run before it is stopped.

    A failure that may pass counts until it has passed: a run must not try everything twice because a disk
    is gone. Trials that failed in an earlier run do not count.

    Parameters
    ----------
    share : float or None
        Of the trials of the experiment; None for no bound.
    n_trials : int
    """

    def __init__(self, share: float | None, n_trials: int) -> None:
        self._share, self._n_trials = share, n_trials
        self._failed: set[str] = set()

    def failed(self, key: str) -> None:
        """Take note of a failure."""
        self._failed.add(key)

    def passed(self, key: str) -> None:
        """Take note that a trial that had failed is done."""
        self._failed.discard(key)

    @property
    def overdrawn(self) -> str | None:
        """Why the run must stop; None while it need not."""
        if self._share is None or len(self._failed) <= self._share * self._n_trials:
            return None
        return (
            f"{len(self._failed)} of {self._n_trials} trials failed, more than 'failure_budget: "
            f"{self._share:g}' allows: the run was stopped. What is done is kept; when the cause is mended, "
            "the same command with --rerun failed goes on"
        )
