"""The tables of streams as what is compared: the trials of each cell, their curves as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from albench.analysis.stats.bands import estimate_mean_curve
from albench.tables import SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.analysis.evidence.cells import Curve
    from albench.analysis.streams.evidence.design import StreamDesign, StreamSlice
    from albench.contracts import Floats

    CurvesByKey = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, eq=False)
class CellTrials:
    """The trials of a strategy on a stream.

    Attributes
    ----------
    done : DataFrame
        Rows of ``stream_trials`` that have finished, by their repeats.
    curves : tuple of DataFrame
        Those of ``stream_curves`` for each of them, as long as the first one; empty where they are not.
    repeats : frozenset of int
        That are run, done or failed.
    """

    dataset: str
    strategy: str
    done: pl.DataFrame
    curves: tuple[pl.DataFrame, ...]
    repeats: frozenset[int]
    n_skipped: int = 0

    @property
    def n_failed(self) -> int:
        """Repeats that are run and not done."""
        return len(self.repeats) - self.done.height

    def get_values(self, column: str) -> Floats:
        """Return a column as numbers, not-a-number where there is none."""
        return self.done[column].cast(float).fill_null(np.nan).to_numpy()

    def average_curve(self, column: str) -> Curve | None:
        """Return the mean of a column of the curves, along the rows that have arrived."""
        if not self.curves or column not in self.curves[0].columns:
            return None
        rows, values = self.curves[0]["n_rows"].to_numpy(), self.stack_curves(column)
        return estimate_mean_curve(rows, values, self.done["repeat"].to_numpy())

    def stack_curves(self, column: str) -> Floats:
        """Return a column of the curves, shape (n_trials, n_checkpoints)."""
        return np.array([curve[column].to_numpy() for curve in self.curves])


def group_curves(curves: pl.DataFrame) -> CurvesByKey:
    """Return the curve of each trial as numbers, not-a-number where there is none, by its rows."""
    # At once: of each curve by itself it would take most of the time of the analysis.
    numbers = pl.exclude("key").cast(pl.Float64).fill_null(float("nan"))
    ordered = curves.sort("key", "n_rows").with_columns(numbers)
    parts = ordered.partition_by("key", as_dict=True, maintain_order=True)
    return {str(key): part for (key,), part in parts.items()}


def iterate_cells(
    trials: pl.DataFrame, curves: CurvesByKey, design: StreamDesign, of: StreamSlice
) -> Iterator[CellTrials]:
    """Yield the trials of each dataset and strategy within a slice, those without any included."""
    axes = ("model", "budget", "oracle", "drift")
    within = trials.filter(pl.all_horizontal(pl.col(name) == getattr(of, name) for name in axes))
    for dataset in design.datasets:
        for strategy, manager in design.pairs:
            own = within.filter(
                (pl.col("dataset") == dataset)
                & (pl.col("strategy") == strategy)
                & (pl.col("manager") == manager)
            )
            done = own.filter(pl.col("status") == "done").sort("repeat")
            repeats = frozenset(own.filter(pl.col("status") != SKIPPED)["repeat"])
            n_skipped = own.height - len(repeats)
            name = design.name_pair(strategy, manager)
            yield CellTrials(dataset, name, done, _choose_curves(done, curves), repeats, n_skipped)


def _choose_curves(done: pl.DataFrame, curves: CurvesByKey) -> tuple[pl.DataFrame, ...]:
    own = [curves[key] for key in done["key"] if key in curves]
    is_whole = len(own) == done.height and all(curve["n_rows"].equals(own[0]["n_rows"]) for curve in own)
    return tuple(own) if is_whole else ()
