"""Feature matrices, dense or sparse; sparse ones are made dense where a strategy needs that."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from albench.errors import StrategyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import TypeAlias

    from scipy.sparse import csr_matrix

    from albench.contracts import Floats

    Matrix: TypeAlias = Floats | csr_matrix

M = TypeVar("M")

DENSE_CELLS = 1 << 27
"""Cells up to which sparse features are made dense for a strategy: 1 GiB of double precision."""
_CSR_ARRAYS = ("data", "indices", "indptr")


def is_sparse(X: Any) -> bool:
    """Say whether a matrix is one of scipy's sparse ones."""
    if isinstance(X, np.ndarray):
        return False
    from scipy.sparse import issparse

    return bool(issparse(X))


def freeze(array: M) -> M:
    """Return an array, or a sparse matrix, with its write flags off."""
    parts: list[Any] = [getattr(array, name) for name in _CSR_ARRAYS] if is_sparse(array) else [array]
    for part in parts:
        part.flags.writeable = False
    return array


def release_memory(array: np.ndarray) -> None:
    """Give the memory of a mapped array back; its pages are read again from the file when needed."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


def join_columns(blocks: Sequence[Matrix]) -> Matrix:
    """Put blocks of columns side by side: dense if all are, else in compressed rows."""
    if len(blocks) == 1:
        return blocks[0]
    if not any(is_sparse(block) for block in blocks):
        dense: Floats = np.hstack(blocks)
        return dense
    from scipy.sparse import csr_matrix, hstack

    return convert_to_csr(hstack([csr_matrix(block) for block in blocks], format="csr"))


def convert_to_csr(X: Any) -> csr_matrix:
    """Return a sparse matrix in compressed rows, columns ascending, no cell twice."""
    from scipy.sparse import csr_matrix

    matrix = csr_matrix(X)
    matrix.sum_duplicates()
    return matrix


class VisibleFeatures:
    """A pool's features as a strategy sees them: sparse if it takes that, else made dense, once.

    ``were_seen`` says whether they were asked for.

    Parameters
    ----------
    features : ndarray or csr_matrix of shape (n_pool, n_features)
    name : str
        Of the strategy, for the message.
    """

    def __init__(self, features: Matrix, name: str, *, accepts_sparse: bool) -> None:
        self._features: Any = features
        self._name = name
        self._is_ready = accepts_sparse or not is_sparse(features)
        self.were_seen = False

    @property
    def made_features(self) -> Floats | None:
        """The features if they need not be made dense for this, or were already; else None."""
        return self._features if self._is_ready else None

    @property
    def features(self) -> Floats:
        """The features, read-only."""
        self.were_seen = True
        if not self._is_ready:
            n, d = self._features.shape
            if n * d > DENSE_CELLS:
                raise StrategyError(
                    f"'{self._name}' needs dense features, and {n:,} x {d:,} sparse ones would take "
                    f"{8 * n * d / 2**30:.1f} GiB: cap the pool, or reduce them with 'preprocessing: {{then: "
                    "{sklearn.decomposition.TruncatedSVD: {n_components: 100}}}'"
                )
            self._features = freeze(self._features.toarray())
            self._is_ready = True
        features: Floats = self._features
        return features


def save_matrix(X: Matrix, file: Path) -> None:
    """Write a matrix as ``.npy`` files: one if it is dense, else one a part of its compressed rows."""
    if not is_sparse(X):
        np.save(f"{file}.npy", X)
        return
    for name in _CSR_ARRAYS:
        np.save(f"{file}.{name}.npy", getattr(X, name))
    np.save(f"{file}.shape.npy", np.array(X.shape))


def load_matrix(file: Path) -> Any:
    """Map a matrix that :func:`save_matrix` wrote, read-only."""
    if file.with_name(f"{file.name}.npy").is_file():
        return map_array(file.with_name(f"{file.name}.npy"))
    from scipy.sparse import csr_matrix

    parts = [map_array(file.with_name(f"{file.name}.{name}.npy")) for name in _CSR_ARRAYS]
    n, d = np.load(f"{file}.shape.npy").tolist()
    matrix = csr_matrix(tuple(parts), shape=(n, d), copy=False)
    # They were so when they were written, and cannot be put in order where they are mapped.
    matrix.has_sorted_indices = matrix.has_canonical_format = True
    return matrix


def map_array(file: Path) -> np.ndarray:
    """Map an array that was saved, read-only."""
    # As a plain ndarray: every slice of a memmap would carry its bookkeeping along.
    array: np.ndarray = np.load(file, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array
