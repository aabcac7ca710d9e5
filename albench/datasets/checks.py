"""What every dataset must be before a trial may use it, wherever it comes from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from albench.datasets.mistakes import Mistakes, join_errors
from albench.datasets.warnings import iterate_warnings
from albench.text import format_count, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from albench.contracts import Table
    from albench.datasets.where import Where

T = TypeVar("T", bound=np.generic)

MAX_CLASSES = 1000
LARGEST = 1e150
"""Of a number: the variance of columns with larger ones is beyond double precision."""
_SHOWN = 5


def check_table(table: Table, where: Where, mistakes: Mistakes | None = None) -> Table:
    """Return the table with read-only arrays and its warnings, or say what is wrong with it.

    Parameters
    ----------
    table : Table
        As read; a label of -1 stands for a missing target value.
    mistakes : Mistakes, optional
        What was wrong when it was read, to be told with what is wrong now.

    Raises
    ------
    DatasetError
        If there are no rows or feature columns; if shapes, codes or names contradict each other; if a target
        value is missing; if there are fewer than two classes or more than a thousand; if a value is
        infinite.
    """
    mistakes = mistakes or Mistakes()
    whole, where = where, where.select(table.file_rows)
    with mistakes.end():
        _check_shapes(table, where)
        _check_names(table, where)
    for check in (_check_target, _check_numeric, _check_sparse, _check_categorical, _check_divisions):
        with mistakes.collect():
            check(table, where)
    if table.unlabelled is not None:
        with mistakes.collect():
            _check_unlabelled(table.unlabelled, table, whole)
    mistakes.raise_all()
    return replace(
        _freeze_arrays(table),
        divisions=tuple((_freeze(pool), _freeze(test)) for pool, test in table.divisions),
        warnings=(*table.warnings, *(text for text in iterate_warnings(table) if text not in table.warnings)),
        unlabelled=None if table.unlabelled is None else _freeze_arrays(table.unlabelled),
    )


def _freeze_arrays(table: Table) -> Table:
    return replace(
        table,
        numeric=_freeze(table.numeric),
        categorical=_freeze(table.categorical),
        labels=_freeze(table.labels),
        targets=None if table.targets is None else _freeze(table.targets),
        file_rows=None if table.file_rows is None else _freeze(table.file_rows),
        times=None if table.times is None else _freeze(table.times),
        distribution=None if table.distribution is None else _freeze(table.distribution),
    )


def _check_unlabelled(unlabelled: Table, table: Table, where: Where) -> None:
    """See that rows without a target value have the columns of those with one, and values that are usable."""
    where = where.select(unlabelled.file_rows)
    for names in ("numeric_names", "categorical_names", "sparse_names", "text_names"):
        if getattr(unlabelled, names) != getattr(table, names):
            raise where.error(f"'{names}' of unlabelled rows differ from those of labelled rows")
    for name, categories, first in zip(
        table.categorical_names, unlabelled.categories, table.categories, strict=True
    ):
        if categories[: len(first)] != first:
            raise where.error(
                "categories of unlabelled rows do not begin with those of labelled ones", column=name
            )
    for check in (_check_shapes, _check_numeric, _check_sparse, _check_categorical):
        check(unlabelled, where)


def _check_shapes(table: Table, where: Where) -> None:
    n = table.n_rows
    if n == 0:
        raise where.error("there are no rows")
    if table.n_features == 0:
        raise where.error("no feature columns are left beside the target")
    wanted = {
        "numeric": (n, len(table.numeric_names)),
        "categorical": (n, len(table.categorical_names)),
        "labels": (n,),
        "categories": (len(table.categorical_names),),
    }
    shapes = {name: np.shape(getattr(table, name)) for name in ("numeric", "categorical", "labels")}
    shapes["categories"] = (len(table.categories),)
    if table.sparse is not None:
        wanted["sparse"], shapes["sparse"] = (n, len(table.sparse_names)), table.sparse.shape
    if table.targets is not None:
        wanted["targets"], shapes["targets"] = (n,), table.targets.shape
    if table.distribution is not None:
        wanted["distribution"], shapes["distribution"] = (n, len(table.classes)), table.distribution.shape
    for name, texts in zip(table.text_names, table.text, strict=True):
        wanted[name], shapes[name] = (n,), (len(texts),)
    for name, shape in wanted.items():
        if shapes[name] != shape:
            raise where.error(f"'{name}' has shape {shapes[name]} where {shape} is needed")


def _check_names(table: Table, where: Where) -> None:
    names = Counter(table.numeric_names + table.categorical_names + table.sparse_names + table.text_names)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise where.error(f"{names[twice[0]]} columns have this name", column=twice[0])
    for column, categories in zip(table.categorical_names, table.categories, strict=True):
        if list(categories) != sorted(set(categories)):
            raise where.error("categories are not sorted or not distinct", column=column)
    if list(table.classes) != sorted(set(table.classes)):
        raise where.error("classes are not sorted or not distinct")


def _check_target(table: Table, where: Where) -> None:
    if table.targets is None:
        _check_labels(table, where)
        _check_distribution(table, where)
    else:
        _check_targets(table.targets, where)


def _check_labels(table: Table, where: Where) -> None:
    target = where.target or None
    missing = np.flatnonzero(table.labels == -1)
    if missing.size:
        raise where.error(
            f"no target value ({missing.size} of {table.n_rows} rows): {_advise_on_missing(where)}",
            column=target,
            row=int(missing[0]),
        )
    _check_codes(table.labels, len(table.classes), 0, where, target)
    if len(table.classes) > MAX_CLASSES:
        raise where.error(
            f"there are {len(table.classes):,} classes, {MAX_CLASSES:,} at most can be benchmarked: if the "
            "target is a number, store a column of a few classes (below 10, 10 to 20, ...) and declare that "
            "one; if it names rows, declare another column",
            column=target,
        )
    counts = np.bincount(table.labels, minlength=len(table.classes))
    if len(counts) == 1:
        raise where.error(
            f"there is only one class, {quote(table.classes[0])}; two are needed{where.class_advice}",
            column=target,
        )
    if not counts.all():
        raise where.error(f"class {quote(table.classes[int(counts.argmin())])} has no row", column=target)


def _check_targets(targets: NDArray[np.float64], where: Where) -> None:
    column = where.target or None
    missing = np.flatnonzero(np.isnan(targets))
    if missing.size:
        raise where.error(
            f"no target value ({missing.size} of {targets.size} rows): {_advise_on_missing(where)}",
            column=column,
            row=int(missing[0]),
        )
    infinite = np.flatnonzero(np.isinf(targets))
    if infinite.size:
        value = targets[infinite[0]]
        raise where.error(f"the value is infinite ({value})", column=column, row=int(infinite[0]))


def _advise_on_missing(where: Where) -> str:
    if where.can_keep_unlabelled:
        return f"fill it in, remove the row, or declare unlabelled: keep{where.class_advice}"
    return "fill it in or remove the row"


def _check_distribution(table: Table, where: Where) -> None:
    if table.distribution is None:
        return
    labelled = np.flatnonzero(table.labels >= 0)
    shares = table.distribution[labelled]
    is_distribution = (shares >= 0).all(axis=1) & np.isclose(shares.sum(axis=1), 1)
    is_mode = shares[np.arange(labelled.size), table.labels[labelled]] == shares.max(axis=1)
    for is_right, problem in (
        (is_distribution, "the probabilities of the classes are no distribution"),
        (is_mode, "the label is not the most probable class"),
    ):
        if not is_right.all():
            raise where.error(problem, row=int(labelled[is_right.argmin()]))


def _check_sparse(table: Table, where: Where) -> None:
    if table.sparse is None:
        return
    wrong = np.flatnonzero(~np.isfinite(table.sparse.data))
    if wrong.size:
        cell = int(wrong[0])
        row = int(np.searchsorted(table.sparse.indptr, cell, side="right")) - 1
        column = table.sparse_names[table.sparse.indices[cell]]
        raise where.error(
            f"the value is {table.sparse.data[cell]}, which a sparse column cannot hold",
            column=column,
            row=row,
        )


def _check_divisions(table: Table, where: Where) -> None:
    for pool, test in table.divisions:
        both = np.concatenate([pool, test])
        if both.size and (both.min() < 0 or both.max() >= table.n_rows):
            raise where.error(f"a split names a row that is not in 0..{table.n_rows - 1}")
        if np.unique(both).size < both.size:
            raise where.error("a split names a row twice")


def _check_codes(codes: NDArray[np.integer], n: int, lowest: int, where: Where, column: str | None) -> None:
    wrong = np.flatnonzero((codes < lowest) | (codes >= n))
    if wrong.size:
        row = int(wrong[0])
        raise where.error(f"code {codes[row]} is not in {lowest}..{n - 1}", column=column, row=row)


def _check_numeric(table: Table, where: Where) -> None:
    is_single = table.numeric.dtype == np.float32
    problem = "the value is infinite ({})" + (", or beyond single precision" if is_single else "")
    _raise_values(problem, _iterate_values(table, np.inf), where)


def check_range(table: Table, where: Where) -> None:
    """See that the variance of every numeric column is within double precision, as preprocessing needs it."""
    problem = f"the value is too large ({{:g}}, beyond {LARGEST:g}) to be standardised"
    for part in (table, *([table.unlabelled] if table.unlabelled is not None else [])):
        _raise_values(problem, _iterate_values(part, LARGEST), where.select(part.file_rows))


class _Value(NamedTuple):
    """The first of some values of a column, and how many there are."""

    column: str
    row: int
    value: float
    n_rows: int


def _iterate_values(table: Table, least: float) -> Iterator[_Value]:
    """Yield the first value of each numeric column that is as large as ``least``, with either sign."""
    # They step over not-a-number, which is a missing value.
    high, low = np.fmax.reduce(table.numeric, axis=0), np.fmin.reduce(table.numeric, axis=0)
    for position in np.flatnonzero((high >= np.float64(least)) | (low <= -np.float64(least))):
        values = table.numeric[:, position]
        rows = np.flatnonzero(np.abs(values) >= np.float64(least))
        yield _Value(table.numeric_names[position], int(rows[0]), float(values[rows[0]]), rows.size)


def _raise_values(problem: str, values: Iterator[_Value], where: Where) -> None:
    errors = [
        where.error(
            problem.format(each.value)
            + (f" (and {format_count(each.n_rows - 1, 'row')} more)" if each.n_rows > 1 else ""),
            column=each.column,
            row=each.row,
        )
        for each in islice(values, _SHOWN)
    ]
    if errors:
        raise join_errors(errors)


def _check_categorical(table: Table, where: Where) -> None:
    for position, column in enumerate(table.categorical_names):
        codes = table.categorical[:, position]
        _check_codes(codes, len(table.categories[position]), -1, where, column)


def _freeze(values: NDArray[T]) -> NDArray[T]:
    view = values.view()
    view.flags.writeable = False
    return view
