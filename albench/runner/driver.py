"""Carry out agendas: prepare splits, run what is missing longest first, write each result at once."""

from __future__ import annotations

from contextlib import ExitStack, closing
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from albench.runner.environment import Environments
from albench.runner.executors.choose import choose_executor
from albench.runner.jobs import choose_job_builder
from albench.runner.outcome import FailureBudget, Outcome
from albench.runner.progress import (
    Eta,
    FinishedJob,
    RunCounts,
    SilentDisplay,
    format_reference_title,
    get_cell,
    get_first_line,
)
from albench.runner.recorder import Recorder
from albench.runner.scratch import make_scratch_folder
from albench.runner.worker import execute_job, record_loss, refuse_loss
from albench.text import format_count
from albench.trial.records import TrialRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from albench.contracts import Table
    from albench.planning.agenda import Agenda
    from albench.planning.decisions import Decision
    from albench.runner.executors.base import Executor
    from albench.runner.executors.watchdog import Death
    from albench.runner.jobs import JobBuilder
    from albench.runner.progress import Display
    from albench.runner.worker import FitJob
    from albench.spec.settings import Execution
    from albench.trial.records import ReferenceRecord


def run_agendas(
    agendas: Iterable[Agenda],
    tables: dict[str, Table],
    *,
    n_jobs: int | None = None,
    environments: Environments | None = None,
    display: Display | None = None,
) -> Outcome:
    """Run what agendas say, one after the other, and write it to their folder.

    Parameters
    ----------
    agendas : iterable of Agenda
        Their folder is there, and written by this process alone. The next one is asked for when all results
        of the last one are on disk.
    tables : dict of dataset label to Table
        Emptied once the splits are prepared, where there is one agenda.
    n_jobs : int, optional
        The most trials and references that all of them may have; None if there is one agenda.
    """
    display, environments = display or SilentDisplay(), environments or Environments()
    outcome = Outcome()
    with ExitStack() as stack:
        stack.callback(display.stop)
        workplace: _Workplace | None = None
        for agenda in agendas:
            if workplace is None:
                n = len(agenda.pending) + len(agenda.references) if n_jobs is None else n_jobs
                workplace = _Workplace(agenda.plan.experiment.execution, n, stack)
            run = _AgendaRun(agenda, workplace, environments, display, outcome)
            run.execute(tables, keeps_tables=n_jobs is not None)
            if outcome.stopped:
                break
    return outcome


class _Workplace:
    """What the agendas of a run share: workers, a folder of arrays, how many trials may fail."""

    def __init__(self, execution: Execution, n_jobs: int, stack: ExitStack) -> None:
        self.executor: Executor = choose_executor(execution, n_jobs)
        self.budget = FailureBudget(execution.failure_budget)
        self.has_run = False
        self._stack = stack

    @cached_property
    def scratch(self) -> Path:
        """The folder of arrays, made when something is run; then workers may be started, too."""
        folder = self._stack.enter_context(make_scratch_folder())
        self._stack.enter_context(closing(self.executor))
        return folder


