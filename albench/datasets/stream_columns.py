"""Whether the rows of a table can arrive one by one, and what a user should know of how they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.text import format_count, list_first, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.contracts import Table

N_HASHES = 1024
"""Columns of numbers that stand for a column of texts."""
_MOST_CELLS = 1 << 27
"""1 GiB of double precision."""
_NAMED = 2


def explain_unfit_table(table: Table, order: str) -> str:
    """Say why the rows of a table cannot be a stream in such an order; empty if they can."""
    if order == "time" and table.times is None:
        return "it has no column of time: name it in the dataset (time: COLUMN), or write order: given"
    return _explain_size(table)


def count_stream_columns(table: Table) -> int:
    """Return how many columns of numbers a table is as a stream."""
    n_categories = sum(map(len, table.categories))
    n_numbers = len(table.numeric_names) + len(table.sparse_names)
    return n_numbers + n_categories + N_HASHES * len(table.text_names)


def _explain_size(table: Table) -> str:
    """Say why texts and sparse columns cannot be rows of numbers, one after the other; empty if they can."""
    n_columns = len(table.sparse_names) + N_HASHES * len(table.text_names)
    if table.n_rows * n_columns <= _MOST_CELLS:
        return ""
    what = "texts" if table.text_names else "sparse columns"
    size = table.n_rows * n_columns / _MOST_CELLS
    return (
        f"its {what} would be {n_columns:,} columns of numbers, {size:.1f} GiB, above 1 GiB: take fewer "
        "rows, or leave columns out (drop)"
    )


def describe_stream_columns(table: Table) -> Iterator[str]:
    """Yield what stands for missing numbers and for texts, where there are any."""
    n_missing = np.isnan(table.numeric).sum(axis=0)
    if n_missing.any():
        names = [quote(name) for name, n in zip(table.numeric_names, n_missing, strict=True) if n]
        yield (
            f"{format_count(int(n_missing.sum()), 'number')} missing in {list_first(names, _NAMED)}: the "
            "mean of the rows so far stands for each"
        )
    if table.text_names:
        yield (
            f"texts in {list_first([quote(name) for name in table.text_names], _NAMED)}: word counts, hashed "
            f"to {N_HASHES:,} columns and divided by their length; nothing is learned for them from any row"
        )
