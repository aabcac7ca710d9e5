"""What a run came to, and how many failures it bears."""

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
