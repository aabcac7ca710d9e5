"""A seed set at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts import SeedSet
from albench.seed_sets.prefix import take_prefix

if TYPE_CHECKING:
    import numpy as np

    from albench.contracts import Rows


class RandomSeedSet(SeedSet):
    """Rows drawn at random, whatever their classes: some classes may be absent."""

    name = "random"

    def choose(
        self, labels: Rows, n_classes: int, size: int, *, split: int, start: int, rng: np.random.Generator
    ) -> Rows:
        """Return the first ``size`` positions of one permutation of the pool."""
        return take_prefix(rng.permutation(labels.size), size)
