"""Tables of dataset by strategy: differences with their shade, levels along the way, savings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.report.figures.curves import get_level_curves
from albench.report.figures.saving import SavingRow, build_saving_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Cell, Curve
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.report.html.palette import Style

QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class ShadedCell:
    """A cell of the grid of differences.

    Attributes
    ----------
    shade : float
        The difference over the largest one in the grid, from -1 to 1.
    """

    cell: Cell | None
    shade: float


@dataclass(frozen=True)
class LevelRow:
    """Mean levels of a strategy on a dataset at the last round within each quarter of the budget."""

    dataset: str
    strategy: str
    style: Style
    n_labels: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class SavingCells:
    """Label savings of a strategy on a dataset, one row per target."""

    dataset: str
    strategy: str
    style: Style
    rows: tuple[SavingRow, ...]


def build_difference_grid(evidence: SliceEvidence) -> dict[str, list[ShadedCell]]:
    """Return the grid of differences: dataset -> one cell per strategy but the baseline."""
    sizes = [abs(cell.difference) for cell in evidence.cells if cell.difference is not None]
    largest = max(sizes, default=0.0) or 1.0
    return {
        dataset: [_shade_cell(evidence.find_cell(dataset, name), largest) for name in evidence.contenders]
        for dataset in evidence.datasets
    }


def _shade_cell(cell: Cell | None, largest: float) -> ShadedCell:
    difference = cell.difference if cell else None
    return ShadedCell(cell, round(difference / largest, 3) if difference else 0.0)


def build_level_table(evidence: SliceEvidence, styles: Mapping[str, Style]) -> list[LevelRow]:
    """Return the mean levels along the way, for readers without the figures."""
    return [
        _build_level_row(dataset, strategy, curve, styles[strategy])
        for dataset in evidence.datasets
        for strategy, curve in get_level_curves(evidence, dataset).items()
    ]


def _build_level_row(dataset: str, strategy: str, curve: Curve, style: Style) -> LevelRow:
    first, last = curve.n_labels[0], curve.n_labels[-1]
    wanted = [first + share * (last - first) for share in QUARTERS]
    at = np.searchsorted(curve.n_labels, wanted, side="right") - 1
    return LevelRow(
        dataset,
        strategy,
        style,
        tuple(int(n) for n in curve.n_labels[at]),
        tuple(float(value) for value in curve.mean[at]),
    )


def list_targets(evidence: SliceEvidence) -> tuple[str, ...]:
    """Return the targets of label saving, in the order of the analysis."""
    return tuple(dict.fromkeys(saving.target for cell in evidence.cells for saving in cell.savings))


def build_saving_table(evidence: SliceEvidence, styles: Mapping[str, Style]) -> list[SavingCells]:
    """Return the label savings of every strategy but the baseline on every dataset."""
    wanted = list_targets(evidence)
    return [
        SavingCells(
            dataset,
            strategy,
            styles[strategy],
            tuple(build_saving_row(evidence, dataset, strategy, target) for target in wanted),
        )
        for dataset in evidence.datasets
        for strategy in evidence.contenders
    ]
