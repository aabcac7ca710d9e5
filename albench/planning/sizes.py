"""What the numbers of labels of an experiment come to on one dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.errors import SpecError
from albench.identity import last_whole_round

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.spec.experiment import Size


@dataclass(frozen=True)
class SizesHere:
    """Numbers of labels on a dataset.

    Attributes
    ----------
    dataset : str
        Its label.
    n_pool : int
        Rows of the pool; of the smallest one where splits differ.
    n_classes : int
    """

    dataset: str
    n_pool: int
    n_classes: int

    def labels(self, size: Size) -> int:
        """Return the number of labels that a size is here."""
        return size.labels(self.n_pool, self.n_classes)

    def see_distinct(self, seed_sizes: Iterable[Size]) -> None:
        """See that no two seed sizes are one number of labels: their trials would be the same.

        Raises
        ------
        SpecError
            If two are.
        """
        said: dict[int, Size] = {}
        for size in seed_sizes:
            n = self.labels(size)
            if (other := said.setdefault(n, size)) is not size:
                told = f"seed sizes {other} and {size} are both {n} of {self.n_pool} pool rows"
                raise SpecError(f"dataset '{self.dataset}': {told}: leave one of them out")

    def last_round(self, budgets: Iterable[Size], *, seed_size: int, batch_size: int, n_pool: int) -> int:
        """Return the labels at the last whole round of the largest budget.

        Raises
        ------
        SpecError
            If a budget leaves nothing to query.
        """
        found = {str(size): self.labels(size) for size in budgets}
        for said, budget in found.items():
            if budget < max(seed_size, 1):
                where = f"dataset '{self.dataset}': budget {said} is {budget} of {self.n_pool} pool rows"
                raise SpecError(f"{where}, less than the seed size {seed_size}")
            if budget == seed_size:
                where = f"dataset '{self.dataset}': budget {said} is {budget} labels"
                raise SpecError(f"{where}, all of them spent on the seed set: nothing would be queried")
        return last_whole_round(
            max(found.values()), seed_size=seed_size, batch_size=batch_size, n_pool=n_pool
        )
