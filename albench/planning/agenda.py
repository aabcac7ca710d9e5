"""What a run has to do: a plan held against what a folder has, and why."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from albench.errors import SpecError
from albench.planning.decisions import NEW, decide
from albench.planning.reasons import Neighbours
from albench.store.folder import TRIAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.planning.decisions import Decision, Rerun
    from albench.planning.grid import Plan, PlannedReference, PlannedTrial
    from albench.store.folder import Folder, Stored


@dataclass(frozen=True)
class Agenda:
    """The decisions of a run.

    Attributes
    ----------
    plan : Plan
    folder : Folder
    stored : mapping of key to Stored
    decisions : tuple of Decision
        One a trial of the plan.
    references : tuple of PlannedReference
        Those that run: are not there, or are asked for again.
    """

    plan: Plan
    folder: Folder
    stored: Mapping[str, Stored]
    decisions: tuple[Decision, ...]
    references: tuple[PlannedReference, ...]

    @cached_property
    def pending(self) -> dict[str, Decision]:
        """Decisions to compute something, by key."""
        return {d.trial.identity.key: d for d in self.decisions if d.runs}

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Why each trial runs that does, by key; of new ones, what tells them from the nearest stored one."""
        import polars as pl

        identities: list[str] = []
        if self.stored and any(d.reason == NEW for d in self.pending.values()):
            identities = self.folder.read(TRIAL, None, {"identity": pl.String()})["identity"].to_list()
        neighbours = Neighbours(json.loads(text) for text in identities)
        return {
            key: neighbours.reason(d.trial.identity.canonical()) if d.reason == NEW else d.reason
            for key, d in self.pending.items()
        }

    def reasons_counted(self) -> dict[str, int]:
        """Count the trials that run for each reason, the most frequent first."""
        return dict(Counter(self.reasons.values()).most_common())


def agenda(plan: Plan, folder: Folder, rerun: Rerun = "missing") -> Agenda:
    """Hold a plan against a folder, which need not exist."""
    stored = folder.stored() if folder.exists() else {}
    decisions = decide(plan.trials, stored, rerun)
    return Agenda(plan, folder, stored, decisions, _references(plan, folder, rerun))


def only(plan: Plan, key: str) -> Plan:
    """Return the plan of one trial or reference alone, which no failure budget stops.

    Parameters
    ----------
    plan : Plan
    key : str
        Its key, or the first signs of it.

    Raises
    ------
    SpecError
        If nothing of the plan has that key, or several things have.
    """
    trials = tuple(trial for trial in plan.trials if trial.identity.key.startswith(key))
    references = tuple(ref for ref in plan.references if ref.identity.key.startswith(key))
    found: list[PlannedTrial | PlannedReference] = [*trials, *references]
    if len(found) != 1:
        listed = ", ".join(each.identity.key[:16] for each in found[:5])
        many = f"{len(found)} keys of '{plan.experiment.name}' begin with '{key}': {listed}"
        raise SpecError(many if found else f"no key of '{plan.experiment.name}' begins with '{key}'")
    execution = replace(plan.experiment.execution, failure_budget=None)
    experiment = replace(plan.experiment, execution=execution)
    return replace(plan, experiment=experiment, trials=trials, references=references)


def _references(plan: Plan, folder: Folder, rerun: Rerun) -> tuple[PlannedReference, ...]:
    if rerun == "all":
        return plan.references
    metrics = {entry.component.name for entry in plan.experiment.metrics}
    stored = folder.stored_references() if folder.exists() else {}
    return tuple(ref for ref in plan.references if not metrics <= stored.get(ref.identity.key, frozenset()))
