"""How long the rest will take, from the cost of what has finished."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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
