"""What is there, what will run, and why: a trial is done if its coverage contains the request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from albench.identity import Coverage
    from albench.planning.grid import PlannedTrial
    from albench.store.folder import Stored

Rerun = Literal["missing", "failed", "all"]
NEW = "not run yet"
AGAIN = "run again as asked"
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
        Key of the trial that buys the same rows with its query model judged as well: its picks are scored.
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
    trials: Iterable[PlannedTrial], stored: Mapping[str, Stored], rerun: Rerun = "missing"
) -> tuple[Decision, ...]:
    """Decide for every trial of a plan.

    Parameters
    ----------
    trials : iterable of PlannedTrial
    stored : mapping of key to Stored
    rerun : {"missing", "failed", "all"}
        ``missing`` runs what is not there; ``failed``, besides, what failed; ``all`` everything.
    """
    return tuple(_decide(trial, stored, rerun) for trial in trials)


def _lends(there: Stored, wanted: Coverage) -> bool:
    """Say whether a stored trial has the picks of another one that buys the same rows."""
    picks = replace(wanted, metrics=there.coverage.metrics, signals=there.coverage.signals)
    return there.status == "done" and not there.coverage.missing(picks)


def _new(trial: PlannedTrial, stored: Mapping[str, Stored]) -> Decision:
    it = trial.identity
    if it.task_model == it.query_model:
        return Decision(trial, "run", trial.coverage, NEW)
    lender = replace(it, task_model=it.query_model).key
    if lender in stored and _lends(stored[lender], trial.coverage):
        reason = f"scored on the picks of {trial.model.query.label}"
        return Decision(trial, "rescore", trial.coverage, reason, picks_of=lender)
    return Decision(trial, "run", trial.coverage, NEW, picks_of=lender)


def _decide(trial: PlannedTrial, stored: Mapping[str, Stored], rerun: Rerun) -> Decision:
    there = stored.get(trial.identity.key)
    if there is None:
        return _new(trial, stored)
    if there.status != "done":
        if rerun == "missing":
            return Decision(trial, "keep_failed", trial.coverage, f"{there.status}: {there.reason}")
        return Decision(trial, "run", trial.coverage, f"{there.status} before")
    if rerun == "all":
        return Decision(trial, "run", there.coverage.widened(trial.coverage), AGAIN, replaces=True)
    missing = there.coverage.missing(trial.coverage)
    if not missing:
        return Decision(trial, "reuse", there.coverage)
    action: Action = "rescore" if there.coverage.only_scores_missing(trial.coverage) else "run"
    return Decision(trial, action, there.coverage.widened(trial.coverage), "; ".join(missing))
