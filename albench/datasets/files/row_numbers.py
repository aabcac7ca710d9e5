"""Columns that name or count rows, as pandas, R and others store them beside the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

    from albench.datasets.where import Where

_INDEX = re.compile(r"__index_level_\d+__|__null_dask_index__")
_UNNAMED = re.compile(r"Unnamed: \d+(_level_\d+)?(\.\d+)?|\.\.\.\d+")
"""What pandas and readr call a column that has no name in its file."""


def is_index(name: str, index: Collection[str]) -> bool:
    """Say whether a column is an index: its file says so, or it bears the name that pandas gives to one."""
    return name in index or _INDEX.fullmatch(name) is not None


def check_unnamed(frame: pl.DataFrame, declared: Collection[str], where: Where) -> None:
    """See that no column without a name of its own counts rows, unless a setting says what it is."""
    for position, name in enumerate(frame.columns):
        if name in declared or not _UNNAMED.fullmatch(name):
            continue
        # A first column may count the rows of several files, and begin again.
        if _holds_row_numbers(frame[name], can_repeat=position == 0):
            raise where.error(
                "it has no name in the file that it comes from, and may count rows: if it does, declare "
                f"drop: [{quote(name)}]; if it is a feature, name it",
                column=name,
            )


def _holds_row_numbers(column: pl.Series, *, can_repeat: bool) -> bool:
    import polars as pl

    if not column.dtype.is_numeric() or column.null_count():
        return False
    numbers = column.cast(pl.Float64)
    is_whole = bool((numbers == numbers.floor()).all())
    return is_whole and (can_repeat or numbers.n_unique() == len(numbers))
