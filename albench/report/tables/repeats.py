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
    from albench.analysis.streams.evidence.conclusions import StreamEvidence


@dataclass(frozen=True)
class RepeatsRow:
    """The cells of a dataset in the primary slice.

    Attributes
    ----------
    n_random : int or None
        Splits that random has; on streams it is a part of each trial.
    cells : tuple of CellRepeats or None
        One a strategy; None where it is not run.
    """

    dataset: str
    n_random: int | None
    cells: tuple[CellRepeats | None, ...]


def build_repeats_table(cells: Sequence[CellRepeats], table: str = "repeats") -> pl.DataFrame:
    """Return one row a cell of pools, or of streams as ``stream_repeats``."""
    import polars as pl

    batch_sizes = [size for cell in cells if (size := cell.group.labels.get("batch_size"))]
    schema = build_schema(table, further=[GROWTH] if has_equal_beginnings(batch_sizes) else [])
    return pl.DataFrame([_describe_cell(cell) for cell in cells], schema=schema)


def _describe_cell(cell: CellRepeats) -> dict[str, object]:
    decision = cell.decision
    interval = decision.interval if decision else None
    labels = cell.group.labels
    return {
        **labels,
        GROWTH.name: getattr(labels.get("batch_size"), "growth", None),
        "dataset": cell.dataset,
        "strategy": cell.strategy,
        # What tables of pools call them, and those of streams.
        **dict.fromkeys(("splits", "repeats"), cell.n_splits),
        "up_to": cell.last_look,
        "ended": cell.reason,
        "n_paired": decision.n_paired if decision else None,
        "difference": decision.difference if decision else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def build_repeats_grid(evidence: Evidence | StreamEvidence, strategies: Sequence[str]) -> list[RepeatsRow]:
    """Return a row a dataset; none where the number of repeats is fixed."""
    if not evidence.repeats:
        return []
    of = evidence.primary.slice
    cells = {(cell.dataset, cell.strategy): cell for cell in evidence.repeats if cell.group.matches(of)}
    n_random = {cell.dataset: cell.n_splits for cell in cells.values() if cell.decision is None}
    return [
        RepeatsRow(dataset, n_random.get(dataset), tuple(cells.get((dataset, name)) for name in strategies))
        for dataset in evidence.primary.datasets
    ]
