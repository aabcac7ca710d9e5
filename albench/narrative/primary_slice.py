"""The primary slice, with what its sentences ask of it again and again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from albench.analysis.evidence.rows import order_rows
from albench.analysis.scores import COVERAGE
from albench.analysis.stats.significance import ALPHA
from albench.text import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.analysis.evidence.cells import Cell
    from albench.analysis.evidence.conclusions import Evidence, SliceEvidence
    from albench.analysis.evidence.rows import Row
    from albench.analysis.needed_repeats import CellRepeats


@dataclass(frozen=True)
class PrimarySlice:
    """The primary slice: its rows in the order of their gain, its cells by strategy.

    Attributes
    ----------
    oracle : str
        Who gives the labels, where the answer compares several by their money; else empty.
    repeats : tuple of CellRepeats
        How many repeats each cell needs, where they go on until it is decided.
    """

    evidence: SliceEvidence
    n_repeats: int
    oracle: str = ""
    repeats: tuple[CellRepeats, ...] = ()

    # Rows stand in the order of the experiment behind the baseline's.
    @cached_property
    def random(self) -> Row:
        """The baseline's row."""
        return self.evidence.rows[0]

    @cached_property
    def rivals(self) -> tuple[Row, ...]:
        """Strategies that verdicts are about: all but random and those that see hidden labels."""
        return tuple(row for row in self.evidence.rows[1:] if not row.label_looking)

    @cached_property
    def compared(self) -> tuple[Row, ...]:
        """Rivals with a dataset that counts, in the order of the leaderboard."""
        rivals = (row for row in order_rows(self.evidence.rows) if not row.label_looking)
        return tuple(row for row in rivals if row.difference is not None)

    @cached_property
    def clear(self) -> tuple[Row, ...]:
        """Rivals that are better than random on these datasets, corrected for their number."""
        return tuple(row for row in self.compared if row.side > 0)

    @property
    def best(self) -> Row:
        """The rival that stands first."""
        return self.compared[0]

    @property
    def metric(self) -> str:
        """Label of the metric."""
        return self.evidence.slice.metric

    @property
    def hits(self) -> tuple[Row, ...]:
        """Rivals that the signed-rank test over the datasets tells from random, corrected."""
        return find_hits(self.compared)

    @property
    def model(self) -> str:
        """The task model, the query model where it is another one, the preprocessing of several."""
        of = self.evidence.slice
        model = of.model if of.model == of.query_model else f"{of.model} (queries by {of.query_model})"
        return f"{model} on {of.preprocessing}" if of.preprocessing else model

    @property
    def place(self) -> str:
        """``on digits`` or ``on 3 datasets``."""
        datasets = self.evidence.datasets
        return f"on {datasets[0] if len(datasets) == 1 else format_count(len(datasets), 'dataset')}"

    def find_row(self, strategy: str) -> Row:
        """Return the row of a strategy."""
        return next(row for row in self.evidence.rows if row.strategy == strategy)

    def list_cells(self, row: Row) -> list[Cell]:
        """Return the cells of a strategy."""
        return [cell for cell in self.evidence.cells if cell.strategy == row.strategy]

    def list_covered_cells(self, row: Row) -> list[Cell]:
        """Return the cells that count: at least 80 % of the repeats paired."""
        return [
            cell
            for cell in self.list_cells(row)
            if cell.n_paired and cell.n_paired >= COVERAGE * self.count_asked(cell)
        ]

    def count_asked(self, cell: Cell) -> int:
        """Return the repeats that the experiment asks for in a cell."""
        return self.n_repeats if cell.n_asked is None else cell.n_asked


def find_hits(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows that the signed-rank test tells from their baseline, corrected."""
    return tuple(row for row in rows if row.p_holm is not None and row.p_holm <= ALPHA)


def read_primary_slice(evidence: Evidence) -> PrimarySlice:
    """Return the primary slice of an experiment."""
    oracle = evidence.primary.slice.oracle if evidence.oracle_contrasts else ""
    return PrimarySlice(evidence.primary, evidence.n_repeats, oracle, evidence.repeats)
