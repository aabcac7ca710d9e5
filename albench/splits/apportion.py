"""Rows of each class in a stratified sample of an exact size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from albench.contracts import Rows, Table

    Counts = Sequence[int] | NDArray[np.int64]

# 0.29 * 100 is 28.999999999999996: without it the floor would lose a row.
_SLACK = 1e-9


def compute_share(share: float, n: int) -> int:
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
    n_by_class = np.clip(total * weights // whole, low, high)
    while (left := total - int(n_by_class.sum())) != 0:
        step = 1 if left > 0 else -1
        need = step * (total * weights - n_by_class * whole)
        is_free = n_by_class < high if step > 0 else n_by_class > low
        n_by_class[np.argmax(np.where(is_free, need, np.iinfo(np.int64).min))] += step
    return n_by_class


def apportion_cap(cap: int, counts: Counts) -> NDArray[np.int64]:
    """Divide ``cap`` rows over classes with ``counts`` rows, one at least for each where that is possible."""
    present = np.minimum(counts, 1)
    has_enough = cap >= present.sum()
    return apportion(cap, counts, present if has_enough else np.zeros_like(present), counts)


def apportion_spare(total: int, counts: Counts) -> NDArray[np.int64]:
    """Take ``total`` rows from classes with ``counts`` rows, leaving one in each where that is possible."""
    spare = np.maximum(np.asarray(counts) - 1, 0)
    has_enough = total <= spare.sum()
    return apportion(total, counts, np.zeros_like(spare), spare if has_enough else counts)


def draw_class_ranks(labels: Rows, n_classes: int, rng: np.random.Generator) -> Rows:
    """Shuffle each class and return the rank of every row within its own, from 0.

    One permutation of all rows is drawn, whatever the classes.
    """
    # Not one for each class: other labels must not change how much is drawn.
    order = rng.permutation(labels.size)
    by_class = order[np.argsort(labels[order], kind="stable")]
    counts = np.bincount(labels, minlength=n_classes)
    first = np.cumsum(counts) - counts
    ranks = np.empty(labels.size, dtype=np.intp)
    ranks[by_class] = np.arange(labels.size) - np.repeat(first, counts)
    return ranks


def draw_folds(labels: Rows, n_folds: int, rng: np.random.Generator) -> Rows:
    """Return the fold of each row, every class spread evenly over them."""
    order = np.lexsort((rng.random(labels.size), labels))
    folds = np.empty(labels.size, np.intp)
    folds[order] = np.arange(labels.size) % n_folds
    return folds


def count_classes(table: Table, rows: Rows) -> NDArray[np.intp]:
    """Count the rows of each class of a dataset."""
    return np.bincount(table.labels[rows], minlength=len(table.classes))


def sample_classes(table: Table, rows: Rows, n_by_class: Counts, rng: np.random.Generator) -> Rows:
    """Draw so many rows of each class; they stay in the order of ``rows``."""
    labels = table.labels[rows]
    ranks = draw_class_ranks(labels, len(table.classes), rng)
    return rows[ranks < np.asarray(n_by_class)[labels]]
