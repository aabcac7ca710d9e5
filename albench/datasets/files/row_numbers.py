"""Columns that name or count rows, as pandas, R and others store them beside the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

    from albench.datasets.checks import Where

_INDEX = re.compile(r"__index_level_\d+__|__null_dask_index__")
_UNNAMED = re.compile(r"Unnamed: \d+(_level_\d+)?(\.\d+)?|\.\.\.\d+")
"""What pandas and readr call a column that has no name in its file."""


def is_index(name: str, index: Collection[str]) -> bool:
    """Say whether a column is an index: its file says so, or it bears the name that pandas gives to one."""
    return name in index or _INDEX.fullmatch(name) is not None


def check_unnamed(frame: pl.DataFrame, declared: Collection[str], where: Where) -> None:
    """See that no column without a name of its own counts rows, unless a setting says what it is.

    Raises
    ------
    DatasetError
        With the first such column.
    """
    for column in frame.get_columns():
        if column.name not in declared and _UNNAMED.fullmatch(column.name) and _holds_row_numbers(column):
            raise where.error(
                "it has no name in the file that it comes from, and another whole number in each row; "
                f"if it is a row number, declare drop: [{quote(column.name)}]; if it is a feature, name it",
                column=column.name,
            )


def _holds_row_numbers(column: pl.Series) -> bool:
    import polars as pl

    if not column.dtype.is_numeric() or column.null_count():
        return False
    numbers = column.cast(pl.Float64)
    return bool((numbers == numbers.floor()).all()) and numbers.n_unique() == len(numbers)
