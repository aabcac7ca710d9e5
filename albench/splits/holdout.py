"""The hold-out split: one part to label, one to score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Split
from albench.splits.apportion import apportion, compute_share, draw_class_ranks

if TYPE_CHECKING:
    from albench.contracts import Rows, Table


class Holdout(Split):
    """A random test part; the rest is the pool. Every split index draws anew, with the same sizes.

    The test part has ``floor(test * n_rows)`` rows. Stratified, its classes are in proportion to those of
    the data by largest remainders (the first class wins ties); a class with one row goes to the pool, every
    other has a row on each side at least, even where that makes the test part larger or smaller. Rows of both
    parts are in ascending order.
    """

    name = "holdout"
    main = "test"

    test: float = Field(default=0.3, gt=0, lt=1)
    """Share of the rows that only score."""
    stratified: bool = True
    """Whether both parts have the dataset's class proportions; otherwise classes are not looked at."""

    def sizes(self, class_counts: tuple[int, ...]) -> tuple[int, int]:
        """Return the rows of pool and test before caps and validation, the same for every split."""
        n = sum(class_counts)
        by_class = self.class_sizes(class_counts)
        n_test = compute_share(self.test, n) if by_class is None else sum(by_class[1])
        return n - n_test, n_test

    def class_sizes(self, class_counts: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Return the rows of each class in pool and test; None if not stratified."""
        if not self.stratified:
            return None
        counts = np.asarray(class_counts)
        shared = np.where(counts > 1, counts, 0)
        total = compute_share(self.test, int(counts.sum()))
        test = apportion(total, shared, np.minimum(shared, 1), np.maximum(shared - 1, 0))
        return tuple((counts - test).tolist()), tuple(test.tolist())

    def divide(self, table: Table, *, split: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
        """Return the rows of pool and test, both ascending."""
        counts = np.bincount(table.labels, minlength=len(table.classes))
        by_class = self.class_sizes(tuple(counts.tolist()))
        if by_class is None:
            is_test = rng.permutation(table.n_rows) < compute_share(self.test, table.n_rows)
        else:
            ranks = draw_class_ranks(table.labels, len(table.classes), rng)
            is_test = ranks < np.asarray(by_class[1])[table.labels]
        return np.flatnonzero(~is_test), np.flatnonzero(is_test)
