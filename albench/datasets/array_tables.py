"""From arrays of numbers and class names to a table: for datasets that need no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Table
from albench.datasets.checks import check_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from albench.datasets.where import Where

DECIMALS = 6


def make_numeric_table(
    features: ArrayLike, labels: NDArray[np.str_], names: Sequence[str], where: Where
) -> Table:
    """Return a checked table of numeric columns; ``labels`` holds the class name of each row."""
    classes, codes = np.unique(labels, return_inverse=True)
    numeric = np.ascontiguousarray(features, dtype=np.float64)
    return check_table(
        Table(
            numeric=numeric,
            categorical=np.empty((len(numeric), 0), dtype=np.int32),
            numeric_names=tuple(names),
            categorical_names=(),
            categories=(),
            labels=codes.astype(np.intp),
            classes=tuple(classes.tolist()),
        ),
        where,
    )


def make_generated_table(features: NDArray[np.float64], labels: NDArray[np.intp], where: Where) -> Table:
    """Return the table of a generator: columns ``x1, x2, ...``, classes ``0, 1, ...``, 6 decimals.

    Sines, logarithms and matrix products differ between processors in their last bits, which must not
    change the content hash.
    """
    names = [f"x{position + 1}" for position in range(features.shape[1])]
    return make_numeric_table(np.round(features, DECIMALS), labels.astype(str), names, where)
