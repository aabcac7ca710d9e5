"""The progress of a run; the command line decides how it is shown."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.planning.plan import PlannedReference, PlannedTrial


@dataclass(frozen=True)
class RunCounts:
    """Trials of a run.

    Attributes
    ----------
    reasons : dict of str to int
        Why trials run although the folder holds results, and how many for that reason.
    look : str
        Which look at open cells the trials are for, in words; empty where the number of repeats is fixed.
    """

    to_run: int
    to_rescore: int
    reused: int
    kept_failed: int
    references: int
    n_workers: int
    reasons: dict[str, int] = field(default_factory=dict)
    look: str = ""

    @property
    def n_jobs(self) -> int:
        """Trials and references to run."""
        return self.to_run + self.to_rescore + self.references


@dataclass(frozen=True)
class FinishedJob:
    """A trial or a reference that has just been written.

    Attributes
    ----------
    title : str
        In words: dataset, model, strategy, repeat.
    seconds : float
        Wall seconds.
    eta_s : float or None
        Wall seconds until the rest is done, of trials that are for a look what is left until then.
    """

    title: str
    status: str
    reason: str | None
    seconds: float
    eta_s: float | None
    is_trial: bool


class Display(Protocol):
    """Shows the progress of a run."""

    def show_phase(self, text: str) -> None:
        """Say what begins."""
        ...

    def show_note(self, text: str) -> None:
        """Say what a user should know about the data."""
        ...

    def start(self, counts: RunCounts) -> None:
        """Say what will run; called again where a look has shown that more must."""
        ...

    def show_result(self, result: FinishedJob) -> None:
        """Say that a trial is on disk."""
        ...

    def stop(self) -> None:
        """Say that the run has ended."""
        ...


class SilentDisplay:
    """Shows nothing."""

    def show_phase(self, text: str) -> None:
        """Say nothing."""

    def show_note(self, text: str) -> None:
        """Say nothing."""

    def start(self, counts: RunCounts) -> None:
        """Say nothing."""

    def show_result(self, result: FinishedJob) -> None:
        """Say nothing."""

    def stop(self) -> None:
        """Say nothing."""


Cell = tuple[str, str, str]


class Eta:
    """Remaining wall seconds: the median cost of each (dataset, model, strategy) times what is left of it.

    A cell of which nothing has finished yet counts as the mean of those that have.

    Parameters
    ----------
    cells : iterable of Cell
        One entry for every trial to run.
    """

    def __init__(self, cells: Iterable[Cell], n_workers: int) -> None:
        self._left: dict[Cell, int] = defaultdict(int)
        for cell in cells:
            self._left[cell] += 1
        self._seconds: dict[Cell, list[float]] = defaultdict(list)
        self._n_workers = n_workers

    def add_time(self, cell: Cell, seconds: float) -> None:
        """Count a finished trial."""
        self._left[cell] -= 1
        self._seconds[cell].append(seconds)

    def estimate_seconds(self) -> float | None:
        """Return the estimate; None while nothing has finished."""
        medians = {cell: median(seconds) for cell, seconds in self._seconds.items()}
        if not medians:
            return None
        mean = sum(medians.values()) / len(medians)
        work = sum(left * medians.get(cell, mean) for cell, left in self._left.items())
        return work / self._n_workers


def format_reference_title(reference: PlannedReference) -> str:
    """Name a reference: dataset, model, split."""
    split = reference.identity.split_index
    return f"{reference.dataset} {reference.model.label} reference of split {split}"


def get_first_line(text: str) -> str:
    """Return the first line of a trial's message, which may be a page long."""
    return text.partition("\n")[0]


def get_cell(trial: PlannedTrial) -> Cell:
    """Return the cell of a trial: trials of one cell take about as long."""
    return trial.dataset, trial.model.label, trial.strategy.label
