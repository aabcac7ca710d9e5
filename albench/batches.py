"""How many labels each round buys: as many in all of them, or more from batch to batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

# Keeps a product that is a whole number from being one less by rounding.
_ROUNDING = 1e-9


class BatchSize(int):
    """The labels of a batch; of growing batches those of the first one.

    Batch k has floor(first * growth^k) labels. As a number it is the first batch; two batch sizes are equal
    where all their batches are.

    Parameters
    ----------
    growth : float
        1 for batches of one size.
    skipped : int
        Batches that are over: the next one is batch ``skipped``.
    """

    growth: float
    skipped: int

    def __new__(cls, first: int, growth: float = 1.0, skipped: int = 0) -> Self:
        """Make a batch size."""
        size = super().__new__(cls, first)
        size.growth, size.skipped = growth, skipped
        return size

    def __eq__(self, other: object) -> bool:
        """Return whether all batches are equal; beside another number, whether the first one is that many."""
        is_same = not isinstance(other, BatchSize) or self.__getnewargs__() == other.__getnewargs__()
        return is_same and int(self) == other

    def __ne__(self, other: object) -> bool:
        """Return the contrary, which int would answer by the first batch alone."""
        return not self == other

    __hash__ = int.__hash__

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Return what a copy is made of."""
        return int(self), self.growth, self.skipped

    def __str__(self) -> str:
        """Return what tables and sentences call it."""
        return f"{int(self)}" if self.growth == 1 else f"{int(self)}, growing {self.growth:g}-fold"

    def skip(self, n: int) -> BatchSize:
        """Return the same batches after the first ``n`` of them."""
        return BatchSize(int(self), self.growth, self.skipped + n)

    def count_labels(self, batch: int) -> int:
        """Return the labels of a batch, the next one being 0."""
        if self.growth == 1:
            return int(self)
        return int(int(self) * self.growth ** (self.skipped + batch) + _ROUNDING)

    def list_totals(self, most: float) -> list[int]:
        """Return how many labels were bought after each batch, up to ``most``."""
        totals, total = [], self.count_labels(0)
        while total <= most:
            totals.append(total)
            total += self.count_labels(len(totals))
        return totals


def has_equal_beginnings(batch_sizes: Iterable[BatchSize]) -> bool:
    """Say whether batch sizes that differ begin with the same batch, which does not tell them apart then."""
    different = set(batch_sizes)
    return len({int(batch_size) for batch_size in different}) < len(different)


def count_affordable_labels(budget: int, *, seed_size: int, batch_size: int, n_pool: int) -> int:
    """Labels at the last round that a budget pays for in full.

    A batch that the budget would cut short is not queried: it would not be a prefix of a longer run. The
    last batch of the pool may be smaller, since no run is longer.
    """
    if budget >= n_pool:
        return n_pool
    if isinstance(batch_size, BatchSize) and batch_size.growth != 1:
        return seed_size + max(batch_size.list_totals(budget - seed_size), default=0)
    return seed_size + max(0, budget - seed_size) // batch_size * batch_size
