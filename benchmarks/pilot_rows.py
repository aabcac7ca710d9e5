"""The hidden rest of a partly labelled table, for `benchmarks/pilot_study.py`: its split and its seed set."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from albench import SeedSet, Split

if TYPE_CHECKING:
    from albench.contracts import Rows, Table


class HiddenRest(Split):
    """The first rows are labelled and always in the pool; of the rest a random share scores.

    Pool order is the labelled rows first, in the order of the table.
    """

    version: ClassVar[int] = 1

    n_labelled: int = Field(ge=1)
    """Rows that have labels when the project begins."""
    test: float = Field(default=0.3, gt=0, lt=1)
    """Share of the other rows that only score."""

    def divide(self, table: Table, *, split: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
        """Return the rows of pool and test."""
        del split
        rest = rng.permutation(np.arange(self.n_labelled, table.n_rows))
        n_test = int(self.test * rest.size)
        return np.concatenate([np.arange(self.n_labelled), np.sort(rest[n_test:])]), np.sort(rest[:n_test])


class LabelledPart(SeedSet):
    """The first rows of the pool, which are those that have labels."""

    version: ClassVar[int] = 1

    def choose(
        self,
        labels: Rows,
        n_classes: int,
        size: int,
        *,
        split: int,
        start: int,
        rng: np.random.Generator,
    ) -> Rows:
        """Return the first positions in the pool."""
        del labels, n_classes, split, start, rng
        return np.arange(size)
