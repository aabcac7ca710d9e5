"""A seed set that knows some classes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from albench.contracts import SeedSet
from albench.errors import TrialError
from albench.seed_sets.prefix import take_prefix
from albench.text import format_count, list_quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.contracts import Rows, SeedPool


class SkewedSeedSet(SeedSet):
    """Random rows of some classes only: the others have to be found.

    A seed set larger than the known classes have rows in the pool is refused.
    """

    name = "skewed"
    main = "classes"
    looks_at_labels = True

    classes: Annotated[int, Field(ge=1)] | Annotated[tuple[str, ...], Field(min_length=1)]
    """The classes that are known, by name; or how many of those in the pool, drawn anew for each seed set."""

    def speaks_of(self) -> tuple[str, ...]:
        """Name the known classes."""
        return () if isinstance(self.classes, int) else self.classes

    def find_misfit(self, classes: Sequence[str]) -> str:
        """Say which known class is not there, or that there are too few."""
        if isinstance(self.classes, int) and self.classes > len(classes):
            return f"{format_count(self.classes, 'known class', 'known classes')} of {len(classes)}"
        return super().find_misfit(classes)

    def count_most_rows(self, class_counts: Mapping[str, int]) -> int:
        """Return the rows of the known classes; of a number of classes, those of the largest."""
        if isinstance(self.classes, int):
            return sum(sorted(class_counts.values(), reverse=True)[: self.classes])
        return sum(class_counts.get(name, 0) for name in self.classes)

    def choose_from(self, pool: SeedPool, size: int, rng: np.random.Generator) -> Rows:
        """Return the first ``size`` positions of one permutation of the rows of the known classes."""
        order, draw = rng.permutation(pool.labels.size), rng.permutation(len(pool.classes))
        if isinstance(self.classes, int):
            present = np.bincount(pool.labels, minlength=draw.size) > 0
            known = draw[present[draw]][: self.classes]
        else:
            known = np.array([pool.classes.index(name) for name in self.classes], np.intp)
        rows = order[np.isin(pool.labels[order], known)]
        if size > rows.size:
            names = list_quoted([pool.classes[code] for code in known], "and")
            raise TrialError(
                f"a seed set of {size} rows cannot come from the {rows.size} rows of {names} in this pool:"
                " lower 'seed_sizes', or let more classes be known"
            )
        return take_prefix(rows, size)
