"""The door to every dataset, built in or a user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts import Table
from albench.datasets.checks import Where, checked
from albench.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import DatasetSource


def load_table(source: DatasetSource, base: Path) -> Table:
    """Load a dataset and see that a trial can use it.

    Parameters
    ----------
    source : DatasetSource
        Built in, or from a user's module.
    base : Path
        Folder of the spec.

    Raises
    ------
    DatasetError
        With the name of the dataset or file, column, and row where there is one.
    """
    table = source.load(base)
    if type(source).name:
        return table  # what is built in has been checked, with better names for its rows
    where = source.identity()["name"]
    if not isinstance(table, Table):
        raise DatasetError(f"{where}: load() returned {type(table).__name__}, not an albench Table")
    return checked(table, Where(where))
