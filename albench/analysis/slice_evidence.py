"""All conclusions within one slice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.aa_control import compare_arms
from albench.analysis.details.collect import DetailInputs, collect_details
from albench.analysis.details.headroom import compute_headrooms
from albench.analysis.evidence import RepeatCurves, SliceEvidence, Versus
from albench.analysis.leaderboard_rows import RowContext, build_rows, find_smallest_p
from albench.analysis.mean_curves import average_cells
from albench.analysis.paired_comparison import compare_with_baseline
from albench.analysis.ranks import rank_strategies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.details.pick_similarity import PickArrays
    from albench.analysis.details.traits import PoolFacts
    from albench.analysis.evidence import Cell, Curve, Slice
    from albench.analysis.paired_comparison import PairedComparison
    from albench.analysis.ranks import MeanRanks
    from albench.analysis.scores import Scores
    from albench.analysis.stats.area import Variant
    from albench.contracts import Metric

ROPE = 0.005
ROPE_SHARE = 0.01


@dataclass(frozen=True)
class SliceSettings:
    """What is asked of a slice, beside its numbers.

    Attributes
    ----------
    metric : type of Metric
    strategies : tuple of str
        In the order of the experiment, random among them.
    random : str
        Label of random.
    label_looking : frozenset of str
        Strategies that see hidden labels.
    second : str or None
        Label of a second baseline.
    asked : int
        Repeats that the experiment asks for.
    variant : Variant
        Definition of the area.
    facts : mapping
        Dataset -> what its trials say of it.
    picks : Picks or None
        None without the table of queries.
    """

    slice: Slice
    primary: bool
    metric: type[Metric]
    strategies: tuple[str, ...]
    random: str
    label_looking: frozenset[str]
    second: str | None
    n_repeats: int
    variant: Variant
    facts: Mapping[str, PoolFacts]
    picks: PickArrays | None = None

    @property
    def rankable(self) -> tuple[str, ...]:
        """Strategies that do not see hidden labels."""
        return tuple(name for name in self.strategies if name not in self.label_looking)


def analyse_slice(
    question: SliceSettings, found: Sequence[Scores], references: Mapping[str, float]
) -> SliceEvidence:
    """Conclude what can be concluded within a slice.

    Parameters
    ----------
    question : Question
    found : sequence of Scores
        One per dataset, in the order of the experiment.
    references : mapping
        Dataset -> mean of the metric of the models trained on the whole pool.
    """
    aa = compare_arms(found, question.random, asked=question.n_repeats)
    ranking = rank_strategies(found, question.rankable, asked=question.n_repeats)
    first = _compare_with(question, found, ranking, question.random, withheld=aa.fired)
    second = None
    if question.second is not None:
        second = _compare_with(question, found, ranking, question.second, withheld=aa.fired)
    beyond = None
    if question.primary:
        grounds = DetailInputs(
            question.rankable, question.random, question.n_repeats, aa.fired, question.facts, question.picks
        )
        beyond = collect_details(found, first.cells, first.rows, ranking, grounds)
    datasets = tuple(scores.panel.dataset for scores in found)
    random_curves = _get_random_curves(first.cells, question.random)
    levels, differences = average_cells(datasets, first.cells, random_curves)
    return SliceEvidence(
        slice=question.slice,
        primary=question.primary,
        greater_is_better=question.metric.greater_is_better,
        datasets=datasets,
        strategies=question.strategies,
        random_curves=random_curves,
        references=dict(references),
        headroom=compute_headrooms(found, question.random),
        cells=first.cells,
        rows=first.rows,
        friedman_p=None if aa.fired else ranking.friedman_p,
        control=aa,
        smallest_p=find_smallest_p(first.rows),
        area=question.variant,
        complete=ranking.complete,
        second=second,
        details=beyond,
        mean_levels=levels,
        mean_differences=differences,
        repeat_curves={s.panel.dataset: _build_repeat_curves(s) for s in found} if question.primary else {},
    )


def _compare_with(
    question: SliceSettings, found: Sequence[Scores], ranking: MeanRanks, baseline: str, *, withheld: bool
) -> Versus:
    comparisons = {
        strategy: [
            compare_with_baseline(
                scores,
                strategy,
                baseline,
                asked=question.n_repeats,
                with_intervals=question.primary and baseline == question.random,
                withheld=withheld,
            )
            for scores in found
        ]
        for strategy in question.strategies
    }
    rope = _compute_rope(question, comparisons)
    field = RowContext(baseline, question.label_looking, ranking, rope, withheld)
    return Versus(
        baseline, _order_by_dataset(comparisons), build_rows(comparisons, _average_query_costs(found), field)
    )


def _order_by_dataset(comparisons: Mapping[str, Sequence[PairedComparison]]) -> tuple[Cell, ...]:
    return tuple(one.cell for of_dataset in zip(*comparisons.values(), strict=True) for one in of_dataset)


def _compute_rope(question: SliceSettings, comparisons: Mapping[str, Sequence[PairedComparison]]) -> float:
    """Return half the width of practical equivalence: 0.005 in [0, 1], else 1 % of random's mean area."""
    if question.metric.bounds == (0.0, 1.0):
        return ROPE
    areas = [one.cell.area for one in comparisons[question.random] if one.cell.area is not None]
    return ROPE_SHARE * abs(float(np.mean(areas))) if areas else 0.0


def _average_query_costs(found: Sequence[Scores]) -> dict[str, float | None]:
    """Return CPU seconds per label bought, mean over the datasets."""
    names = found[0].panel.spent if found else {}
    per_label = {name: [scores.panel.spent[name].query_s_per_label for scores in found] for name in names}
    known = {name: [value for value in values if value is not None] for name, values in per_label.items()}
    return {name: float(np.mean(values)) if values else None for name, values in known.items()}


def _get_random_curves(cells: Sequence[Cell], random: str) -> dict[str, Curve]:
    return {cell.dataset: cell.curve for cell in cells if cell.strategy == random and cell.curve is not None}


def _build_repeat_curves(scores: Scores) -> RepeatCurves:
    """Return the curve of every trial, and which one is the first of each strategy."""
    panel = scores.panel
    rows = {name: np.concatenate(cube) for name, cube in scores.values.items()}
    finished = {name: curves[np.isfinite(curves).any(axis=1)] for name, curves in rows.items()}
    has_first = panel.splits.size > 0 and (panel.splits[0], panel.starts[0]) == (0, 0)
    keys = {name: panel.bought.get((name, 0, 0)) for name in scores.values} if has_first else {}
    return RepeatCurves(
        panel.n_labels,
        {name: curves for name, curves in finished.items() if curves.size},
        {name: trial[0] for name, trial in keys.items() if trial is not None},
    )
