"""From the table of queries to arrays: what every trial has bought, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from albench.analysis.panel import Panel


@dataclass(frozen=True, eq=False)
class Picks:
    """The table ``queries`` without seed sets, its rows by trial and then by order of purchase.

    Attributes
    ----------
    span : mapping
        Key of a trial -> its first row and the row after its last one.
    rows, labels : ndarray of shape (n_picks,), int
        Rows of the dataset, and their true classes.
    """

    span: Mapping[str, tuple[int, int]]
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]

    def of(self, panel: Panel, strategy: str, arm: int, repeat: int) -> slice:
        """Return the picks of a trial within the budget of the panel; none where there is no trial."""
        key, most = panel.bought.get((strategy, arm, repeat), ("", 0))
        first, end = self.span.get(key, (0, 0))
        return slice(first, min(end, first + most))


def picks_of(queries: pl.DataFrame) -> Picks:
    """Return the queries as arrays."""
    import polars as pl

    ordered = queries.filter(pl.col("round") > 0).sort("key", "round", "rank")
    spans = ordered.group_by("key", maintain_order=True).len()
    ends = spans["len"].cum_sum()
    return Picks(
        dict(zip(spans["key"], zip(ends - spans["len"], ends, strict=True), strict=True)),
        ordered["row"].to_numpy(),
        ordered["label_true"].to_numpy(),
    )
