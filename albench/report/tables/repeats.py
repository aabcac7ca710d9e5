"""The repeats that cells took where these go on until cells are decided: one cell a line, and as a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.batches import has_equal_beginnings
from albench.tables import GROWTH, build_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.needed_repeats import CellRepeats


@dataclass(frozen=True)
class RepeatsRow:
    """The cells of a dataset in the primary slice.

    Attributes
    ----------
    n_random : int
        Splits that random has.
    cells : tuple of CellRepeats or None
        One a strategy; None where it is not run.
    """

    dataset: str
    n_random: int
    cells: tuple[CellRepeats | None, ...]


def build_repeats_table(cells: Sequence[CellRepeats]) -> pl.DataFrame:
    """Return one row a cell."""
    import polars as pl

    further = [GROWTH] if has_equal_beginnings(cell.group.batch_size for cell in cells) else []
    schema = build_schema("repeats", further=further)
    return pl.DataFrame([_describe_cell(cell) for cell in cells], schema=schema)


def _describe_cell(cell: CellRepeats) -> dict[str, object]:
    group, decision = cell.group, cell.decision
    interval = decision.interval if decision else None
    return {
        "model": group.model.task.label,
        "query_model": group.model.query.label,
        "seed_size": str(group.seed_size),
        "seed_set": group.seed_set,
        "batch_size": int(group.batch_size),
        GROWTH.name: group.batch_size.growth,
        "oracle": group.oracle,
        "preprocessing": group.preprocessing,
        "dataset": cell.dataset,
        "strategy": cell.strategy,
        "splits": cell.n_splits,
        "up_to": cell.last_look,
        "ended": cell.reason,
        "n_paired": decision.n_paired if decision else None,
        "difference": decision.difference if decision else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def build_repeats_grid(evidence: Evidence, strategies: Sequence[str]) -> list[RepeatsRow]:
    """Return a row a dataset; none where the number of repeats is fixed.

    Parameters
    ----------
    strategies : sequence of str
        All but random.
    """
    if not evidence.repeats:
        return []
    primary = evidence.primary
    cells = {(c.dataset, c.strategy): c for c in evidence.repeats if c.group.matches(primary.slice)}
    return [
        RepeatsRow(
            dataset,
            cells[dataset, primary.rows[0].strategy].n_splits,
            tuple(cells.get((dataset, name)) for name in strategies),
        )
        for dataset in primary.datasets
    ]
