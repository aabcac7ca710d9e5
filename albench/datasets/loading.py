"""The door to every dataset, built in or a user's own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.contracts.conditions import IRRELEVANT
from albench.contracts.returned import convert_table
from albench.datasets.checks import check_range, check_table
from albench.datasets.files.base import FileSource
from albench.datasets.where import Where
from albench.errors import AlbenchError, DatasetError, describe_error, extract_message

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import DatasetSource, Table
    from albench.contracts.conditions import PoolConditions


def load_table(source: DatasetSource, base: Path) -> Table:
    """Load a dataset and see that a trial can use it.

    Parameters
    ----------
    source : DatasetSource
        Built in, or from a user's module.
    base : Path
        Folder of the spec.
    """
    where = Where(source.default_label() or source.identity()["name"])
    # What is built in has been checked, with better names for its rows.
    is_own = not type(source).__module__.startswith("albench.")
    if is_own:
        where = Where(source.identity()["name"])
    try:
        table = check_table(_load_own(source, base, where), where) if is_own else source.load(base)
    except MemoryError as error:
        raise DatasetError(f"{where.name}: it does not fit into memory: {extract_message(error)}") from error
    check_range(table, _name_rows(source, base, where))
    return table if source.pool is None else apply_conditions(table, source.pool, where)


def _load_own(source: DatasetSource, base: Path, where: Where) -> Table:
    """Return the table of a user's class, in arrays of the right types."""
    try:
        table = source.load(base)
    except (AlbenchError, KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:
        raise DatasetError(f"{where.name}: load() raised {describe_error(error)}") from error
    return convert_table(table, where.name)


def _name_rows(source: DatasetSource, base: Path, where: Where) -> Where:
    """Return how messages name the rows of a dataset: by lines, where its file has such."""
    if not isinstance(source, FileSource) or source.test_file:
        return where
    file = source.find_file(base)
    return where if file is None else source.where(file)


def apply_conditions(table: Table, conditions: PoolConditions, where: Where) -> Table:
    """Return a table whose pools will be under these conditions; irrelevant classes become one."""
    for name in conditions.irrelevant:
        if name not in table.classes:
            raise where.error(f"there is no class '{name}' that could be irrelevant")
    if not conditions.irrelevant:
        return replace(table, conditions=conditions)
    if table.distribution is not None:
        raise where.error("no class can be irrelevant where the target is a distribution over the classes")
    if IRRELEVANT in table.classes:
        raise where.error(f"a class is called '{IRRELEVANT}' already")
    kept = [name for name in table.classes if name not in conditions.irrelevant]
    if len(kept) < 2:  # noqa: PLR2004 - a choice takes two
        raise where.error("fewer than two classes are left beside the irrelevant ones")
    classes = tuple(sorted([*kept, IRRELEVANT]))
    codes = [classes.index(name if name in kept else IRRELEVANT) for name in table.classes]
    labels = np.asarray(codes, dtype=np.intp)[table.labels]
    labels.flags.writeable = False
    answers = None if table.answers is None else np.asarray([*codes, -1], dtype=np.int32)[table.answers]
    return replace(table, classes=classes, labels=labels, conditions=conditions, answers=answers)
