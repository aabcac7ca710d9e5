"""From a table and its division to matrices that models take, fitted on the pool's features alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from albench.contracts.preprocessing import STANDARD, Preprocessing
from albench.prepared.defaults import encoder, one_hot, scaled, standardised, tf_idf
from albench.prepared.matrices import joined, read_only
from albench.prepared.split_arrays import SplitArrays
from albench.prepared.transformers import transformed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.contracts import Division, Rows, Table
    from albench.contracts.preprocessing import Step
    from albench.prepared.matrices import Matrix

T = TypeVar("T", bound=np.generic)

PREPROCESSING = STANDARD
"""Part of a trial's identity where nothing is declared."""
TEXT = "text"


class Preprocessed(NamedTuple):
    """Arrays of a split.

    Attributes
    ----------
    arrays : SplitArrays
        Read-only and C-contiguous; features of shape (n_part, d), in compressed rows if any column is
        sparse. Double precision, or single if the table is.
    feature_names : tuple of str
        One for each of the d columns: a numeric column's name, ``column=category``, ``column:word``; the
        kind and a number where a declared step has changed the columns.
    """

    arrays: SplitArrays
    feature_names: tuple[str, ...]


class _Block(NamedTuple):
    """Some columns of pool, test and validation part."""

    parts: Sequence[Matrix]
    names: tuple[str, ...]


def preprocess(
    table: Table,
    division: Division,
    how: Preprocessing = Preprocessing(),  # noqa: B008 - frozen
    *,
    seed: int = 0,
    ready: Mapping[str, Matrix] | None = None,
) -> Preprocessed:
    """Turn columns into numbers, as learned from the pool's features.

    Numeric columns come first: missing values become the pool's median, then the pool's mean is subtracted
    and its standard deviation (population) divided by, 1 where that is 0. A numeric column without any value
    in the pool is 0 everywhere. Sparse columns are divided by their largest absolute value in the pool.
    Categorical columns follow: missing values become the pool's most frequent category (the first in order
    among equals), then each category of the pool is a column of 0 and 1, in sorted order. Categories that the
    pool lacks are 0 in all of them; a categorical column without any value in the pool has no columns. Text
    columns are last, by TF-IDF.

    Parameters
    ----------
    how : Preprocessing
        What is done instead.
    seed : int
        ``random_state`` of declared steps.
    ready : mapping of str to matrix
        What the first step makes of the whole of a text column, where that was computed before.

    Raises
    ------
    DatasetError
        If a column cannot be treated so.
    ModelError
        If a declared step cannot be made or fitted.
    """
    parts = (division.pool, division.test, division.validation)
    work = _Work(table, parts, how, seed, ready or {})
    blocks = work.blocks()
    pool, test, validation = work.then(
        [joined(some) for some in zip(*(b.parts for b in blocks), strict=True)]
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
    names = tuple(name for block in blocks for name in block.names)
    return Preprocessed(arrays, names if not how.then else _numbered("then", pool))


class _Work:
    """One table in its parts; a method a kind of column."""

    def __init__(
        self,
        table: Table,
        parts: Sequence[Rows],
        how: Preprocessing,
        seed: int,
        ready: Mapping[str, Matrix],
    ) -> None:
        self.table, self.rows, self.how, self.seed, self.ready = table, parts, how, seed, ready
        self.dtype = table.numeric.dtype

    def blocks(self) -> list[_Block]:
        categorical = self.categorical()
        found = [block for block in (self.numeric(), self.sparse(), categorical) if block.names]
        found += [self.text(position) for position in range(len(self.table.text))]
        return found or [categorical]

    def numeric(self) -> _Block:
        values, names = self.table.numeric, self.table.numeric_names
        if self.how.numeric is None and names:
            return _Block(standardised(values, self.rows), names)
        return self._declared([values[rows] for rows in self.rows], self.how.numeric, "numeric", names)

    def sparse(self) -> _Block:
        values, names = self.table.sparse, self.table.sparse_names
        if values is None:
            return _Block((), ())
        if self.how.numeric is None:
            return _Block(scaled(values, self.rows), names)
        return self._declared([values[rows] for rows in self.rows], self.how.numeric, "sparse", names)

    def categorical(self) -> _Block:
        codes, names = self.table.categorical, self.table.categorical_names
        if self.how.categorical is None:
            encoders = [encoder(column[self.rows[0]]) for column in codes.T]
            one_hots = [one_hot(codes[rows], encoders, self.dtype) for rows in self.rows]
            columns = zip(names, self.table.categories, encoders, strict=True)
            said = tuple(f"{name}={known[code]}" for name, known, each in columns for code in each.codes)
            return _Block(one_hots, said)
        numbers = np.where(codes < 0, np.nan, codes).astype(self.dtype)
        return self._declared(
            [numbers[rows] for rows in self.rows], self.how.categorical, "categorical", names
        )

    def text(self, position: int) -> _Block:
        column, texts, steps = self.table.text_names[position], self.table.text[position], self.how.text
        if steps is None:
            parts, words = tf_idf(texts, self.rows, column, self.dtype)
            return _Block(parts, tuple(f"{column}:{word}" for word in words))
        if column in self.ready:
            before: list[Any] = [self.ready[column][rows] for rows in self.rows]
            return self._declared(before, steps[1:], column, ())
        return self._declared([[texts[row] for row in rows] for rows in self.rows], steps, column, ())

    def then(self, parts: list[Matrix]) -> list[Matrix]:
        return transformed(parts, self.how.then, seed=self.seed, dtype=self.dtype)

    def _declared(
        self, parts: list[Any], steps: Sequence[Step] | None, kind: str, names: tuple[str, ...]
    ) -> _Block:
        if not names and kind not in self.table.text_names:
            return _Block((), ())
        found = transformed(parts, steps or (), seed=self.seed, dtype=self.dtype)
        return _Block(found, names if not steps and names else _numbered(kind, found[0]))


def _numbered(kind: str, block: Matrix) -> tuple[str, ...]:
    return tuple(f"{kind}_{position + 1}" for position in range(block.shape[1]))


def _frozen(values: Any) -> Any:
    if isinstance(values, np.ndarray):
        return read_only(np.ascontiguousarray(values).view())
    return read_only(values)
