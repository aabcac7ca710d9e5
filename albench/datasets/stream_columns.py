"""Whether the rows of a table can arrive one by one, and what a user should know of how they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.errors import DatasetError
from albench.text import format_count, list_first, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.contracts import Table

N_HASHES = 1024
"""Columns of numbers that stand for a column of texts."""
_MOST_CELLS = 1 << 27
"""1 GiB of double precision."""
_NAMED = 2


def check_stream_table(table: Table, label: str, order: str) -> None:
    """Check that a table can be a stream.

    Parameters
    ----------
    label : str
        Of the dataset.

    Raises
    ------
    DatasetError
        If not.
    """
    problem = _explain_size(table)
    if not problem and order == "time" and table.times is None:
        problem = "it has no column of time: name it in the dataset (time: COLUMN), or write order: given"
    if problem:
        raise DatasetError(f"dataset '{label}' is no stream: {problem}")


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
