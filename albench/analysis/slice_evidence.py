"""All conclusions within one slice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.aa_control import add_arm_savings, compare_arms
from albench.analysis.details.collect import collect_details
from albench.analysis.details.headroom import compute_headrooms
from albench.analysis.evidence.cells import RepeatCurves
from albench.analysis.evidence.conclusions import SliceEvidence
from albench.analysis.evidence.rows import Versus
from albench.analysis.leaderboard_rows import RowContext, build_rows, find_smallest_p
from albench.analysis.mean_curves import average_cells
from albench.analysis.paired_comparison import ROPE, ROPE_SHARE, compare_with_baseline
from albench.analysis.ranks import rank_strategies
from albench.analysis.recommend import recommend
from albench.analysis.work_saved import measure_work_saved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence.cells import Cell
    from albench.analysis.paired_comparison import PairedComparison
    from albench.analysis.ranks import MeanRanks
    from albench.analysis.score_slices import SliceScores
    from albench.analysis.scores import Scores
    from albench.analysis.selection import SliceSettings


def analyse_slice(scored: SliceScores, *, with_details: bool = True) -> SliceEvidence:
    """Conclude what can be concluded within a slice.

    Parameters
    ----------
    with_details : bool
        False leaves out what is concluded of the primary slice beside its comparisons and its verdict.
    """
    settings, all_scores = scored.settings, scored.all_scores
    control = compare_arms(all_scores)
    if settings.primary:
        control = add_arm_savings(control, all_scores)
    ranking = rank_strategies(all_scores, settings.rankable)
    compare_with = partial(_compare_with, settings, all_scores, ranking, withheld=control.fired)
    first = compare_with(settings.random)
    details = None
    is_detailed = settings.primary and with_details
    # They take most of the time, and the page shows them of one slice only.
    if is_detailed:
        details = collect_details(all_scores, first, ranking, settings, withheld=control.fired)
    recommendation = None
    if settings.primary:
        similarity, rope = details.similarity if details else (), _compute_rope(settings, first.cells)
        recommendation = recommend(first.rows, all_scores, similarity, rope=rope, withheld=control.fired)
    datasets = tuple(scores.dataset for scores in all_scores)
    searched = all_scores if is_detailed and settings.metric.name == "found" else ()
    random_curves = {
        cell.dataset: cell.curve for cell in first.cells if cell.strategy == settings.random and cell.curve
    }
    levels, differences = average_cells(datasets, first.cells, random_curves)
    return SliceEvidence(
        slice=settings.slice,
        primary=settings.primary,
        greater_is_better=settings.metric.greater_is_better,
        datasets=datasets,
        strategies=settings.strategies,
        references=scored.reference_means,
        headroom=compute_headrooms(all_scores),
        cells=first.cells,
        rows=first.rows,
        friedman_p=None if control.fired else ranking.friedman_p,
        control=control,
        smallest_p=find_smallest_p(first.rows),
        area=settings.variant,
        complete=tuple(block.dataset for block in ranking.blocks),
        second=None if settings.second is None else compare_with(settings.second),
        details=details,
        mean_levels=levels,
        mean_differences=differences,
        repeat_curves=dict(map(_build_repeat_curves, all_scores)) if is_detailed else {},
        recommendation=recommendation,
        work_saved=tuple(
            work
            for scores in searched
            if (pool := settings.facts.get(scores.panel.dataset))
            for work in measure_work_saved(scores, pool.n_pool)
        ),
    )


def _compare_with(
    settings: SliceSettings,
    all_scores: Sequence[Scores],
    ranking: MeanRanks,
    baseline: str,
    *,
    withheld: bool,
) -> Versus:
    comparisons = {
        strategy: [
            compare_with_baseline(
                scores,
                strategy,
                baseline,
                with_intervals=settings.primary and baseline == settings.random,
                withheld=withheld,
            )
            for scores in all_scores
        ]
        for strategy in settings.strategies
    }
    cells = _order_by_dataset(comparisons)
    rope = _compute_rope(settings, cells)
    context = RowContext(baseline, settings.label_looking, ranking, rope, withheld)
    rows = build_rows(comparisons, _average_query_costs(all_scores), context)
    return Versus(baseline, cells, rows)


def _order_by_dataset(comparisons: Mapping[str, Sequence[PairedComparison]]) -> tuple[Cell, ...]:
    by_dataset = zip(*comparisons.values(), strict=True)
    return tuple(comparison.cell for row in by_dataset for comparison in row)


def _compute_rope(settings: SliceSettings, cells: Sequence[Cell]) -> float:
    """Return half the width of practical equivalence: 0.005 in [0, 1], else 1 % of random's mean area."""
    if settings.metric.bounds == (0.0, 1.0):
        return ROPE
    areas = [cell.area for cell in cells if cell.strategy == settings.random and cell.area is not None]
    return ROPE_SHARE * abs(float(np.mean(areas))) if areas else 0.0


def _average_query_costs(all_scores: Sequence[Scores]) -> dict[str, float | None]:
    """Return CPU seconds per queried label, mean over the datasets."""
    names = all_scores[0].panel.costs if all_scores else {}
    spent = [scores.panel.costs for scores in all_scores]
    per_label = {name: [costs[name].query_s_per_label for costs in spent] for name in names}
    measured = {name: [value for value in values if value is not None] for name, values in per_label.items()}
    return {name: float(np.mean(values)) if values else None for name, values in measured.items()}


def _build_repeat_curves(scores: Scores) -> tuple[str, RepeatCurves]:
    """Return a dataset with the curve of every trial, and which one is the first of each strategy."""
    panel = scores.panel
    rows = {name: np.concatenate(cube) for name, cube in scores.values.items()}
    finished = {name: curves[np.isfinite(curves).any(axis=1)] for name, curves in rows.items()}
    has_first = panel.splits.size > 0 and (panel.splits[0], panel.starts[0]) == (0, 0)
    keys = {name: panel.queried.get((name, 0, 0)) for name in scores.values} if has_first else {}
    return panel.dataset, RepeatCurves(
        panel.n_labels,
        {name: curves for name, curves in finished.items() if curves.size},
        {name: trial[0] for name, trial in keys.items() if trial is not None},
    )
