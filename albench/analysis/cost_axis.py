"""The primary slice along what labels and training cost, instead of along the labels.

The curves of a dataset are read at the same costs for all trials: linear between the rounds of a trial, from
the largest of their first costs to the smallest of their last ones, at the mean costs of random's rounds.
What follows is the analysis of a slice, with costs in the place of numbers of labels.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.conclusions import CostAxis
from albench.analysis.score_slices import score_panels
from albench.analysis.scores import keep_repeats
from albench.analysis.slice_evidence import analyse_slice
from albench.analysis.stats.area import interpolate_curves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.panel import CurveArrays, CurvePanel
    from albench.analysis.score_slices import SliceScores
    from albench.analysis.scores import Scores
    from albench.contracts import Floats, Rows
    from albench.spec.experiment import Size

    Cell = tuple[str, int, int]

_ROUNDING = 1e-9


def have_prices(curves: CurveArrays) -> bool:
    """Say whether anything costs something else than 1 a label."""
    return not np.array_equal(curves.costs, curves.n_labels)


def compare_along_costs(scored: SliceScores, curves: CurveArrays, budget: Size) -> CostAxis:
    """Compare the strategies of a slice along the costs."""
    settings, all_scores = scored.settings, scored.all_scores
    metric = curves.metrics.index(settings.slice.metric)
    panels = [exchange_axis(scores.panel, curves, budget, settings.random) for scores in all_scores]
    references = {scores.dataset: _list_references(scores) for scores in all_scores}
    along_costs = tuple(
        keep_repeats(own, scores)
        for own, scores in zip(score_panels(settings, panels, metric, references), all_scores, strict=True)
    )
    bought = {
        (panel.dataset, strategy): _average_labels(scores.panel, panel, curves, strategy)
        for panel, scores in zip(panels, all_scores, strict=True)
        for strategy in settings.strategies
    }
    ranges = {panel.dataset: (panel.low[0], panel.high[0]) for panel in panels if _has_range(panel)}
    evidence = analyse_slice(replace(scored, all_scores=along_costs), with_details=False)
    return CostAxis(
        evidence=replace(evidence, is_along_costs=True),
        ranges={dataset: (float(low), float(high)) for dataset, (low, high) in ranges.items()},
        n_labels={cell: n for cell, n in bought.items() if n is not None},
        is_budget=budget.kind == "money",
    )


def _has_range(panel: CurvePanel) -> bool:
    return bool(panel.low.size and panel.low[0] < panel.high[0])


def exchange_axis(panel: CurvePanel, curves: CurveArrays, budget: Size, baseline: str) -> CurvePanel:
    """Return a panel whose labels are costs; without a number where no two costs are common to all trials."""
    rounds = {cell: _list_rounds(panel, curves, budget, cell) for cell in panel.queried}
    costs = {cell: curves.costs[rows] for cell, rows in rounds.items()}
    low = float(max((own[0] for own in costs.values()), default=0.0))
    high = max(low, float(min((own[-1] for own in costs.values()), default=0.0)))
    of_random = [own for cell, own in costs.items() if cell[0] == baseline]
    grid = np.unique([low, *(at for at in _average_rounds(of_random) if low < at < high), high])
    values = {name: np.full(_replace_rounds(cube, grid.size), np.nan) for name, cube in panel.values.items()}
    for (strategy, arm, repeat), rows in rounds.items() if low < high else ():
        kept = _find_last_rounds(curves.costs[rows])
        levels = curves.values[rows][kept]
        own = curves.costs[rows][kept]
        values[strategy][arm, repeat] = interpolate_curves(own, levels.T, grid).T
    return replace(
        panel,
        low=np.full(panel.splits.size, low),
        high=np.full(panel.splits.size, high),
        n_labels=grid,
        values=values,
        ended_early={name: np.zeros_like(early) for name, early in panel.ended_early.items()},
        is_along_costs=True,
    )


def _replace_rounds(cube: Floats, n_rounds: int) -> tuple[int, ...]:
    n_arms, n_repeats, _, n_metrics = cube.shape
    return n_arms, n_repeats, n_rounds, n_metrics


def _find_last_rounds(costs: Floats) -> Rows:
    """Return the last of the rounds that cost the same: it has more labels for the same money."""
    return np.flatnonzero(np.append(costs[1:] > costs[:-1], True))


def _list_rounds(panel: CurvePanel, curves: CurveArrays, budget: Size, cell: Cell) -> slice:
    """Return the rows of a trial's rounds within the budget."""
    first, end = curves.span[panel.queried[cell][0]]
    if budget.kind == "money":
        is_within = curves.costs[first:end] <= budget.value * (1 + _ROUNDING)
    else:
        is_within = curves.n_labels[first:end] <= panel.high[cell[2]]
    return slice(first, first + max(1, int(is_within.sum())))


def _average_rounds(costs: Sequence[Floats]) -> list[float]:
    """Return the mean cost of each round, over the trials that have it."""
    longest = max((own.size for own in costs), default=0)
    return [float(np.mean([own[i] for own in costs if own.size > i])) for i in range(longest)]


def _average_labels(
    panel: CurvePanel, along_costs: CurvePanel, curves: CurveArrays, strategy: str
) -> float | None:
    """Return the labels that a strategy has at the last common cost, mean over its trials."""
    spans = [curves.span[key] for cell, (key, _) in panel.queried.items() if cell[0] == strategy]
    if not spans or not _has_range(along_costs):
        return None
    numbers = []
    for span in spans:
        costs, n_labels = curves.costs[slice(*span)], curves.n_labels[slice(*span)]
        kept = _find_last_rounds(costs)
        numbers.append(np.interp(along_costs.high[0], costs[kept], n_labels[kept]))
    return float(np.mean(numbers))


def _list_references(scores: Scores) -> dict[int, float]:
    if scores.reference is None:
        return {}
    pairs = zip(scores.panel.splits.tolist(), scores.reference.tolist(), strict=True)
    return {split: level for split, level in pairs if np.isfinite(level)}
