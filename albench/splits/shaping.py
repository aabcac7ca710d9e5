"""Conditions on the pool of a split: which of its rows stay, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts.conditions import IRRELEVANT
from albench.errors import DatasetError
from albench.splits.apportion import share_of, shuffled_ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Rows, Table
    from albench.contracts.conditions import CovariateShift, PoolConditions


def shaped(conditions: PoolConditions, table: Table, pool: Rows, rng: np.random.Generator) -> Rows:
    """Return the pool under its conditions, in the same order; a row can come more than once.

    Parameters
    ----------
    conditions : PoolConditions
    table : Table
    pool : ndarray of shape (n,), int
        Rows of the dataset.
    rng : Generator

    Raises
    ------
    DatasetError
        If a condition names a class or a column that is not there.
    """
    draws = rng.spawn(4)
    pool = _with_shares(table, pool, conditions.label_shift, draws[0])
    if conditions.long_tail is not None:
        pool = _kept(table, pool, tail(_counts(table, pool), conditions.long_tail), draws[1])
    if conditions.covariate_shift is not None:
        pool = _shifted(table, pool, conditions.covariate_shift, draws[2])
    return _duplicated(pool, conditions.duplicates, draws[3])


def relevant(table: Table, rows: Rows) -> Rows:
    """Return the rows that are not of the class ``irrelevant``."""
    if table.conditions is None or not table.conditions.irrelevant:
        return rows
    kept: Rows = rows[table.labels[rows] != table.classes.index(IRRELEVANT)]
    return kept


def tail(counts: NDArray[np.intp], ratio: float) -> NDArray[np.intp]:
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
    wanted = np.maximum(1, np.floor(counts.max() * ratio**-exponents + 1e-9)).astype(np.intp)
    kept = np.empty_like(counts)
    kept[order] = np.minimum(wanted, counts[order])
    return kept


def _with_shares(table: Table, pool: Rows, shares: dict[str, float], rng: np.random.Generator) -> Rows:
    unknown = [name for name in shares if name not in table.classes]
    if unknown:
        raise DatasetError(f"label_shift names a class '{unknown[0]}' that is not there")
    counts = _counts(table, pool)
    kept = np.array(
        [
            max(1, share_of(shares[name], n)) if name in shares and n else n
            for name, n in zip(table.classes, counts.tolist(), strict=True)
        ]
    )
    return _kept(table, pool, kept, rng)


def _kept(table: Table, pool: Rows, n_by_class: NDArray[np.intp], rng: np.random.Generator) -> Rows:
    labels = table.labels[pool]
    return pool[shuffled_ranks(labels, len(table.classes), rng) < n_by_class[labels]]


def _shifted(table: Table, pool: Rows, shift: CovariateShift, rng: np.random.Generator) -> Rows:
    if shift.column not in table.numeric_names:
        raise DatasetError(f"covariate_shift names a numeric column '{shift.column}' that is not there")
    values = table.numeric[pool, table.numeric_names.index(shift.column)]
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable") / max(len(pool) - 1, 1)
    # Exponential keys over weights draw without replacement (Efraimidis and Spirakis, 2006).
    keys = np.log(rng.standard_exponential(len(pool))) - shift.strength * ranks
    kept = np.argsort(keys, kind="stable")[: max(1, share_of(shift.keep, len(pool)))]
    return pool[np.sort(kept)]


def _duplicated(pool: Rows, share: float, rng: np.random.Generator) -> Rows:
    copies = rng.integers(len(pool), size=share_of(share, len(pool)))
    found: Rows = pool[np.sort(np.concatenate([np.arange(len(pool)), copies]))]
    return found


def _counts(table: Table, rows: Rows) -> NDArray[np.intp]:
    return np.bincount(table.labels[rows], minlength=len(table.classes))
