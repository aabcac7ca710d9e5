"""From the records of workers to parts on disk, written by the driver alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from albench.store.compare_rows import differing_columns
from albench.store.folder import REFERENCE, TRIAL
from albench.store.parts import reference_part, trial_part

if TYPE_CHECKING:
    from albench.planning.agenda import Agenda
    from albench.planning.decisions import Decision
    from albench.planning.grid import PlannedReference
    from albench.runner.environment import Environments
    from albench.trial.records import ReferenceRecord, TrialRecord


class Recorder:
    """Writes what has finished.

    Parameters
    ----------
    agenda : Agenda
        Its folder is written to.
    environments : Environments
    """

    def __init__(self, agenda: Agenda, environments: Environments) -> None:
        self._agenda, self._folder, self._environments = agenda, agenda.folder, environments

    def note_environments(self) -> None:
        """Remember in the folder what this run computes with."""
        models = [d.trial.model for d in self._agenda.pending.values()]
        models += [reference.model for reference in self._agenda.references]
        found = {it["fingerprint"]: it for it in map(self._environments.described, models)}
        for described in found.values():
            self._folder.add_environment(described)

    def trial(self, record: TrialRecord, decision: Decision) -> str | None:
        """Write the part unless that would lose something; return what went wrong."""
        environment = self._environments.fingerprint(decision.trial.model)
        part = trial_part(
            record,
            decision.trial.identity,
            decision.coverage,
            environment=environment,
            finished_at=datetime.now(UTC),
        )
        there = self._agenda.stored.get(record.key)
        if there is not None and there.status == "done":
            if record.status != "done":
                return f"{record.notes} (the narrower result of an earlier run is kept)"
            differ = differing_columns(self._folder.whole(record.key), part)
            if differ and there.environment == environment:
                return f"not reproducible: {', '.join(differ)} differ from the stored rounds (kept)"
        self._folder.write(TRIAL, part)
        return None if record.status == "done" else record.notes or record.status

    def reference(self, record: ReferenceRecord, reference: PlannedReference) -> None:
        """Write the part of a reference."""
        part = reference_part(
            record,
            reference.identity.canonical(),
            environment=self._environments.fingerprint(reference.model),
            finished_at=datetime.now(UTC),
        )
        self._folder.write(REFERENCE, part)
