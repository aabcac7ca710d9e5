"""What a run comes to, and when it must not go on."""

from __future__ import annotations

from dataclasses import dataclass, field


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


@dataclass
class FailureBudget:
    """How many trials may fail in one run before it is stopped.

    A transient failure counts until the trial is done: a run must not try everything twice because a disk
    is gone. Trials that failed in an earlier run do not count.

    Attributes
    ----------
    share : float or None
        Of the trials that are asked for; None for no bound.
    """

    share: float | None
    n_trials: int = 0
    failed_keys: set[str] = field(default_factory=set)

    @property
    def stop_reason(self) -> str | None:
        """Why the run must stop; None while it need not."""
        if self.share is None or len(self.failed_keys) <= self.share * self.n_trials:
            return None
        return (
            f"{len(self.failed_keys)} of {self.n_trials} trials failed, more than 'failure_budget: "
            f"{self.share:g}' allows: the run was stopped. What is done is kept; when the cause is mended, "
            "the same command with --rerun failed goes on"
        )
