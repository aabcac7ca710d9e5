"""What is said of repeats that go on until each cell is decided: how many are open, and why others ended."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import TYPE_CHECKING

from albench.analysis.stats.looks import list_looks
from albench.text import format_count, format_percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from albench.analysis.needed_repeats import CellRepeats
    from albench.analysis.sequential import Reason

ENDS: dict[Reason, str] = {
    "better": "better than random",
    "worse": "worse than random",
    "equivalent": "as good as random",
    "precise": "known to the precision",
    "futile": "no decision in sight",
    "exhausted": "not decided",
    "failed": "failed",
}
"""Why a cell is closed, in words."""


def describe_next_look(cells: Sequence[CellRepeats]) -> str:
    """Say how many cells are open and when they are looked at; nothing where the repeats are fixed."""
    compared = [cell for cell in cells if cell.decision is not None]
    if not compared:
        return ""
    looks = sorted({cell.n_splits for cell in compared if cell.is_open})
    if not looks:
        return f"{format_count(len(compared), 'cell')} closed: {list_ends(compared)}"
    at = f"{looks[0]}" if len(looks) == 1 else f"{looks[0]} to {looks[-1]}"
    n_open = sum(cell.is_open for cell in compared)
    return f"{n_open:,} of {format_count(len(compared), 'cell')} open, look at {at} repeats"


def write_repeats(cells: Sequence[CellRepeats]) -> Iterator[str]:
    """Yield what share of the repeats that there might have been was taken, and why it was no more."""
    compared = [cell for cell in cells if cell.decision is not None]
    if not compared:
        return
    n, most = sum(cell.n_splits for cell in cells), sum(cell.last_look for cell in cells)
    n_open = sum(cell.is_open for cell in compared)
    ends = ", ".join(filter(None, (list_ends(compared), f"{n_open:,} open" if n_open else "")))
    yield f"The cells took {n:,} of {most:,} repeats ({format_percent(n / most)}): {ends}."


def describe_limit(n_needed: int, n_repeats: int, cells: Sequence[CellRepeats]) -> str:
    """Return that so many repeats are more than a spec allows, and what it would have to say; else nothing.

    Parameters
    ----------
    n_repeats : int
        The most that any cell has, over all its starts.
    """
    if not cells:
        return ""
    n_splits = ceil(n_needed * max(cell.n_splits for cell in cells) / n_repeats)
    if n_splits <= max(cell.last_look for cell in cells):
        return ""
    # Repeats behind the last look decide nothing.
    look = next(n for n in list_looks(cells[0].first_look, 2 * n_splits) if n >= n_splits)
    return f" (raise 'up_to' to {look})"


def describe_end(cell: CellRepeats) -> str:
    """Return why a cell takes no more repeats, or that it is open."""
    return f"open, look at {cell.n_splits}" if cell.reason is None else ENDS[cell.reason]


def list_ends(cells: Iterable[CellRepeats]) -> str:
    """Return how many cells ended for each reason: ``3 better than random, 1 not decided``."""
    counts = Counter(cell.reason for cell in cells)
    return ", ".join(f"{counts[reason]:,} {words}" for reason, words in ENDS.items() if counts[reason])
