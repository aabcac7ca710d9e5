from __future__ import annotations

import numpy as np

from albench import DatasetSource, Table


class Folds(DatasetSource):
    """Ten rows with two splits of their own, of different sizes."""

    def load(self, base):
        rows = np.arange(10)
        return Table(
            numeric=rows[:, None] + 0.5,
            categorical=np.empty((10, 0), dtype=np.int32),
            numeric_names=("a",),
            categorical_names=(),
            categories=(),
            labels=rows % 2,
            classes=("x", "y"),
            divisions=((rows[:6], rows[6:]), (rows[3:], rows[:3])),
        )
