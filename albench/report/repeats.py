"""Every repeat of the primary slice as it was recorded, for the figures that show them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

    from albench.analysis.evidence import Slice
    from albench.spec.experiment import Experiment


@dataclass(frozen=True, eq=False)
class Repeats:
    """Curves of one dataset.

    Attributes
    ----------
    n_labels : ndarray of shape (n_rounds,)
    levels : mapping
        Strategy -> array of shape (n_curves, n_rounds), one row a finished trial; not-a-number where a
        curve has no level.
    """

    n_labels: NDArray[np.float64]
    levels: Mapping[str, NDArray[np.float64]]


def repeats_of(
    experiment: Experiment, trials: pl.DataFrame, curves: pl.DataFrame, wanted: Slice
) -> dict[str, Repeats]:
    """Return the curves of all trials of a slice, by dataset.

    Parameters
    ----------
    experiment : Experiment
    trials, curves : DataFrame
        As ``albench.tables`` defines them.
    wanted : Slice
    """
    import polars as pl

    from albench.analysis.panel import curves_of, panel
    from albench.analysis.slices import groups, slice_of
    from albench.analysis.trials import arms_of, trials_of

    metric = next(entry for entry in experiment.metrics if entry.label == wanted.metric)
    group, budget = next(
        (group, budget)
        for group in groups(experiment)
        for budget in experiment.budgets
        if slice_of(group, budget, metric) == wanted
    )
    held = trials_of(trials, group, only_seed_size=len(experiment.seed_sizes) == 1)
    arrays, arms = curves_of(curves, [metric.label]), arms_of(experiment)
    found = {}
    for entry in experiment.datasets:
        own = held.filter(pl.col("dataset") == entry.label)
        one = panel(own, arrays, group=group, budget=budget, dataset=entry.label, arms=arms)
        levels = {name: np.concatenate(values[..., 0]) for name, values in one.values.items()}
        drawn = {name: rows[np.isfinite(rows).any(axis=1)] for name, rows in levels.items()}
        found[entry.label] = Repeats(one.n_labels, {name: rows for name, rows in drawn.items() if rows.size})
    return found
