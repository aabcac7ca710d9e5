"""From a table and its division to arrays that models take, fitted on the pool's features alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from albench.prepared.arrays import SplitArrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Division, Floats, Rows, Table

T = TypeVar("T", bound=np.generic)

PREPROCESSING = {"name": "standard", "version": 1}
"""Part of a trial's identity; the version is raised when the arrays change."""


class Preprocessed(NamedTuple):
    """Arrays of a split.

    Attributes
    ----------
    arrays : SplitArrays
        Read-only and C-contiguous; features of shape (n_part, d), float64.
    feature_names : tuple of str
        One for each of the d columns: a numeric column's name, or ``column=category``.
    """

    arrays: SplitArrays
    feature_names: tuple[str, ...]


def preprocess(table: Table, division: Division) -> Preprocessed:
    """Impute, standardise and encode, as learned from the pool's features.

    Numeric columns come first: missing values become the pool's median, then the pool's mean is subtracted
    and its standard deviation (population) divided by, 1 where that is 0. A numeric column without any value
    in the pool is 0 everywhere. Categorical columns follow: missing values become the pool's most frequent
    category (the first in order among equals), then each category of the pool is a column of 0 and 1, in
    sorted order. Categories that the pool lacks are 0 in all of them; a categorical column without any value
    in the pool has no columns.
    """
    parts = (division.pool, division.test, division.validation)
    encoders = [_encoder(codes[division.pool]) for codes in table.categorical.T]
    pool, test, validation = (
        np.hstack([numbers, _one_hot(table.categorical[rows], encoders)])
        for rows, numbers in zip(parts, _standardised(table.numeric, parts), strict=True)
    )
    arrays = SplitArrays(
        pool_features=_frozen(pool),
        test_features=_frozen(test),
        validation_features=_frozen(validation),
        pool_labels=_frozen(table.labels[division.pool]),
        test_labels=_frozen(table.labels[division.test]),
        validation_labels=_frozen(table.labels[division.validation]),
        pool_rows=_frozen(division.pool),
    )
    return Preprocessed(arrays, _feature_names(table, encoders))


class _Encoder(NamedTuple):
    codes: NDArray[np.int32]
    most_frequent: int


def _encoder(pool_codes: NDArray[np.int32]) -> _Encoder:
    codes, counts = np.unique(pool_codes[pool_codes >= 0], return_counts=True)
    return _Encoder(codes, int(codes[np.argmax(counts)]) if codes.size else -1)


def _one_hot(codes: NDArray[np.int32], encoders: list[_Encoder]) -> Floats:
    columns = [np.empty((len(codes), 0))]
    for values, encoder in zip(codes.T, encoders, strict=True):
        imputed = np.where(values < 0, encoder.most_frequent, values)
        columns.append((imputed[:, None] == encoder.codes).astype(np.float64))
    found: Floats = np.hstack(columns)
    return found


def _standardised(values: Floats, parts: tuple[Rows, ...]) -> list[Floats]:
    """Impute and standardise the numeric columns of each part; the first part is the pool."""
    from sklearn.preprocessing import StandardScaler

    if values.shape[1] == 0:
        return [np.empty((rows.size, 0)) for rows in parts]
    pool = values[parts[0]]
    medians = np.array([_median(column) for column in pool.T])
    empty = np.isnan(pool).all(axis=0)
    imputed = [np.where(np.isnan(values[rows]) | empty, medians, values[rows]) for rows in parts]
    scaler = StandardScaler().fit(imputed[0])
    return [scaler.transform(part) if len(part) else part for part in imputed]


def _median(column: Floats) -> float:
    known = column[~np.isnan(column)]
    return float(np.median(known)) if known.size else 0.0


def _feature_names(table: Table, encoders: list[_Encoder]) -> tuple[str, ...]:
    columns = zip(table.categorical_names, table.categories, encoders, strict=True)
    one_hot = [f"{name}={names[code]}" for name, names, encoder in columns for code in encoder.codes]
    return (*table.numeric_names, *one_hot)


def _frozen(values: NDArray[T]) -> NDArray[T]:
    found = np.ascontiguousarray(values).view()
    found.flags.writeable = False
    return found
