"""What a run has to do, and why: a plan compared with the stored results of a folder."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from albench.coverage import Coverage
from albench.errors import SpecError
from albench.planning.decisions import NEW_REASON, decide
from albench.planning.reasons import IdentityIndex
from albench.planning.scores import define_scores
from albench.planning.unrecorded_code import (
    describe_results_without_code,
    file_under_code,
    find_key_of_code_as_it_is,
    find_results_without_code,
    rename_stored,
)
from albench.store.folder import TRIAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.planning.decisions import Decision, Rerun
    from albench.planning.plan import Plan, PlannedReference, PlannedTrial
    from albench.store.folder import ResultsFolder, StoredTrial


@dataclass(frozen=True)
class Agenda:
    """The decisions of a run.

    Attributes
    ----------
    decisions : tuple of Decision
        One a trial of the plan.
    references : tuple of PlannedReference
        Those that run: they are missing, or all are run again.
    without_code : mapping of key to key
        Stored trials of users' classes whose code was not recorded yet, by the keys of the plan.
    look : str
        Which look at open cells it is for, in words; empty where the number of repeats is fixed.
    """

    plan: Plan
    folder: ResultsFolder
    stored: Mapping[str, StoredTrial]
    decisions: tuple[Decision, ...]
    references: tuple[PlannedReference, ...]
    without_code: Mapping[str, str] = field(default_factory=dict)
    look: str = ""

    @property
    def notes(self) -> list[str]:
        """What a user should know about the stored results."""
        return describe_results_without_code(self._get_trials(), self.without_code)

    def file_under_code(self) -> None:
        """Store results of before code was recorded as results of the code as it is; for the only writer."""
        file_under_code(self.folder, self._get_trials(), self.without_code)

    def _get_trials(self) -> dict[str, PlannedTrial]:
        return {trial.identity.key: trial for trial in self.plan.trials} if self.without_code else {}

    @cached_property
    def pending(self) -> dict[str, Decision]:
        """Decisions to compute something, by key."""
        return {d.trial.identity.key: d for d in self.decisions if d.runs}

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Why each pending trial runs, by key; a new one, how it differs from the most similar stored one."""
        import polars as pl

        texts: list[str] = []
        if self.stored and any(d.reason == NEW_REASON for d in self.pending.values()):
            texts = self.folder.read_columns(TRIAL, None, {"identity": pl.String()})["identity"].to_list()
        if not texts:
            return {key: d.reason for key, d in self.pending.items()}
        index = IdentityIndex(json.loads(text) for text in texts)
        return {
            key: index.explain(d.trial.identity.to_dict()) if d.reason == NEW_REASON else d.reason
            for key, d in self.pending.items()
        }

    def count_reasons(self) -> dict[str, int]:
        """Count the trials that run for each reason, the most frequent first."""
        return dict(Counter(self.reasons.values()).most_common())


def make_agenda(plan: Plan, folder: ResultsFolder, rerun: Rerun = "missing") -> Agenda:
    """Compare a plan with the results of a folder, which need not exist."""
    stored = folder.read_stored_trials() if folder.exists() else {}
    without_code = find_results_without_code(plan, folder, stored)
    stored = rename_stored(stored, without_code)
    decisions = decide(plan.trials, stored, rerun)
    references = _select_references(plan, folder, rerun)
    return Agenda(plan, folder, stored, decisions, references, without_code)


def restrict_to_key(plan: Plan, key: str, folder: ResultsFolder) -> Plan:
    """Return the plan of the one trial or reference with a key prefix, which no failure budget stops.

    A stored trial of a user's class that was edited since leads to that trial with the code as it is.
    """
    jobs = _list_jobs(plan, key)
    if not jobs and (edited := find_key_of_code_as_it_is(plan, key, folder)):
        jobs = _list_jobs(plan, edited)
    if len(jobs) != 1:
        keys = ", ".join(job.identity.key[:16] for job in jobs[:5])
        message = f"{len(jobs)} keys of '{plan.experiment.name}' begin with '{key}': {keys}"
        raise SpecError(message if jobs else f"no key of '{plan.experiment.name}' begins with '{key}'")
    (only,) = jobs
    trials = tuple(trial for trial in plan.trials if trial is only)
    references = tuple(reference for reference in plan.references if reference is only)
    execution = plan.experiment.execution.model_copy(update={"failure_budget": None})
    experiment = replace(plan.experiment, execution=execution)
    return replace(plan, experiment=experiment, trials=trials, references=references)


def _list_jobs(plan: Plan, key: str) -> list[PlannedTrial | PlannedReference]:
    """Return the trials and references whose key begins so."""
    jobs: list[PlannedTrial | PlannedReference] = [*plan.trials, *plan.references]
    return [job for job in jobs if job.identity.key.startswith(key)]


def _select_references(plan: Plan, folder: ResultsFolder, rerun: Rerun) -> tuple[PlannedReference, ...]:
    if rerun == "all":
        return plan.references
    metrics = frozenset(entry.component.column for entry in plan.experiment.metrics)
    request = Coverage(0, metrics, definitions=define_scores(plan.experiment))
    stored = folder.read_reference_coverages() if folder.exists() else {}
    nothing = Coverage(0, frozenset())
    return tuple(
        ref for ref in plan.references if stored.get(ref.identity.key, nothing).list_missing(request)
    )
