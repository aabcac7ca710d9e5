"""Division of a dataset by a split component: the rows of pool, test and validation part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.errors import AlbenchError, DatasetError, TrialError, describe_error
from albench.rng import cap_stream, condition_stream, split_stream, validation_stream
from albench.splits.apportion import (
    apportion_cap,
    apportion_spare,
    compute_share,
    count_classes,
    sample_classes,
)
from albench.splits.shaping import drop_irrelevant, shape_pool

if TYPE_CHECKING:
    from albench.contracts import Rows, Split, Table


@dataclass(frozen=True, eq=False)
class SplitRows:
    """Rows of a dataset by what they are for; read-only.

    Attributes
    ----------
    pool : ndarray of shape (n_pool,), int
        In pool order.
    test : ndarray of shape (n_test,), int
    validation : ndarray of shape (n_validation,), int
    """

    pool: Rows
    test: Rows
    validation: Rows


class Sizes(NamedTuple):
    """Rows of each part."""

    n_pool: int
    n_test: int
    n_validation: int


def divide(
    component: Split, table: Table, *, dataset: str, split: int, validation: float, random_state: int
) -> SplitRows:
    """Divide a dataset: the component's split, the validation part, the pool's conditions, the caps.

    The validation part has ``floor(validation * n_rows)`` rows, a stratified sample of the component's pool
    that leaves one row of each class there where it can. Caps keep a stratified sample, with a row of each
    class where that is possible, in the same order.

    Parameters
    ----------
    dataset : str
        Content hash.
    split : int
        Which of the repeated splits.
    validation : float
        Share of all rows; 0 for none.

    Raises
    ------
    DatasetError
        If there are too few rows for a pool and a test part.
    TrialError
        If the component's answer is not a division of the table.
    """
    rng = np.random.default_rng(split_stream(random_state, dataset=dataset, split=split))
    pool, test = _ask_for_division(component, table, split, rng)
    _check_division(component, table, pool, test)
    rng = np.random.default_rng(validation_stream(random_state, dataset=dataset, split=split))
    validation_rows = _draw_validation(table, pool, validation, rng)
    # Streams of their own: another cap on the test part must not move the pool.
    pool_stream, test_stream = cap_stream(random_state, dataset=dataset, split=split).spawn(2)
    pool = pool[~np.isin(pool, validation_rows)]
    if table.conditions is not None:
        rng = np.random.default_rng(condition_stream(random_state, dataset=dataset, split=split))
        pool = shape_pool(table.conditions, table, pool, rng)
    max_pool, max_test = _choose_caps(component, table)
    if table.conditions is not None and table.conditions.share is not None:
        n_kept = pool.size if max_pool is None else min(pool.size, max_pool)
        max_pool = max(1, compute_share(table.conditions.share, n_kept))
    return SplitRows(
        pool=_freeze(_cap_rows(table, pool, max_pool, np.random.default_rng(pool_stream))),
        test=_freeze(
            _cap_rows(table, drop_irrelevant(table, test), max_test, np.random.default_rng(test_stream))
        ),
        validation=_freeze(drop_irrelevant(table, validation_rows)),
    )


def _ask_for_division(
    component: Split, table: Table, split: int, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    name = component.identity()["name"]
    try:
        pool, test = component.divide(table, split=split, rng=rng)
        return np.asarray(pool), np.asarray(test)
    except (AlbenchError, KeyboardInterrupt):
        raise
    # The code of a user's split may raise anything.
    except BaseException as error:
        raise TrialError(f"split '{name}': no rows of pool and test: {describe_error(error)}") from error


def compute_pool_sizes(
    component: Split, table: Table, *, dataset: str, splits: int, validation: float, random_state: int
) -> tuple[int, ...]:
    """Return the rows of the pool of each split, where class counts alone do not tell; else nothing."""
    counts = tuple(count_classes(table, np.arange(table.n_rows)).tolist())
    if table.conditions is None and component.sizes(counts) is not None:
        return ()
    return tuple(
        divide(
            component, table, dataset=dataset, split=split, validation=validation, random_state=random_state
        ).pool.size
        for split in range(splits)
    )


def compute_division_sizes(component: Split, class_counts: tuple[int, ...], validation: float) -> Sizes:
    """Return the rows of each part, as :func:`divide` makes them for every split.

    Raises
    ------
    DatasetError
        If there are too few rows for a pool and a test part.
    TrialError
        If the sizes differ from split to split.
    """
    sizes = component.sizes(class_counts)
    if sizes is None:
        raise TrialError(f"split '{component.identity()['name']}': every split has its own sizes")
    n_pool, n_test = sizes
    _check_sizes(n_pool, n_test)
    n_validation = _count_validation_rows(validation, sum(class_counts), n_pool)
    return Sizes(
        n_pool=min(n_pool - n_validation, component.max_pool or n_pool),
        n_test=min(n_test, component.max_test or n_test),
        n_validation=n_validation,
    )


def _count_validation_rows(validation: float, n_rows: int, n_pool: int) -> int:
    return min(compute_share(validation, n_rows), n_pool - 1)


def _draw_validation(table: Table, pool: Rows, validation: float, rng: np.random.Generator) -> Rows:
    n = _count_validation_rows(validation, table.n_rows, pool.size)
    return np.sort(sample_classes(table, pool, apportion_spare(n, count_classes(table, pool)), rng))


def _choose_caps(component: Split, table: Table) -> tuple[int | None, int | None]:
    """Return the smaller of the split's and the dataset's caps on pool and test part."""
    conditions = table.conditions
    dataset_caps = (conditions.max_pool, conditions.max_test) if conditions is not None else (None, None)
    both = zip((component.max_pool, component.max_test), dataset_caps, strict=True)
    pool, test = (min((cap for cap in caps if cap is not None), default=None) for caps in both)
    return pool, test


def _cap_rows(table: Table, rows: Rows, cap: int | None, rng: np.random.Generator) -> Rows:
    if cap is None or cap >= rows.size:
        return rows
    return sample_classes(table, rows, apportion_cap(cap, count_classes(table, rows)), rng)


def _check_sizes(n_pool: int, n_test: int) -> None:
    for part, n in (("pool", n_pool), ("test part", n_test)):
        if n < 1:
            raise DatasetError(f"too few rows: the {part} is empty")


def _check_division(component: Split, table: Table, pool: Rows, test: Rows) -> None:
    name = component.identity()["name"]
    for part, rows in (("pool", pool), ("test", test)):
        if rows.ndim != 1 or (rows.size and not np.issubdtype(rows.dtype, np.integer)):
            raise TrialError(
                f"split '{name}': rows of the {part} are {rows.dtype} of shape {rows.shape}, not integers"
            )
    _check_sizes(pool.size, test.size)
    both = np.concatenate([pool, test])
    outside = both[(both < 0) | (both >= table.n_rows)]
    if outside.size:
        raise TrialError(f"split '{name}': row {outside[0]} is not in 0..{table.n_rows - 1}")
    rows, times = np.unique(both, return_counts=True)
    if rows.size < both.size:
        raise TrialError(f"split '{name}': row {rows[times > 1][0]} comes twice")
    sizes = component.sizes(tuple(count_classes(table, np.arange(table.n_rows)).tolist()))
    if sizes is not None and sizes != (pool.size, test.size):
        raise TrialError(f"split '{name}': {pool.size} and {test.size} rows, where sizes() promised {sizes}")


def _freeze(rows: Rows) -> Rows:
    frozen_rows: Rows = rows.astype(np.intp)
    frozen_rows.flags.writeable = False
    return frozen_rows
