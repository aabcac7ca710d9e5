"""A seed set with the class proportions of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import SeedSet
from albench.seed_sets.prefix import sort_positions, take_prefix
from albench.splits.apportion import draw_class_ranks

if TYPE_CHECKING:
    from albench.contracts import Rows


class StratifiedSeedSet(SeedSet):
    """Random rows in the class proportions of the pool, as nearly as every smaller size allows.

    The i-th of the n rows of a class, in random order, stands at (i - 1/2) / n of the way; rows are taken
    along the way, ties at random.
    """

    name = "stratified"
    looks_at_labels = True

    def choose(
        self, labels: Rows, n_classes: int, size: int, *, split: int, start: int, rng: np.random.Generator
    ) -> Rows:
        """Return the first ``size`` positions of an order whose every prefix is nearly proportional."""
        counts = np.bincount(labels, minlength=n_classes)
        ranks = draw_class_ranks(labels, n_classes, rng)
        return take_prefix(sort_positions((ranks + 0.5) / counts[labels], rng), size)