class _AgendaRun:
    def __init__(
        self,
        agenda: Agenda,
        workplace: _Workplace,
        environments: Environments,
        display: Display,
        outcome: Outcome,
    ) -> None:
        self.agenda, self.workplace, self.display, self.result = agenda, workplace, display, outcome
        self.execution = agenda.plan.experiment.execution
        self.pending = agenda.pending
        self.references = {ref.identity.key: ref for ref in agenda.references}
        self.executor, self.budget = workplace.executor, workplace.budget
        self.recorder = Recorder(agenda, environments)
        self.budget.n_trials += len(agenda.plan.trials)
        self.eta = Eta((get_cell(d.trial) for d in self.pending.values()), self.executor.n_workers)
        self.result.reused += sum(d.action == "reuse" for d in agenda.decisions)
        for decision in agenda.decisions:
            if decision.action == "keep_failed":
                self._add_failure(decision, decision.reason)

    def execute(self, tables: dict[str, Table], *, keeps_tables: bool) -> None:
        self.display.start(self._count_trials())
        if self.pending or self.references:
            self._execute_jobs(tables, keeps_tables=keeps_tables)
        elif self.agenda.look:
            self.display.show_phase(self.agenda.look)

    def _count_trials(self) -> RunCounts:
        actions = [decision.action for decision in self.agenda.decisions]
        return RunCounts(
            to_run=actions.count("run"),
            to_rescore=actions.count("rescore"),
            reused=actions.count("reuse"),
            kept_failed=actions.count("keep_failed"),
            references=len(self.references),
            n_workers=self.executor.n_workers,
            reasons=self.agenda.count_reasons() if self.agenda.stored else {},
            look=self.agenda.look,
        )

    def _execute_jobs(self, tables: dict[str, Table], *, keeps_tables: bool) -> None:
        self.recorder.write_environments()
        folder = self.workplace.scratch
        plan, builder = self.agenda.plan, choose_job_builder(self.agenda.plan)
        jobs = builder(plan, self.pending, self.references, self.agenda.folder, folder)
        if not self.workplace.has_run:
            self.display.show_phase(f"preparing {format_count(len(jobs.list_splits()), 'split')}")
        self.workplace.has_run = True
        for function, preparations in jobs.list_preparations(tables):
            self._prepare(function, preparations)
        if not keeps_tables:
            # No table may lie in memory beside the arrays made of it.
            tables.clear()
        self.display.show_phase(self.agenda.look or "running trials")
        self._execute_fits(jobs)

    def _prepare(self, function: Callable[[Any], str], jobs: Iterable[Any]) -> None:
        """Make arrays that no trial can do without; where a process died, try again at the end."""
        postponed: list[Any] = []

        def postpone(job: Any, death: Death) -> str:
            self.display.show_note(f"the arrays in '{job.target}': {death.reason}; they will be tried again")
            postponed.append(job)
            return str(job.target)

        remaining = jobs
        for n_retries in range(self.execution.retry, -1, -1):
            for _ in self.executor.execute(function, remaining, postpone if n_retries else refuse_loss):
                pass
            if not postponed:
                return
            remaining = postponed.copy()
            postponed.clear()

    def _execute_fits(self, jobs: JobBuilder) -> None:
        """Run trials and references; those with a transient failure are tried again at the end."""
        remaining: Iterable[FitJob] = jobs.build_fit_jobs()
        for n_retries in range(self.execution.retry, -1, -1):
            postponed: list[str] = []
            # Once the run is stopped, no more jobs begin; those that run then are finished and kept.
            runnable = takewhile(lambda _: not self.result.stopped, remaining)
            # Closed here and not when it is collected: Polars and Python each raise KeyboardInterrupt for one
            # Ctrl-C, and the second one would be printed as an exception that is ignored in a generator.
            with closing(self.executor.execute(execute_job, runnable, record_loss)) as records:
                for record in records:
                    if record.is_transient and n_retries:
                        postponed.append(record.key)
                        self._postpone(record, n_retries)
                    elif isinstance(record, TrialRecord):
                        self._handle_trial(record)
                    else:
                        self._handle_reference(record)
                    self.result.stopped = self.result.stopped or self.budget.stop_reason
            if self.result.stopped or not postponed:
                return
            remaining = [jobs.build_fit_job(key) for key in postponed]

    def _postpone(self, record: TrialRecord | ReferenceRecord, n_retries: int) -> None:
        if isinstance(record, TrialRecord):
            title = self.pending[record.key].trial.title
            self.budget.failed_keys.add(record.key)
        else:
            title = format_reference_title(self.references[record.key])
        times = "once more" if n_retries == 1 else f"up to {n_retries} times more"
        reason = get_first_line(record.notes or record.status)
        self.display.show_note(f"{title}: {reason}; it will be tried {times} when the rest is done")

    def _handle_trial(self, record: TrialRecord) -> None:
        decision = self.pending[record.key]
        problem = self.recorder.write_trial(record, decision)
        if problem is None:
            self.result.done += 1
            self.budget.failed_keys.discard(record.key)
        else:
            self._add_failure(decision, problem)
            self.budget.failed_keys.add(record.key)
        seconds = float(record.facts["wall_s"])
        self.eta.add_time(get_cell(decision.trial), seconds)
        status = record.status if problem is None or record.status != "done" else "failed"
        title = decision.trial.title
        self._show_result(title, status, problem or record.notes, seconds, is_trial=True)

    def _handle_reference(self, record: ReferenceRecord) -> None:
        reference = self.references[record.key]
        self.recorder.write_reference(record, reference)
        title = format_reference_title(reference)
        if record.status != "done":
            self.result.problems.append(f"{title}: {get_first_line(record.notes or record.status)}")
        self._show_result(title, record.status, record.notes, record.fit_s, is_trial=False)

    def _add_failure(self, decision: Decision, reason: str) -> None:
        self.result.failed += 1
        self.result.problems.append(f"{decision.trial.title}: {get_first_line(reason)}")

    def _show_result(
        self, title: str, status: str, reason: str | None, seconds: float, *, is_trial: bool
    ) -> None:
        line = get_first_line(reason) if reason else None
        eta_s = self.eta.estimate_seconds()
        self.display.show_result(FinishedJob(title, status, line, seconds, eta_s, is_trial))
