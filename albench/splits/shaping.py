"""Conditions on the pool of a split: which of its rows stay, and how many copies of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts.conditions import IRRELEVANT
from albench.errors import DatasetError
from albench.splits.apportion import compute_share, count_classes, sample_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Rows, Table
    from albench.contracts.conditions import CovariateShift, PoolConditions


def shape_pool(conditions: PoolConditions, table: Table, pool: Rows, rng: np.random.Generator) -> Rows:
    """Return the pool under its conditions, in the same order; a row can come more than once."""
    # A stream each: adding or changing one condition does not move the draws of another.
    draws = rng.spawn(4)
    pool = _shift_labels(table, pool, conditions.label_shift, draws[0])
    if conditions.long_tail is not None:
        pool = sample_classes(
            table, pool, count_long_tail(count_classes(table, pool), conditions.long_tail), draws[1]
        )
    if conditions.covariate_shift is not None:
        pool = _shift_covariate(table, pool, conditions.covariate_shift, draws[2])
    return _duplicate_rows(pool, conditions.duplicates, draws[3])


def drop_irrelevant(table: Table, rows: Rows) -> Rows:
    """Return the rows that are not of the class ``irrelevant``."""
    if table.conditions is None or not table.conditions.irrelevant:
        return rows
    relevant_rows: Rows = rows[table.labels[rows] != table.classes.index(IRRELEVANT)]
    return relevant_rows


def count_long_tail(counts: NDArray[np.intp], ratio: float) -> NDArray[np.intp]:
    """Return the rows that each class keeps so that sizes fall exponentially.

    The largest class keeps all of its ``n`` rows, the k-th largest of C at most ``n * ratio^(-k / (C - 1))``
    (rounded down, 1 at least); the first class comes first among equals.

    Parameters
    ----------
    counts : ndarray of shape (n_classes,), int
    ratio : float
        Largest over smallest.
    """
    order = np.argsort(-counts, kind="stable")
    exponents = np.arange(len(counts)) / max(len(counts) - 1, 1)
    largest = np.maximum(1, np.floor(counts.max() * ratio**-exponents + 1e-9)).astype(np.intp)
    n_by_class = np.empty_like(counts)
    n_by_class[order] = np.minimum(largest, counts[order])
    return n_by_class


def _shift_labels(table: Table, pool: Rows, shares: dict[str, float], rng: np.random.Generator) -> Rows:
    unknown = [name for name in shares if name not in table.classes]
    if unknown:
        raise DatasetError(f"label_shift names a class '{unknown[0]}' that is not there")
    counts = count_classes(table, pool)
    n_by_class = np.array(
        [
            max(1, compute_share(shares[name], n)) if name in shares and n else n
            for name, n in zip(table.classes, counts.tolist(), strict=True)
        ]
    )
    return sample_classes(table, pool, n_by_class, rng)


def _shift_covariate(table: Table, pool: Rows, shift: CovariateShift, rng: np.random.Generator) -> Rows:
    if shift.column not in table.numeric_names:
        raise DatasetError(f"covariate_shift names a numeric column '{shift.column}' that is not there")
    values = table.numeric[pool, table.numeric_names.index(shift.column)]
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable") / max(len(pool) - 1, 1)
    # Exponential keys over weights draw without replacement (Efraimidis and Spirakis, 2006).
    keys = np.log(rng.standard_exponential(len(pool))) - shift.strength * ranks
    chosen = np.argsort(keys, kind="stable")[: max(1, compute_share(shift.keep, len(pool)))]
    return pool[np.sort(chosen)]


def _duplicate_rows(pool: Rows, share: float, rng: np.random.Generator) -> Rows:
    copies = rng.integers(len(pool), size=compute_share(share, len(pool)))
    rows: Rows = pool[np.sort(np.concatenate([np.arange(len(pool)), copies]))]
    return rows
