"""A seed set with as many rows of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts import SeedSet
from albench.seed_sets.prefix import sort_positions, take_prefix
from albench.splits.apportion import draw_class_ranks

if TYPE_CHECKING:
    import numpy as np

    from albench.contracts import Rows


class PerClassSeedSet(SeedSet):
    """Random rows, one of each class in turn, so that classes are balanced while their rows last."""

    name = "per_class"
    looks_at_labels = True

    def choose(
        self, labels: Rows, n_classes: int, size: int, *, split: int, start: int, rng: np.random.Generator
    ) -> Rows:
        """Return the first ``size`` positions of a round-robin over classes, each turn in random order."""
        return take_prefix(sort_positions(draw_class_ranks(labels, n_classes, rng), rng), size)
