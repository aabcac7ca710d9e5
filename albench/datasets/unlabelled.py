"""Rows without a target value: apart from those that have one, in the same columns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import BeforeValidator

from albench.datasets.words import wrap_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from albench.contracts import Rows, Table
    from albench.datasets.where import Where

KEEP = "keep"
DENSITY_STRATEGIES = ("density_weighted", "density_weighted_meta", "info_div", "information_density")
"""Those built in that take unlabelled rows into the density of the pool."""
_Use = Literal["keep", "preprocessing", "density"]
Unlabelled = Annotated[
    tuple[_Use, ...],
    BeforeValidator(wrap_word, json_schema_input_type=_Use | tuple[_Use, ...]),
]


def separate_unlabelled(table: Table, uses: Sequence[str], where: Where) -> Table:
    """Return the table of the labelled rows, with the others as its ``unlabelled``.

    Parameters
    ----------
    table : Table
        As read, before it is checked: a label of -1, or a target that is no number, stands for a missing
        target value. Itself if there is none.
    uses : sequence of str
        What the features of unlabelled rows take part in; ``keep`` is nothing.
    """
    is_labelled = table.labels >= 0 if table.targets is None else ~np.isnan(table.targets)
    if is_labelled.all():
        return table
    if not is_labelled.any():
        raise where.error(
            f"none of the {table.n_rows} rows has a target value: label some before the others can be kept"
            f"{where.class_advice}",
            column=where.target or None,
        )
    labelled, unlabelled = np.flatnonzero(is_labelled), np.flatnonzero(~is_labelled)
    recoded = [
        _order_categories(codes, names, is_labelled)
        for codes, names in zip(table.categorical.T, table.categories, strict=True)
    ]
    if recoded:
        table = replace(table, categorical=np.column_stack([codes for codes, _, _ in recoded]))
    return replace(
        table.select_rows(labelled),
        categories=tuple(names[:n_known] for _, names, n_known in recoded),
        divisions=tuple(
            (_renumber(pool, is_labelled), _renumber(test, is_labelled)) for pool, test in table.divisions
        ),
        unlabelled=replace(table.select_rows(unlabelled), categories=tuple(names for _, names, _ in recoded)),
        unlabelled_uses=tuple(use for use in uses if use != KEEP),
    )


def _order_categories(
    codes: NDArray[np.int32], names: tuple[str, ...], is_labelled: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], tuple[str, ...], int]:
    """Return codes into the categories of labelled rows and then the others, and how many the first are.

    Labelled rows have the codes that they would have without the others.
    """
    known = np.unique(codes[is_labelled & (codes >= 0)])
    others = np.setdiff1d(codes[codes >= 0], known)
    order = np.concatenate([known, others])
    lookup = np.full(len(names) + 1, -1, dtype=np.int32)  # a missing value is the code -1, hence the last one
    lookup[order] = np.arange(order.size)
    return lookup[codes], tuple(names[code] for code in order), known.size


def _renumber(rows: Rows, is_labelled: NDArray[np.bool_]) -> Rows:
    """Return those of some rows that are labelled, counted among the labelled ones."""
    return (np.cumsum(is_labelled) - 1)[rows[is_labelled[rows]]]
