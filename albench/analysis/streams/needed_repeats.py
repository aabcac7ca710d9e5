"""How many repeats each cell of streams needs where they go on until it is decided."""

from __future__ import annotations

from itertools import count, groupby, product, takewhile
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.needed_repeats import decide_repeats, make_rule
from albench.analysis.paired_comparison import ROPE, subtract_paired
from albench.analysis.streams.evidence.design import StreamSlice, describe_design
from albench.analysis.streams.read_tables import iterate_cells
from albench.spec.repeats import UntilDecided

if TYPE_CHECKING:
    import polars as pl

    from albench.analysis.needed_repeats import CellRepeats
    from albench.analysis.streams.read_tables import CellTrials
    from albench.contracts import Floats
    from albench.spec.stream_experiment import StreamExperiment


def find_needed_stream_repeats(experiment: StreamExperiment, trials: pl.DataFrame) -> tuple[CellRepeats, ...]:
    """Replay the looks on the results that are there; nothing where the number of repeats is fixed.

    A cell is a strategy with its manager on a dataset, within a slice in the primary metric; those of a
    dataset share the error. Its random is a part of each trial, and no cell.

    Parameters
    ----------
    trials : DataFrame
        ``stream_trials`` of ``albench.tables``; what is there beyond the repeats that are needed changes
        nothing.
    """
    if not isinstance(experiment.repeats, UntilDecided):
        return ()
    rule, design = make_rule(experiment.repeats, ROPE), describe_design(experiment)
    cells: list[CellRepeats] = []
    for axes in product(design.models, design.budgets, design.oracles, design.drifts):
        of = StreamSlice(*axes, metric=design.metrics[0])
        in_slice = groupby(iterate_cells(trials, {}, design, of), key=lambda cell: cell.dataset)
        for dataset, compared in in_slice:
            rivals = {cell.strategy: cell for cell in compared if not cell.n_skipped}
            differences = {name: _spread_differences(of, cell, rule.up_to) for name, cell in rivals.items()}
            n_blocks = {name: _count_first(cell.repeats) for name, cell in rivals.items()}
            cells += decide_repeats(of, dataset, differences, n_blocks, rule)
    return tuple(cells)


def _spread_differences(of: StreamSlice, cell: CellTrials, up_to: int) -> Floats:
    """Return the differences of all repeats; not-a-number where there is none."""
    repeats = cell.done["repeat"].to_numpy()
    within = repeats < up_to
    values = np.full(up_to, np.nan)
    differences = subtract_paired(cell.get_values(of.metric), cell.get_values(f"random_{of.metric}"))
    values[repeats[within]] = differences[within]
    return values


def _count_first(repeats: frozenset[int]) -> int:
    """Return how many of the first repeats are there, done or failed."""
    return sum(1 for _ in takewhile(repeats.__contains__, count()))
