"""The split that a dataset brings along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts import Split
from albench.errors import DatasetError
from albench.text import format_count

if TYPE_CHECKING:
    import numpy as np

    from albench.contracts import Rows, Table


class Declared(Split):
    """The dataset's own parts: a test file, a column that says train or test, the splits of an OpenML task.

    Split i is the i-th of the dataset; of an OpenML task that is fold i of the first repeat, then of the
    next. A dataset with one split takes ``repeats: {splits: 1, starts: 20}``.
    """

    name = "declared"

    def divide(self, table: Table, *, split: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
        """Return the rows of pool and test, in the order in which they were declared."""
        n = len(table.divisions)
        if n == 0:
            raise DatasetError(
                "it has no split of its own: give it a test_file or a split column, or use 'split: holdout'"
            )
        if split >= n:
            raise DatasetError(
                f"it has {format_count(n, 'split')} of its own, and split {split + 1} is asked for: "
                f"declare 'repeats: {{splits: {n}, starts: ...}}'"
            )
        return table.divisions[split]
