"""What a run tells while it goes on; how it is shown is decided above."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.planning.grid import PlannedReference, PlannedTrial


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


Cell = tuple[str, str, str]


class Eta:
    """Remaining wall seconds: the median cost of each (dataset, model, strategy) times what is left of it.

    A cell of which nothing has finished yet counts as the mean of those that have.

    Parameters
    ----------
    cells : iterable of Cell
        One entry for every trial to run.
    n_workers : int
    """

    def __init__(self, cells: Iterable[Cell], n_workers: int) -> None:
        self._left: dict[Cell, int] = defaultdict(int)
        for cell in cells:
            self._left[cell] += 1
        self._seen: dict[Cell, list[float]] = defaultdict(list)
        self._n_workers = n_workers

    def finished(self, cell: Cell, seconds: float) -> None:
        """Take note of a finished trial."""
        self._left[cell] -= 1
        self._seen[cell].append(seconds)

    def seconds(self) -> float | None:
        """Return the estimate; None while nothing has finished."""
        medians = {cell: median(seen) for cell, seen in self._seen.items()}
        if not medians:
            return None
        usual = sum(medians.values()) / len(medians)
        work = sum(left * medians.get(cell, usual) for cell, left in self._left.items())
        return work / self._n_workers


def said_trial(trial: PlannedTrial) -> str:
    """Name a trial: dataset, model, strategy, repeat."""
    labels = trial.labels()
    arm = f" arm {labels['arm']}" if trial.strategy.component.arms else ""
    repeat = f"split {labels['split']} start {labels['start']}"
    return f"{labels['dataset']} {trial.model.label} {labels['strategy']}{arm} {repeat}"


def said_reference(reference: PlannedReference) -> str:
    """Name a reference: dataset, model, split."""
    split = reference.identity.split_index
    return f"{reference.dataset} {reference.model.label} reference of split {split}"


def first_line(text: str) -> str:
    """Return the beginning of what a trial has said, which may be a page long."""
    return text.partition("\n")[0]


def cell_of(trial: PlannedTrial) -> Cell:
    """Return what trials share that take about as long."""
    return trial.dataset, trial.model.label, trial.strategy.label
