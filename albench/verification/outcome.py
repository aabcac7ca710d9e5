"""What a verification finds, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from albench.text import format_count

if TYPE_CHECKING:
    from albench.spec.settings import Expected

Cell = tuple[tuple[str, str], ...]
"""The columns by which a published number names its cell of the grid, and what they say."""

# A published share of 90 % of 150 is 135, whatever its binary fraction makes of it.
_ROUNDING = 1e-9


def format_number(cell: Cell) -> str:
    """Return what tells a cell from others, without the names of the columns."""
    return " ".join(value for _, value in cell) or "all"


@dataclass(frozen=True)
class Difference:
    """A published number that the experiment does not give.

    Attributes
    ----------
    split, start : int or None
        The repeat; None for numbers over all repeats, and the start for those of a whole pool.
    what : str
        ``area``, ``mean``, ``sd``, ``round 12``, ``row queried for round 12`` or ``whole pool``.
    published, found : float
        Not a number if there is none: a round that was not reached, a row too many or too few.
    tied : int or None
        Rounds of the repeat whose cut fell inside a tie, so that only an order of candidates decided; None
        if the number is not of one trial.
    first_tie : int or None
        The first of them.
    """

    cell: Cell
    split: int | None
    start: int | None
    what: str
    published: float
    found: float
    tied: int | None = None
    first_tie: int | None = None

    def __str__(self) -> str:
        """Return a sentence with the seed, and whether a tie stood at the cut."""
        repeat = "" if self.split is None else f" split {self.split}"
        repeat += f" start {self.start}" if self.start else ""
        numbers = f"{_format_difference(self.published)} published, {_format_difference(self.found)} found"
        text = f"{format_number(self.cell)}{repeat}: {self.what} {numbers}"
        if self.tied is None:
            return text
        if self.first_tie is None:
            return f"{text}; no tie at any cut"
        rounds = format_count(self.tied, "round")
        return f"{text}; a tie at the cut in {rounds}, first in round {self.first_tie}"


def _format_difference(number: float) -> str:
    return "nothing" if isnan(number) else f"{number:.10g}"


@dataclass(frozen=True)
class CellOutcome:
    """One cell of the grid beside its published numbers.

    Attributes
    ----------
    compared, matched : int
        Repeats; for ``means`` the cell itself is the one that is compared.
    missing : int
        Published repeats whose trials are not done.
    tied : int
        Compared repeats with a tie at a cut.
    published, found : float or None
        Means over what is compared; None for picks, or if nothing is.
    """

    cell: Cell
    compared: int
    matched: int
    missing: int
    tied: int
    published: float | None
    found: float | None


@dataclass(frozen=True)
class Comparison:
    """One entry of ``expected`` beside what the experiment gives.

    Attributes
    ----------
    outside : int
        Published numbers of cells or repeats that the experiment does not have.
    first_outside : int or None
        Line of the first of them.
    first_outside_is_of : str
        What that line speaks of: ``strategy margin, split 9``.
    """

    expected: Expected
    cells: tuple[CellOutcome, ...]
    differences: tuple[Difference, ...]
    outside: int
    first_outside: int | None = None
    first_outside_is_of: str = ""

    @property
    def compared(self) -> int:
        """How many are compared: repeats, or cells for ``means``."""
        return sum(cell.compared for cell in self.cells)

    @property
    def matched(self) -> int:
        """How many of them agree."""
        return sum(cell.matched for cell in self.cells)

    @property
    def missing(self) -> int:
        """How many could not be compared since trials are not done."""
        return sum(cell.missing for cell in self.cells)

    @property
    def empty(self) -> bool:
        """True if the experiment has none of the cells or repeats of the published numbers."""
        return not self.compared and not self.missing

    @property
    def passed(self) -> bool:
        """True if something is compared and the declared share of it agrees."""
        return self.compared > 0 and self.matched >= self.expected.matched * self.compared - _ROUNDING


@dataclass(frozen=True)
class Verification:
    """All published numbers of an experiment beside what it gives.

    Attributes
    ----------
    problems : tuple of str
        What went wrong in the run, one sentence each.
    """

    comparisons: tuple[Comparison, ...]
    problems: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """True if each file has numbers of the grid, and all of those could be compared."""
        return not self.problems and not any(
            comparison.missing or comparison.empty for comparison in self.comparisons
        )

    @property
    def missed(self) -> tuple[Comparison, ...]:
        """The comparisons that miss their bar; those in which nothing is compared are not among them."""
        return tuple(
            comparison for comparison in self.comparisons if comparison.compared and not comparison.passed
        )

    @property
    def passed(self) -> bool:
        """True if all is compared and every bar is met."""
        return self.complete and not self.missed
