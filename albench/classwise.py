"""Rows class by class: what stratified splits and seed sets have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from albench.contracts import Rows


def shuffled_ranks(labels: Rows, n_classes: int, rng: np.random.Generator) -> Rows:
    """Shuffle each class and return the rank of every row within its own, from 0.

    One permutation of all rows is drawn, whatever the classes.
    """
    order = rng.permutation(labels.size)
    by_class = order[np.argsort(labels[order], kind="stable")]
    counts = np.bincount(labels, minlength=n_classes)
    first = np.cumsum(counts) - counts
    ranks = np.empty(labels.size, dtype=np.intp)
    ranks[by_class] = np.arange(labels.size) - np.repeat(first, counts)
    return ranks
