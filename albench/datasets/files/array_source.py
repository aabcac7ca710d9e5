"""What files of plain arrays have in common: columns without names, a vector of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.contracts import Table
from albench.datasets.checks import check_table
from albench.datasets.files.location import LocatedSource
from albench.datasets.unlabelled import Unlabelled, separate_unlabelled
from albench.datasets.value_names import name_values
from albench.datasets.where import Where

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from albench.datasets.files.declared_splits import Divisions


MOST_FEATURES = 100_000_000
"""Features have names, and names take memory: an index beyond this is a slip of the pen."""


class ArraySource(LocatedSource):
    """Features ``x1, x2, ...`` and a vector of labels."""

    task: Literal["classification", "regression"] = "classification"
    """Whether the target is a class or a number; query strategies need classes."""
    unlabelled: Unlabelled = ()
    """What becomes of rows whose label is not a number (nan), which are an error otherwise: ``keep`` keeps
    them beside pool and test, where nothing of them is scored; ``preprocessing`` does that, and fits scaling
    and declared steps on their features, too; with ``density`` strategies that can take them into the density
    and the clusters of the pool."""
    precision: Literal["double", "single"] = "double"
    """Of the features; single takes half the memory."""

    def table(
        self,
        features: NDArray[np.number] | csr_matrix,
        labels: NDArray[np.generic],
        divisions: Divisions = (),
    ) -> Table:
        """Return the checked table of features and labels."""
        where = Where(self.path, can_keep_unlabelled=True)
        if labels.ndim != 1 or len(labels) != features.shape[0]:
            raise where.error(f"{features.shape[0]} rows of features and labels of shape {labels.shape}")
        names = tuple(f"x{i + 1}" for i in range(features.shape[1]))
        is_sparse = not isinstance(features, np.ndarray)
        with np.errstate(over="ignore"):  # what single precision cannot hold is told as infinite
            cells = features.astype(np.float32 if self.precision == "single" else np.float64)
        n = features.shape[0]
        codes, classes, targets = self._encode_targets(labels, where)
        table = Table(
            numeric=np.empty((n, 0), cells.dtype) if is_sparse else np.ascontiguousarray(cells),
            categorical=np.empty((n, 0), dtype=np.int32),
            numeric_names=() if is_sparse else names,
            categorical_names=(),
            categories=(),
            labels=codes,
            classes=classes,
            sparse=cells if is_sparse else None,
            sparse_names=names if is_sparse else (),
            targets=targets,
            divisions=divisions,
        )
        if self.unlabelled:
            table = separate_unlabelled(table, self.unlabelled, where)
        return check_table(table, where)

    def _encode_targets(
        self, labels: NDArray[np.generic], where: Where
    ) -> tuple[NDArray[np.intp], tuple[str, ...], NDArray[np.float64] | None]:
        if self.task == "regression":
            if not np.issubdtype(labels.dtype, np.number):
                raise where.error(f"the target is {labels.dtype}, not a number to predict")
            return np.zeros(len(labels), np.intp), (), labels.astype(np.float64)
        is_float = np.issubdtype(labels.dtype, np.floating)
        is_missing = np.isnan(labels.astype(np.float64)) if is_float else np.zeros(len(labels), np.bool_)
        values, positions = np.unique(labels[~is_missing], return_inverse=True)
        named = name_values(values.tolist())
        classes = tuple(sorted(set(named)))
        place = np.array([classes.index(name) for name in named], dtype=np.intp)
        codes = np.full(len(labels), -1, dtype=np.intp)
        codes[~is_missing] = place[positions]
        return codes, classes, None
