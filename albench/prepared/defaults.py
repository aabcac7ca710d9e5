"""Default preprocessing of each kind of column: learned from the pool, applied to all parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.errors import DatasetError
from albench.prepared.matrices import DENSE_CELLS, convert_to_csr, release_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray
    from scipy.sparse import csr_matrix

    from albench.contracts import Floats, Rows
    from albench.prepared.matrices import Matrix

_COLUMNS = 4


class CategoryEncoder(NamedTuple):
    """The categories that the pool has, and the one that stands for a missing value."""

    codes: NDArray[np.int32]
    most_frequent: int


def fit_encoder(pool_codes: NDArray[np.int32]) -> CategoryEncoder:
    """Learn the categories of a column."""
    codes, counts = np.unique(pool_codes[pool_codes >= 0], return_counts=True)
    return CategoryEncoder(codes, int(codes[np.argmax(counts)]) if codes.size else -1)


def encode_one_hot(
    parts: Sequence[NDArray[np.int32]], encoders: Sequence[CategoryEncoder], dtype: DTypeLike
) -> list[Matrix]:
    """Return a column of 0 and 1 a category for each part; sparse if dense ones were too large for memory."""
    n_cells = sum(map(len, parts)) * sum(len(encoder.codes) for encoder in encoders)
    encode = _encode_sparse if n_cells > DENSE_CELLS else _encode_dense
    return [encode(codes, encoders, dtype) for codes in parts]


def _impute(codes: NDArray[np.int32], encoder: CategoryEncoder) -> NDArray[np.int32]:
    return np.where(codes < 0, encoder.most_frequent, codes)


def _encode_dense(codes: NDArray[np.int32], encoders: Sequence[CategoryEncoder], dtype: DTypeLike) -> Floats:
    columns = [np.empty((len(codes), 0), dtype)]
    for values, encoder in zip(codes.T, encoders, strict=True):
        columns.append((_impute(values, encoder)[:, None] == encoder.codes).astype(dtype))
    matrix: Floats = np.hstack(columns)
    return matrix


def _encode_sparse(
    codes: NDArray[np.int32], encoders: Sequence[CategoryEncoder], dtype: DTypeLike
) -> csr_matrix:
    from scipy.sparse import csr_matrix, hstack

    blocks = []
    for values, encoder in zip(codes.T, encoders, strict=True):
        imputed = _impute(values, encoder)
        rows = np.flatnonzero(np.isin(imputed, encoder.codes))
        columns = np.searchsorted(encoder.codes, imputed[rows])
        shape = (len(codes), len(encoder.codes))
        blocks.append(csr_matrix((np.ones(rows.size, dtype), (rows, columns)), shape=shape))
    return convert_to_csr(hstack(blocks, format="csr"))


def standardise(values: Floats, parts: Sequence[Rows]) -> list[Floats]:
    """Impute and standardise the numeric columns of each part; the first part is the pool."""
    pool = values[parts[0]]
    medians = np.array([_compute_median(column) for column in pool.T], dtype=values.dtype)
    empty = np.isnan(pool).all(axis=0)
    imputed = [pool, *(values[rows] for rows in parts[1:])]
    # A worker's map of the table would stay in memory beside this copy of all its rows.
    release_memory(values)
    for part in imputed:
        np.copyto(part, medians, where=np.isnan(part))
        part[:, empty] = 0
    _scale(imputed)
    return imputed


def _scale(parts: list[Floats]) -> None:
    """Scale in place, as a ``StandardScaler`` fitted on the first part does."""
    from sklearn.preprocessing import StandardScaler

    # Single precision is summed in double: a few columns at a time, or that would be a copy of the pool.
    step = _COLUMNS if parts[0].dtype == np.float32 else parts[0].shape[1]
    for first in range(0, parts[0].shape[1], step):
        columns = slice(first, first + step)
        scaler = StandardScaler().fit(parts[0][:, columns])
        for part in parts:
            if len(part):
                part[:, columns] = scaler.transform(part[:, columns])


def _compute_median(column: Floats) -> float:
    values = column[~np.isnan(column)]
    return float(np.median(values)) if values.size else 0.0


def scale_sparse(values: csr_matrix, parts: Sequence[Rows]) -> list[csr_matrix]:
    """Divide sparse columns by their largest absolute value in the pool, 1 where that is 0."""
    from sklearn.preprocessing import MaxAbsScaler

    scaler = MaxAbsScaler().fit(values[parts[0]])
    return [convert_to_csr(scaler.transform(values[rows])) if rows.size else values[rows] for rows in parts]


def compute_tf_idf(
    texts: Sequence[str], parts: Sequence[Rows], column: str, dtype: DTypeLike
) -> tuple[list[csr_matrix], tuple[str, ...]]:
    """Weigh the words of each text by their rarity in the pool (``TfidfVectorizer`` as it comes).

    Returns
    -------
    list of csr_matrix
    tuple of str
        The words of the pool, in the order of the columns.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    pool, *others = ([texts[row] for row in rows] for rows in parts)
    vectorizer = TfidfVectorizer(dtype=dtype)
    try:
        matrices = [convert_to_csr(vectorizer.fit_transform(pool))]
    except ValueError as error:
        raise DatasetError(f"column '{column}': the pool's texts hold no word ({error})") from error
    matrices += [convert_to_csr(vectorizer.transform(part)) if part else matrices[0][:0] for part in others]
    return matrices, tuple(vectorizer.get_feature_names_out().tolist())
