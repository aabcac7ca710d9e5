"""The arrays of a split after preprocessing, written once and memory-mapped by every worker."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Floats, Rows


@dataclass(frozen=True, eq=False)
class SplitArrays:
    """Features and true labels of pool, test and validation part.

    Attributes
    ----------
    pool_features, test_features, validation_features : ndarray of shape (n_part, d)
    pool_labels, test_labels, validation_labels : ndarray of shape (n_part,), int
        Class codes.
    pool_rows : ndarray of shape (n_pool,), int
        Row of the dataset of each pool position.
    """

    pool_features: Floats
    test_features: Floats
    validation_features: Floats
    pool_labels: Rows
    test_labels: Rows
    validation_labels: Rows
    pool_rows: Rows

    def save(self, folder: Path) -> None:
        """Write one ``.npy`` file an array."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @classmethod
    def load(cls, folder: Path) -> SplitArrays:
        """Map the files that :meth:`save` wrote, read-only."""
        return cls(**{field.name: mapped(folder / f"{field.name}.npy") for field in fields(cls)})


def mapped(file: Path) -> np.ndarray:
    """Map an array that was saved, read-only."""
    # As a plain ndarray: every slice of a memmap would carry its bookkeeping along.
    found: np.ndarray = np.load(file, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return found
