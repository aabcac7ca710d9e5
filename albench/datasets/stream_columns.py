"""Whether the rows of a table can arrive one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.errors import DatasetError

if TYPE_CHECKING:
    from albench.contracts import Table


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
    problem = _explain_unfit_columns(table)
    if not problem and order == "time" and table.times is None:
        problem = "it has no column of time: name it in the dataset (time: COLUMN), or write order: given"
    if problem:
        raise DatasetError(f"dataset '{label}' is no stream: {problem}")


def _explain_unfit_columns(table: Table) -> str:
    """Say why the columns of a table cannot arrive row by row; empty if they can."""
    if table.text_names:
        return f"what words of its column '{table.text_names[0]}' weigh is learned from all rows"
    if table.sparse_names:
        return "its columns are sparse"
    is_missing = np.isnan(table.numeric).any(axis=0)
    if is_missing.any():
        name = table.numeric_names[int(np.flatnonzero(is_missing)[0])]
        return (
            f"numbers of its column '{name}' are missing, and what stands for them is learned from all rows; "
            f"leave the column out (drop: [{name}]) or fill it in the file"
        )
    return ""
