"""What happens to each trial of a plan, and why: it is reused if its stored coverage contains the request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from albench.coverage import Coverage
    from albench.planning.plan import PlannedTrial
    from albench.store.folder import StoredTrial

Rerun = Literal["missing", "failed", "all"]
NEW_REASON = "not run yet"
RERUN_REASON = "run again as asked"
Action = Literal["reuse", "keep_failed", "run", "rescore"]


@dataclass(frozen=True)
class Decision:
    """What happens to one trial.

    Attributes
    ----------
    action : {"reuse", "keep_failed", "run", "rescore"}
        ``rescore`` fits again on the stored picks and never queries.
    coverage : Coverage
        What the run records: the request and, where the trial runs again, what was recorded before.
    reason : str
        Why it runs; empty where it is reused.
    replaces : bool
        Whether a finished result is computed anew, whatever is there.
    picks_of : str or None
        Key of the trial that queries the same rows with its query model as task model: its picks are scored.
    """

    trial: PlannedTrial
    action: Action
    coverage: Coverage
    reason: str = ""
    replaces: bool = False
    picks_of: str | None = None

    @property
    def runs(self) -> bool:
        """True if there is something to compute."""
        return self.action in ("run", "rescore")


def decide(
    trials: Iterable[PlannedTrial], stored: Mapping[str, StoredTrial], rerun: Rerun = "missing"
) -> tuple[Decision, ...]:
    """Decide for every trial of a plan.

    Parameters
    ----------
    rerun : {"missing", "failed", "all"}
        ``missing`` runs what is not there; ``failed``, besides, what failed; ``all`` everything.
    """
    return tuple(_decide(trial, stored, rerun) for trial in trials)


def _can_share_picks(stored: StoredTrial, request: Coverage) -> bool:
    """Say whether the picks of a stored trial are enough for another one that queries the same rows."""
    picks = request.adopt_scores(stored.coverage)
    return stored.status == "done" and not stored.coverage.list_missing(picks)


def _decide_new(trial: PlannedTrial, stored: Mapping[str, StoredTrial]) -> Decision:
    identity = trial.identity
    # Where a rule ends the trial, another model would end it elsewhere.
    if identity.task_model == identity.query_model or identity.rules:
        return Decision(trial, "run", trial.coverage, NEW_REASON)
    query_key = replace(identity, task_model=identity.query_model).key
    if query_key in stored and _can_share_picks(stored[query_key], trial.coverage):
        reason = f"scored on the picks of {trial.model.query.label}"
        return Decision(trial, "rescore", trial.coverage, reason, picks_of=query_key)
    return Decision(trial, "run", trial.coverage, NEW_REASON, picks_of=query_key)


def _decide(trial: PlannedTrial, stored: Mapping[str, StoredTrial], rerun: Rerun) -> Decision:
    stored_trial = stored.get(trial.identity.key)
    if stored_trial is None:
        return _decide_new(trial, stored)
    status, coverage = stored_trial.status, stored_trial.coverage
    if status != "done":
        if rerun == "missing":
            return Decision(trial, "keep_failed", trial.coverage, f"{status}: {stored_trial.reason}")
        return Decision(trial, "run", trial.coverage, f"{status} before")
    if rerun == "all":
        return Decision(trial, "run", coverage.widen(trial.coverage), RERUN_REASON, replaces=True)
    missing = coverage.list_missing(trial.coverage)
    if not missing:
        return Decision(trial, "reuse", coverage)
    # What a rule that ends the trial saw of the batch that was not bought is not stored.
    can_rescore = not trial.identity.rules and coverage.can_rescore(trial.coverage)
    action: Action = "rescore" if can_rescore else "run"
    return Decision(trial, action, coverage.widen(trial.coverage), "; ".join(missing))
