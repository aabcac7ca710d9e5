"""Preprocessing of a divided table to matrices, fitted on the pool's features without its labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from albench.contracts.preprocessing import Preprocessing
from albench.prepared.defaults import compute_tf_idf, encode_one_hot, fit_encoder, scale_sparse, standardise
from albench.prepared.matrices import freeze, join_columns
from albench.prepared.split_arrays import SplitArrays
from albench.prepared.transformers import apply_steps
from albench.prepared.unlabelled_rows import IN_DENSITY, IN_PREPROCESSING, append_unlabelled
from albench.rng import preprocessing_seed
from albench.splits.division import divide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.contracts import Division, Rows, Split, Table
    from albench.contracts.preprocessing import Step
    from albench.prepared.matrices import Matrix

T = TypeVar("T", bound=np.generic)


class PreprocessedSplit(NamedTuple):
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


class _ColumnBlock(NamedTuple):
    """Some columns of pool, test and validation part."""

    parts: Sequence[Matrix]
    names: tuple[str, ...]


def prepare_split(
    table: Table,
    component: Split,
    preprocessing: Preprocessing,
    *,
    dataset: str,
    split: int,
    validation: float,
    random_state: int,
    embeddings: Mapping[str, Matrix] | None = None,
) -> PreprocessedSplit:
    """Divide a dataset and fit the preprocessing on the pool; the same arguments give the same arrays.

    Other parameters, and what is raised, are those of :func:`albench.splits.division.divide` and
    :func:`preprocess`.
    """
    division = divide(
        component, table, dataset=dataset, split=split, validation=validation, random_state=random_state
    )
    seed = preprocessing_seed(random_state, dataset=dataset, split=split)
    return preprocess(table, division, preprocessing, seed=seed, embeddings=embeddings)


def preprocess(
    table: Table,
    division: Division,
    preprocessing: Preprocessing = Preprocessing(),  # noqa: B008 - frozen
    *,
    seed: int = 0,
    embeddings: Mapping[str, Matrix] | None = None,
) -> PreprocessedSplit:
    """Turn columns into numbers, as learned from the pool's features.

    Where the unlabelled rows of the table take part, the pool below is the pool and they.

    Numeric columns come first: missing values become the pool's median, then the pool's mean is subtracted
    and its standard deviation (population) divided by, 1 where that is 0. A numeric column without any value
    in the pool is 0 everywhere. Sparse columns are divided by their largest absolute value in the pool.
    Categorical columns follow: missing values become the pool's most frequent category (the first in order
    among equals), then each category of the pool is a column of 0 and 1, in sorted order. Categories that the
    pool lacks are 0 in all of them; a categorical column without any value in the pool has no columns. All of
    these are sparse where dense ones would be above 1 GiB (2^27 cells). Text columns are last, by TF-IDF.

    Parameters
    ----------
    preprocessing : Preprocessing
        Declared steps, in place of these.
    seed : int
        ``random_state`` of declared steps.
    embeddings : mapping of str to matrix
        The whole of a text column after the first step, where that was computed before.
    """
    whole, n_pool = append_unlabelled(table), division.pool.size
    unlabelled_rows = np.arange(table.n_rows, whole.n_rows)
    is_fitted_on_all = IN_PREPROCESSING in table.unlabelled_uses
    fitted_rows = np.concatenate([division.pool, unlabelled_rows]) if is_fitted_on_all else division.pool
    parts = (fitted_rows, division.test, division.validation, unlabelled_rows)
    preprocessor = _TablePreprocessor(whole, parts, preprocessing, seed, embeddings or {})
    blocks = preprocessor.build_blocks()
    pool, test, validation, unlabelled = preprocessor.transform_joined(
        [join_columns(part_blocks) for part_blocks in zip(*(block.parts for block in blocks), strict=True)]
    )
    arrays = SplitArrays(
        pool_features=_freeze_contiguous(pool[:n_pool] if is_fitted_on_all else pool),
        test_features=_freeze_contiguous(test),
        validation_features=_freeze_contiguous(validation),
        pool_labels=_freeze_contiguous(table.labels[division.pool]),
        test_labels=_freeze_contiguous(table.labels[division.test]),
        validation_labels=_freeze_contiguous(table.labels[division.validation]),
        pool_rows=_freeze_contiguous(division.pool),
        unlabelled_features=_freeze_contiguous(unlabelled) if IN_DENSITY in table.unlabelled_uses else None,
        **_divide_distribution(table, division),
    )
    names = tuple(name for block in blocks for name in block.names)
    return PreprocessedSplit(arrays, names if not preprocessing.then else _number_columns("then", pool))


def _divide_distribution(table: Table, division: Division) -> dict[str, Any]:
    if table.distribution is None:
        return {}
    return {
        f"{part}_distribution": _freeze_contiguous(table.distribution[getattr(division, part)])
        for part in ("pool", "test", "validation")
    }


@dataclass(frozen=True, eq=False)
class _TablePreprocessor:
    """One table in its parts; a method a kind of column."""

    table: Table
    rows: Sequence[Rows]
    preprocessing: Preprocessing
    seed: int
    embeddings: Mapping[str, Matrix]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.table.numeric.dtype

    def _divide(self, values: Any) -> list[Any]:
        return [values[rows] for rows in self.rows]

    def build_blocks(self) -> list[_ColumnBlock]:
        categorical = self.transform_categorical()
        others = (self.transform_numeric(), self.transform_sparse(), categorical)
        blocks = [block for block in others if block.names]
        if "text" not in self.preprocessing.drop:
            blocks += [self.transform_text(position) for position in range(len(self.table.text))]
        return blocks or [categorical]

    def transform_numeric(self) -> _ColumnBlock:
        values, names = self.table.numeric, self.table.numeric_names
        if "numeric" in self.preprocessing.drop:
            return _ColumnBlock((), ())
        if self.preprocessing.numeric is None and names:
            return _ColumnBlock(standardise(values, self.rows), names)
        return self._apply_declared(self._divide(values), self.preprocessing.numeric, "numeric", names)

    def transform_sparse(self) -> _ColumnBlock:
        values, names = self.table.sparse, self.table.sparse_names
        if values is None or "numeric" in self.preprocessing.drop:
            return _ColumnBlock((), ())
        if self.preprocessing.numeric is None:
            return _ColumnBlock(scale_sparse(values, self.rows), names)
        return self._apply_declared(self._divide(values), self.preprocessing.numeric, "sparse", names)

    def transform_categorical(self) -> _ColumnBlock:
        codes, names, categories = (
            self.table.categorical,
            self.table.categorical_names,
            self.table.categories,
        )
        if "categorical" in self.preprocessing.drop:
            codes, names, categories = codes[:, :0], (), ()
        if self.preprocessing.categorical is None:
            encoders = [fit_encoder(column[self.rows[0]]) for column in codes.T]
            one_hots = encode_one_hot(self._divide(codes), encoders, self.dtype)
            columns = zip(names, categories, encoders, strict=True)
            labels = (f"{name}={values[code]}" for name, values, encoder in columns for code in encoder.codes)
            return _ColumnBlock(one_hots, tuple(labels))
        numbers = np.where(codes < 0, np.nan, codes).astype(self.dtype)
        steps = self.preprocessing.categorical
        return self._apply_declared(self._divide(numbers), steps, "categorical", names)

    def transform_text(self, position: int) -> _ColumnBlock:
        column, texts = self.table.text_names[position], self.table.text[position]
        steps = self.preprocessing.text
        if steps is None:
            parts, words = compute_tf_idf(texts, self.rows, column, self.dtype)
            return _ColumnBlock(parts, tuple(f"{column}:{word}" for word in words))
        if column in self.embeddings:
            return self._apply_declared(self._divide(self.embeddings[column]), steps[1:], column, ())
        return self._apply_declared([[texts[row] for row in rows] for rows in self.rows], steps, column, ())

    def transform_joined(self, parts: list[Matrix]) -> list[Matrix]:
        return apply_steps(parts, self.preprocessing.then, seed=self.seed, dtype=self.dtype)

    def _apply_declared(
        self, parts: list[Any], steps: Sequence[Step] | None, kind: str, names: tuple[str, ...]
    ) -> _ColumnBlock:
        if not names and kind not in self.table.text_names:
            return _ColumnBlock((), ())
        outputs = apply_steps(parts, steps or (), seed=self.seed, dtype=self.dtype)
        return _ColumnBlock(outputs, names if not steps and names else _number_columns(kind, outputs[0]))


def _number_columns(kind: str, block: Matrix) -> tuple[str, ...]:
    return tuple(f"{kind}_{position + 1}" for position in range(block.shape[1]))


def _freeze_contiguous(values: Any) -> Any:
    if isinstance(values, np.ndarray):
        return freeze(np.ascontiguousarray(values).view())
    return freeze(values)
