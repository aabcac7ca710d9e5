"""Cross-validation: every row is in the test part once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Split
from albench.errors import DatasetError
from albench.splits.apportion import draw_class_ranks

if TYPE_CHECKING:
    from albench.contracts import Rows, Table


class KFold(Split):
    """Folds that are the test part in turn; the other folds are the pool.

    Split i is fold ``i % folds`` of shuffle ``i // folds``, so ``repeats: 10`` with five folds is five-fold
    cross-validation twice. Sizes of folds differ by one row at most, and so do those of each class in them; a
    class with one row stays in the pool. Pools of one shuffle overlap: repeats are less independent than with
    ``holdout``. Rows of both parts are in ascending order.
    """

    name = "k_fold"
    main = "folds"
    reference = "Stone, 1974, Cross-validatory choice and assessment of statistical predictions"

    folds: int = Field(default=5, ge=2)
    """Number of folds."""
    stratified: bool = True
    """Whether classes are spread evenly over the folds; otherwise they are not looked at."""
    random_state: int = Field(default=0, ge=0)
    """Of the shuffles, which all folds of one have in common."""

    def divide(self, table: Table, *, split: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
        """Return the rows of pool and test, both ascending."""
        if table.n_rows < self.folds:
            raise DatasetError(f"{table.n_rows} rows are too few for {self.folds} folds")
        shuffle, fold = divmod(split, self.folds)
        is_test = self._assign_folds(table, np.random.default_rng([self.random_state, shuffle])) == fold
        return np.flatnonzero(~is_test), np.flatnonzero(is_test)

    def _assign_folds(self, table: Table, rng: np.random.Generator) -> Rows:
        """Return the fold of each row; -1 for a row that is in none."""
        if not self.stratified:
            return np.asarray(rng.permutation(table.n_rows) % self.folds)
        counts = np.bincount(table.labels, minlength=len(table.classes))
        ranks = draw_class_ranks(table.labels, len(table.classes), rng)
        # Dealing class after class in one round keeps the sizes of whole folds even, too.
        before = np.cumsum(counts) - counts
        folds = (before[table.labels] + ranks) % self.folds
        return np.where(counts[table.labels] == 1, -1, folds)
