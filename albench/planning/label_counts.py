"""Seed sizes and budgets of a spec as numbers of labels on a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.batches import count_affordable_labels
from albench.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.spec.experiment import Size


@dataclass(frozen=True)
class LabelCounts:
    """Numbers of labels on a dataset.

    Attributes
    ----------
    n_pool : int
        Rows of the pool; of the smallest one where splits differ.
    """

    dataset: str
    n_pool: int
    n_classes: int

    def count_labels(self, size: Size) -> int:
        """Return the number of labels that a size comes to."""
        return size.count_labels(self.n_pool, self.n_classes)

    def check_distinct(self, seed_sizes: Iterable[Size]) -> None:
        """Check that no two seed sizes are one number of labels: their trials would be the same."""
        sizes: dict[int, Size] = {}
        for size in seed_sizes:
            n = self.count_labels(size)
            if (other := sizes.setdefault(n, size)) is not size:
                problem = f"seed sizes {other} and {size} are both {n} of {self.n_pool} pool rows"
                raise SpecError(f"dataset '{self.dataset}': {problem}: leave one of them out")

    def compute_last_round(
        self, budgets: Iterable[Size], *, seed_size: int, batch_size: int, n_pool: int
    ) -> int:
        """Return the labels at the last whole round of the largest budget; each must leave some to query."""
        n_labels = {str(size): self.count_labels(size) for size in budgets}
        for size, budget in n_labels.items():
            budget_text = f"dataset '{self.dataset}': budget {size} is {budget}"
            if budget < max(seed_size, 1):
                raise SpecError(
                    f"{budget_text} of {self.n_pool} pool rows, less than the seed size {seed_size}; "
                    f"{self._suggest_room(budget)}"
                )
            if budget == seed_size:
                spent = "all of them spent on the seed set: nothing would be queried"
                raise SpecError(f"{budget_text} labels, {spent}; {self._suggest_room(budget)}")
        largest = max(n_labels.values())
        last = count_affordable_labels(largest, seed_size=seed_size, batch_size=batch_size, n_pool=n_pool)
        if not last:
            raise SpecError(
                f"dataset '{self.dataset}': the largest budget is {largest} of {self.n_pool} pool rows, less "
                f"than the first batch of {int(batch_size)}, and there is no seed set: nothing would be "
                f"labelled; raise 'budgets', or lower 'batch_sizes' to {largest} or less"
            )
        return last

    def _suggest_room(self, budget: int) -> str:
        """Say what to change where a seed set leaves nothing to query."""
        if budget < self.n_pool:
            return "lower 'seed_sizes' or raise 'budgets'"
        return (
            f"lower 'seed_sizes', or leave more than {self.n_pool} rows to the pool ('split', 'validation')"
        )
