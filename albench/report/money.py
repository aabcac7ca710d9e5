"""The part of a page on what labels and training cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import CurveSet
from albench.report.figures.curves import (
    COSTS_AXIS,
    LARGE,
    SMALL,
    build_level_panel,
    build_mean_level_panel,
    get_level_curves,
)
from albench.report.tables.grids import build_saving_table, list_targets
from albench.report.tables.leaderboard import build_leaderboard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.conclusions import CostAxis, SliceEvidence
    from albench.report.figures.common import FigurePanel
    from albench.report.html.palette import Style
    from albench.report.tables.grids import SavingCells
    from albench.report.tables.leaderboard import Leaderboard


@dataclass(frozen=True)
class MoneyPart:
    """The primary slice along the costs.

    Attributes
    ----------
    mean, levels : tuple of FigurePanel
        The mean curve over the datasets, and each of them; of a single one, that one alone.
    n_labels : mapping
        Strategy -> labels that it has at the last common cost, mean over the datasets that all have such of.
    """

    axis: CostAxis
    board: Leaderboard
    mean: tuple[FigurePanel, ...]
    levels: tuple[FigurePanel, ...]
    targets: tuple[str, ...]
    savings: list[SavingCells]
    n_labels: Mapping[str, float]


def build_money_part(primary: SliceEvidence, styles: Mapping[str, Style]) -> MoneyPart | None:
    """Return the part on costs; None where everything costs 1 a label."""
    axis = primary.cost_axis
    if axis is None:
        return None
    along_costs = axis.evidence
    is_single = len(axis.ranges) == 1
    levels = tuple(
        build_level_panel(
            f"money-{place}",
            dataset,
            CurveSet(get_level_curves(along_costs, dataset)),
            styles,
            metric=along_costs.slice.metric,
            reference=along_costs.references.get(dataset),
            height=LARGE if is_single else SMALL,
            axis=COSTS_AXIS,
        )
        for place, dataset in enumerate(axis.ranges)
    )
    of = along_costs.mean_levels
    mean = () if of is None else (build_mean_level_panel("money-mean", along_costs, of, styles, COSTS_AXIS),)
    return MoneyPart(
        axis=axis,
        board=build_leaderboard(along_costs, styles),
        mean=levels if is_single else mean,
        levels=() if is_single else levels,
        targets=list_targets(along_costs),
        savings=build_saving_table(along_costs, styles),
        n_labels=_average_labels(axis),
    )


def _average_labels(axis: CostAxis) -> dict[str, float]:
    strategies = dict.fromkeys(strategy for _, strategy in axis.n_labels)
    complete = [name for name in strategies if all((at, name) in axis.n_labels for at in axis.ranges)]
    return {name: float(np.mean([axis.n_labels[at, name] for at in axis.ranges])) for name in complete}
