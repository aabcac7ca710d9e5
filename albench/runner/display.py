"""What a run tells while it goes on; how it is shown is decided above."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Counts:
    """Trials of a run.

    Attributes
    ----------
    to_run, to_rescore, reused, kept_failed : int
    references : int
        References to fit.
    n_workers : int
    reasons : dict of str to int
        Why trials run although the folder holds results, and how many for that reason.
    """

    to_run: int
    to_rescore: int
    reused: int
    kept_failed: int
    references: int
    n_workers: int
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """A trial or a reference that has just been written.

    Attributes
    ----------
    what : str
        In words: dataset, model, strategy, repeat.
    seconds : float
        Wall seconds.
    eta_s : float or None
        Wall seconds until the rest is done.
    """

    what: str
    status: str
    reason: str | None
    seconds: float
    eta_s: float | None
    is_trial: bool


class Display(Protocol):
    """Shows the progress of a run."""

    def phase(self, text: str) -> None:
        """Say what begins."""
        ...

    def remark(self, text: str) -> None:
        """Say what a user should know about the data."""
        ...

    def started(self, counts: Counts) -> None:
        """Say what will run."""
        ...

    def finished(self, result: Finished) -> None:
        """Say that a trial is on disk."""
        ...

    def stopped(self) -> None:
        """Nothing more will come."""
        ...


class Silent:
    """Shows nothing."""

    def phase(self, text: str) -> None:
        """Say nothing."""

    def remark(self, text: str) -> None:
        """Say nothing."""

    def started(self, counts: Counts) -> None:
        """Say nothing."""

    def finished(self, result: Finished) -> None:
        """Say nothing."""

    def stopped(self) -> None:
        """Say nothing."""
