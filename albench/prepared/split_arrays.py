"""The arrays of a split after preprocessing, written once and memory-mapped by every worker."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from albench.prepared import matrices

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

_DISTRIBUTIONS = ("pool_distribution", "test_distribution", "validation_distribution")
_OPTIONAL = ("unlabelled_features", "pool_prices", "pool_answers", "answer_names", *_DISTRIBUTIONS)


@dataclass(frozen=True, eq=False)
class SplitArrays:
    """Features and true labels of pool, test and validation part.

    Attributes
    ----------
    pool_features, test_features, validation_features : ndarray or csr_matrix of shape (n_part, d)
    pool_labels, test_labels, validation_labels : ndarray of shape (n_part,), int
        Class codes.
    pool_rows : ndarray of shape (n_pool,), int
        Row of the dataset of each pool position.
    pool_prices : ndarray of shape (n_pool,) or None
        What the label of each row costs because of its row; None where rows have no prices.
    pool_answers : ndarray of shape (n_pool, n_columns), int, or None
        Recorded answers, -1 where there is none; None where no oracle gives such.
    answer_names : ndarray of shape (n_columns,), str, or None
        Their columns.
    pool_distribution, test_distribution, validation_distribution : ndarray or None
        How probable each class of a row is, of shape (n_part, n_classes); None where a row has one class.
    unlabelled_features : ndarray or csr_matrix of shape (n_unlabelled, d), or None
        Of rows without a label that take part in the density of the pool; None where there are none.
    """

    pool_features: Floats
    test_features: Floats
    validation_features: Floats
    pool_labels: Rows
    test_labels: Rows
    validation_labels: Rows
    pool_rows: Rows
    pool_prices: Floats | None = None
    pool_answers: Rows | None = None
    answer_names: NDArray[np.str_] | None = None
    pool_distribution: Floats | None = None
    test_distribution: Floats | None = None
    validation_distribution: Floats | None = None
    unlabelled_features: Floats | None = None

    def save(self, folder: Path) -> None:
        """Write the ``.npy`` files of each array."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            if (array := getattr(self, field.name)) is not None:
                matrices.save_matrix(array, folder / field.name)

    @classmethod
    def load(cls, folder: Path) -> SplitArrays:
        """Map the files that :meth:`save` wrote, read-only."""
        # Looked at once: each trial loads its split.
        saved = {file.name.partition(".")[0] for file in folder.iterdir()}
        names = [field.name for field in fields(cls) if field.name in saved or field.name not in _OPTIONAL]
        return cls(**{name: matrices.load_matrix(folder / name) for name in names})
