"""How many rows each class gives, so that a sample is stratified and its size exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = Sequence[int] | NDArray[np.int64]
    from albench.contracts import Rows

_SLACK = 1e-9


def share_of(share: float, n: int) -> int:
    """Return the floor of a share of ``n`` rows; 0.29 of 100 is 29, whatever the floating point says."""
    return int(share * n + _SLACK)


def apportion(total: int, counts: Counts, lower: Counts, upper: Counts) -> NDArray[np.int64]:
    """Divide ``total`` in proportion to ``counts``, within bounds, by largest remainders.

    Each class first gets the floor of its quota ``total * count / sum(counts)``, moved into its bounds. While
    rows are left, one goes to the class that is farthest below its quota; while there are too many, one is
    taken from the class that is farthest above. The first class wins ties. Only integers are compared.

    Parameters
    ----------
    total : int
        Moved into the sums of the bounds first.
    counts, lower, upper : sequence of int
        For each class: its weight, and the least and the most it can give.

    Returns
    -------
    ndarray of shape (n_classes,), int
        Their sum is ``total``.
    """
    weights, low, high = (np.asarray(values, dtype=np.int64) for values in (counts, lower, upper))
    total = int(min(max(total, low.sum()), high.sum()))
    whole = max(int(weights.sum()), 1)
    given = np.clip(total * weights // whole, low, high)
    while (left := total - int(given.sum())) != 0:
        step = 1 if left > 0 else -1
        need = step * (total * weights - given * whole)
        free = given < high if step > 0 else given > low
        given[np.argmax(np.where(free, need, np.iinfo(np.int64).min))] += step
    return given


def capped(cap: int, counts: Counts) -> NDArray[np.int64]:
    """Divide ``cap`` rows over classes with ``counts`` rows, one at least for each where that is possible."""
    present = np.minimum(counts, 1)
    enough = cap >= present.sum()
    return apportion(cap, counts, present if enough else np.zeros_like(present), counts)


def spared(total: int, counts: Counts) -> NDArray[np.int64]:
    """Take ``total`` rows from classes with ``counts`` rows, leaving one in each where that is possible."""
    limits = np.maximum(np.asarray(counts) - 1, 0)
    enough = total <= limits.sum()
    return apportion(total, counts, np.zeros_like(limits), limits if enough else counts)


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
