"""All conclusions within one slice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.aa_control import control
from albench.analysis.details.collect import Grounds, details
from albench.analysis.details.headroom import headrooms
from albench.analysis.evidence import RepeatCurves, SliceEvidence, Versus
from albench.analysis.leaderboard_rows import Field, rows, smallest
from albench.analysis.paired_comparison import compare
from albench.analysis.ranks import ranks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.details.pick_similarity import Picks
    from albench.analysis.details.traits import Facts
    from albench.analysis.evidence import Cell, Curve, Slice
    from albench.analysis.paired_comparison import Comparison
    from albench.analysis.ranks import Ranks
    from albench.analysis.scores import Scores
    from albench.analysis.stats.area import Variant
    from albench.contracts import Metric

ROPE = 0.005
ROPE_SHARE = 0.01


@dataclass(frozen=True)
class Question:
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
    asked: int
    variant: Variant
    facts: Mapping[str, Facts]
    picks: Picks | None = None

    @property
    def able(self) -> tuple[str, ...]:
        """Strategies that do not see hidden labels."""
        return tuple(name for name in self.strategies if name not in self.label_looking)


def within(question: Question, found: Sequence[Scores], references: Mapping[str, float]) -> SliceEvidence:
    """Conclude what can be concluded within a slice.

    Parameters
    ----------
    question : Question
    found : sequence of Scores
        One per dataset, in the order of the experiment.
    references : mapping
        Dataset -> mean of the metric of the models trained on the whole pool.
    """
    aa = control(found, question.random, asked=question.asked)
    ranking = ranks(found, question.able, asked=question.asked)
    first = _versus(question, found, ranking, question.random, withheld=aa.fired)
    second = None
    if question.second is not None:
        second = _versus(question, found, ranking, question.second, withheld=aa.fired)
    beyond = None
    if question.primary:
        grounds = Grounds(
            question.able, question.random, question.asked, aa.fired, question.facts, question.picks
        )
        beyond = details(found, first.cells, first.rows, ranking, grounds)
    return SliceEvidence(
        slice=question.slice,
        primary=question.primary,
        greater_is_better=question.metric.greater_is_better,
        datasets=tuple(scores.panel.dataset for scores in found),
        strategies=question.strategies,
        random_curves=_random_curves(first.cells, question.random),
        references=dict(references),
        headroom=headrooms(found, question.random),
        cells=first.cells,
        rows=first.rows,
        friedman_p=None if aa.fired else ranking.friedman_p,
        control=aa,
        smallest_p=smallest(first.rows),
        area=question.variant,
        complete=ranking.complete,
        second=second,
        details=beyond,
        repeat_curves={s.panel.dataset: _keep_repeats(s) for s in found} if question.primary else {},
    )


def _versus(
    question: Question, found: Sequence[Scores], ranking: Ranks, baseline: str, *, withheld: bool
) -> Versus:
    comparisons = {
        strategy: [
            compare(
                scores,
                strategy,
                baseline,
                asked=question.asked,
                with_intervals=question.primary and baseline == question.random,
                withheld=withheld,
            )
            for scores in found
        ]
        for strategy in question.strategies
    }
    rope = _rope(question, comparisons)
    field = Field(baseline, question.label_looking, ranking, rope, withheld)
    return Versus(baseline, _by_dataset(comparisons), rows(comparisons, _query_s_per_label(found), field))


def _by_dataset(comparisons: Mapping[str, Sequence[Comparison]]) -> tuple[Cell, ...]:
    return tuple(one.cell for of_dataset in zip(*comparisons.values(), strict=True) for one in of_dataset)


def _rope(question: Question, comparisons: Mapping[str, Sequence[Comparison]]) -> float:
    """Return half the width of practical equivalence: 0.005 in [0, 1], else 1 % of random's mean area."""
    if question.metric.bounds == (0.0, 1.0):
        return ROPE
    areas = [one.cell.area for one in comparisons[question.random] if one.cell.area is not None]
    return ROPE_SHARE * abs(float(np.mean(areas))) if areas else 0.0


def _query_s_per_label(found: Sequence[Scores]) -> dict[str, float | None]:
    """Return CPU seconds per label bought, mean over the datasets."""
    names = found[0].panel.spent if found else {}
    per_label = {name: [scores.panel.spent[name].query_s_per_label for scores in found] for name in names}
    known = {name: [value for value in values if value is not None] for name, values in per_label.items()}
    return {name: float(np.mean(values)) if values else None for name, values in known.items()}


def _random_curves(cells: Sequence[Cell], random: str) -> dict[str, Curve]:
    return {cell.dataset: cell.curve for cell in cells if cell.strategy == random and cell.curve is not None}


def _keep_repeats(scores: Scores) -> RepeatCurves:
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
