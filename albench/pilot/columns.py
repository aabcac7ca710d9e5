"""What the columns of a file are, where nobody has declared it: sentences, names of rows, features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from albench.datasets.warnings import (
    MANY,
    are_dates,
    are_names_of_rows,
    are_sentences,
    describe_commas,
    find_row_numbers,
)
from albench.errors import DatasetError
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.contracts import Table


@dataclass(frozen=True)
class DeclaredColumn:
    """A column that is declared to be something else than a number or a category.

    Attributes
    ----------
    setting : {"text", "id", "drop"}
        Under which the spec declares it.
    reason : str
        In words, as a comment.
    """

    name: str
    setting: str
    reason: str


def declare_columns(table: Table) -> tuple[DeclaredColumn, ...]:
    """Return the columns that a spec of this table has to declare, those of rows without a label included.

    Parameters
    ----------
    table : Table
        As read without declarations.

    Raises
    ------
    DatasetError
        If a column that would be left out holds numbers with a comma.
    """
    of_labelled = frozenset(_find_columns_of_labelled(table))
    reason = "empty in every row without a label: filled in with the labels, no feature"
    others = (*_declare_numbers(table), *_declare_names(table))
    columns = (
        *(DeclaredColumn(name, "drop", reason) for name in sorted(of_labelled)),
        *(column for column in others if column.name not in of_labelled),
    )
    # One of them names the rows: answers to proposed rows are told apart by it.
    first = next((column for column in columns if column.setting == "id"), None)
    return tuple(
        replace(column, setting="drop") if column.setting == "id" and column is not first else column
        for column in columns
    )


def _find_columns_of_labelled(table: Table) -> Iterator[str]:
    """Yield columns that labelled rows alone have values in: what annotators said or noted, and when."""
    rest = table.unlabelled
    if rest is None:
        return
    there = np.concatenate([np.isfinite(table.numeric), table.categorical >= 0], axis=1)
    elsewhere = np.concatenate([np.isfinite(rest.numeric), rest.categorical >= 0], axis=1)
    expected = there.mean(axis=0) * rest.n_rows
    names = (*table.numeric_names, *table.categorical_names)
    for position in np.flatnonzero((expected >= MANY) & ~elsewhere.any(axis=0)):
        yield names[position]


def _declare_names(table: Table) -> Iterator[DeclaredColumn]:
    rest = table.unlabelled
    n_rows = table.n_rows + (0 if rest is None else rest.n_rows)
    categories = table.categories if rest is None else rest.categories
    for name, names in zip(table.categorical_names, categories, strict=True):
        if are_dates(names):
            reason = f"{len(names):,} dates: no feature unless they are written as numbers"
            yield DeclaredColumn(name, "drop", reason)
            continue
        if not are_names_of_rows(len(names), n_rows):
            continue
        if commas := describe_commas(names):
            raise DatasetError(f"column {quote(name)} holds {commas}")
        if are_sentences(names):
            yield DeclaredColumn(name, "text", "sentences")
        elif len(names) == n_rows:
            yield DeclaredColumn(name, "id", "another name in every row: no feature")
        else:
            yield DeclaredColumn(name, "drop", f"{len(names):,} names in {n_rows:,} rows: no feature")


def _declare_numbers(table: Table) -> Iterator[DeclaredColumn]:
    parts = [table.numeric] if table.unlabelled is None else [table.numeric, table.unlabelled.numeric]
    # In order, too: where the first rows are labelled a model would learn which ones are.
    rows = find_row_numbers(np.concatenate(parts), table.numeric_names, may_be_times=False)
    for name, counts in rows.items():
        reason = "counts the rows" if counts else "another whole number in every row"
        yield DeclaredColumn(name, "id", f"{reason}: no feature")
