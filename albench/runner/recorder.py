"""Records of workers written as parts on disk, by the driver alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from albench.planning.scores import define_scores
from albench.store.compare_rows import find_differing_columns
from albench.store.folder import REFERENCE, TRIAL
from albench.store.parts import build_reference_part, build_trial_part

if TYPE_CHECKING:
    from albench.planning.agenda import Agenda
    from albench.planning.decisions import Decision
    from albench.planning.plan import PlannedReference
    from albench.runner.environment import Environments
    from albench.trial.records import ReferenceRecord, TrialRecord


class Recorder:
    """Writes finished trials and references."""

    def __init__(self, agenda: Agenda, environments: Environments) -> None:
        self._agenda, self._folder, self._environments = agenda, agenda.folder, environments

    def write_environments(self) -> None:
        """Store the environments that this run computes in."""
        describe = self._environments.describe_job
        environments = [describe(decision.trial) for decision in self._agenda.pending.values()]
        environments += [describe(reference) for reference in self._agenda.references]
        for environment in {entry["fingerprint"]: entry for entry in environments}.values():
            self._folder.add_environment(environment)

    def write_trial(self, record: TrialRecord, decision: Decision) -> str | None:
        """Write the part unless that would lose something; return what went wrong."""
        environment = self._environments.get_fingerprint(decision.trial)
        part = build_trial_part(
            record,
            decision.trial.identity,
            decision.coverage,
            environment=environment,
            finished_at=datetime.now(UTC),
        )
        stored = self._agenda.stored.get(record.key)
        if stored is not None and stored.status == "done":
            if record.status != "done":
                return f"{record.notes} (the narrower result of an earlier run is kept)"
            columns = find_differing_columns(self._folder.read_trial(record.key), part)
            if columns and stored.environment == environment:
                return f"not reproducible: {', '.join(columns)} differ from the stored rounds (kept)"
        self._folder.write_part(TRIAL, part)
        return None if record.status == "done" else record.notes or record.status

    def write_reference(self, record: ReferenceRecord, reference: PlannedReference) -> None:
        """Write the part of a reference."""
        part = build_reference_part(
            record,
            reference.identity.to_dict(),
            definitions=define_scores(self._agenda.plan.experiment),
            environment=self._environments.get_fingerprint(reference),
            finished_at=datetime.now(UTC),
        )
        self._folder.write_part(REFERENCE, part)
