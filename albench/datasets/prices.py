"""Prices of labels: of their rows, known before a label is asked for, and of the classes that are given."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from albench.datasets.files.columns import is_numeric
from albench.errors import DatasetError
from albench.text import format_count, quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from albench.contracts import Floats, Rows, Table
    from albench.datasets.where import Where
    from albench.spec.costs import Costs, RowPrice


def compute_row_prices(table: Table, row: RowPrice, dataset: str) -> Floats | None:
    """Return the price of each row of a dataset; None where rows have none."""
    if not row.column:
        return None
    name = f"'costs' on dataset {quote(dataset)}: column {quote(row.column)}"
    units = _count_units(table, row, name) if row.unit != "value" else _read_numbers(table, row.column, name)
    for wrong, what in ((np.isnan(units), "no value"), (units < 0, "a negative value")):
        if wrong.any():
            n = int(wrong.sum())
            text = f"{name} has {what} in {format_count(n, 'row')}, the first of them row"
            raise DatasetError(f"{text} {int(wrong.argmax())} (from 0): every row needs a price")
    return row.rate * units


def read_prices(frame: pl.DataFrame, columns: Sequence[str], where: Where) -> Floats:
    """Return columns of numbers that are no features, of shape (n_rows, n_columns)."""
    for column in columns:
        if not is_numeric(frame[column]):
            raise where.error("prices are numbers, and this column holds others", column=column)
    return np.column_stack(
        [frame[column].cast(float).fill_null(float("nan")).to_numpy() for column in columns]
    )


def hash_prices(prices: Sequence[float]) -> str:
    """Return a hash of the prices of rows."""
    return sha256(np.asarray(prices, "<f8").tobytes()).hexdigest()[:16]


def _read_numbers(table: Table, column: str, name: str) -> Floats:
    if table.prices is not None and column in table.price_names:
        return table.prices[:, table.price_names.index(column)]
    if column in table.numeric_names:
        return table.numeric[:, table.numeric_names.index(column)].astype(np.float64)
    if table.sparse is not None and column in table.sparse_names:
        at = table.sparse_names.index(column)
        return np.asarray(table.sparse[:, [at]].toarray().ravel(), dtype=np.float64)
    if column in (*table.categorical_names, *table.text_names):
        raise DatasetError(f"{name} holds no numbers: 'unit: words' or 'unit: characters' counts its text")
    numbers = [*table.price_names, *table.numeric_names, *table.sparse_names]
    hint = suggest_word(column, numbers)
    other = f"a column that is no feature is declared: 'prices: [{column}]' of the dataset"
    raise DatasetError(f"{name} is not there, or no feature: {hint if 'did you' in hint else other}")


def _count_units(table: Table, row: RowPrice, name: str) -> Floats:
    def count(text: str) -> int:
        return len(text.split()) if row.unit == "words" else len(text)

    if row.column in table.text_names:
        return np.array([count(text) for text in table.text[table.text_names.index(row.column)]], np.float64)
    if row.column in table.categorical_names:
        at = table.categorical_names.index(row.column)
        # A missing value is the code -1, hence the last one.
        counts = np.array([*map(count, table.categories[at]), np.nan])
        return np.asarray(counts[table.categorical[:, at]])
    texts = [*table.text_names, *table.categorical_names]
    raise DatasetError(f"{name} is no column of text: {suggest_word(row.column, texts)}")


def price_labels(costs: Costs, classes: Sequence[str], given: Rows, rows: Floats | None) -> Floats:
    """Return the prices of labels.

    Parameters
    ----------
    given : ndarray of shape (n,), int
        Class codes that the oracle gave; ``REFUSED`` costs what any label costs.
    rows : ndarray of shape (n,) or None
        Prices of the rows.
    """
    # A refused label is the code -1, hence the last one.
    by_class = np.array([*(costs.classes.get(name, costs.label) for name in classes), costs.label])
    prices = by_class[given]
    return prices if rows is None else prices + rows
