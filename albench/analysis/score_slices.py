"""Every slice of an experiment with its scores: what its conclusions are drawn from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from albench.analysis.panel import build_panel
from albench.analysis.scores import score_panel
from albench.analysis.selection import (
    SliceSettings,
    count_arms,
    find_left_out,
    find_primary_slice,
    find_random_label,
    iterate_groups,
    select_trials,
)
from albench.contracts import Need
from albench.tables import SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.analysis.evidence.cells import Slice
    from albench.analysis.needed_repeats import CellRepeats
    from albench.analysis.panel import CurveArrays, CurvePanel
    from albench.analysis.scores import Scores
    from albench.analysis.selection import TrialGroup
    from albench.analysis.stats.area import Variant
    from albench.contracts import Metric
    from albench.spec.experiment import Entry, Experiment, Size


@dataclass(frozen=True, eq=False)
class SliceScores:
    """A slice with the scores of its trials.

    Attributes
    ----------
    settings : SliceSettings
        Without facts, picks and classes.
    reference_means : dict
        Dataset -> mean of the metric of the models trained on the whole pool.
    """

    settings: SliceSettings
    all_scores: tuple[Scores, ...]
    reference_means: dict[str, float]


def list_pools(trials: pl.DataFrame) -> list[tuple[int, int]]:
    """Return the distinct pairs of rows and classes of the pools of trials."""
    return list(trials.select("n_pool", "n_classes").drop_nulls().unique().iter_rows())


def score_slices(
    experiment: Experiment,
    trials: pl.DataFrame,
    curves: CurveArrays,
    references: pl.DataFrame,
    variant: Variant,
    *,
    only: Slice | None = None,
    needed: Sequence[CellRepeats] = (),
) -> Iterator[SliceScores]:
    """Yield the slices; one in whose metric no trial has a number only if it is the primary one."""
    primary = find_primary_slice(experiment, list_pools(trials))
    for group in iterate_groups(experiment):
        group_trials = select_trials(trials, group)
        left_out = find_left_out(experiment, group_trials)
        run = group_trials.filter(group_trials["status"] != SKIPPED)
        for budget in experiment.budgets:
            names = [group.name_slice(str(budget), metric.label) for metric in experiment.metrics]
            if only is not None and only not in names:
                continue
            panels = _build_panels(experiment, run, curves, group, budget)
            for place, (name, metric) in enumerate(zip(names, experiment.metrics, strict=True)):
                if only not in (None, name):
                    continue
                settings = _build_settings(experiment, name, primary, metric, variant).without(left_out)
                if settings.primary or _has_numbers(panels, place):
                    levels = _read_references(references, group, metric.label)
                    all_scores = score_panels(settings, panels, place, levels)
                    if needed:
                        decides = (name.metric, name.budget) == (primary.metric, primary.budget)
                        cells = [cell for cell in needed if cell.group == group]
                        all_scores = tuple(
                            _add_repeats(scores, experiment, cells, decides=decides) for scores in all_scores
                        )
                    means = {dataset: float(np.mean(list(of.values()))) for dataset, of in levels.items()}
                    yield SliceScores(settings, all_scores, means)


def _build_panels(
    experiment: Experiment, trials: pl.DataFrame, curves: CurveArrays, group: TrialGroup, budget: Size
) -> list[CurvePanel]:
    arms = count_arms(experiment)
    return [
        build_panel(
            trials.filter(pl.col("dataset") == entry.label),
            curves,
            group=group,
            budget=budget,
            dataset=entry.label,
            arms=arms,
        )
        for entry in experiment.datasets
    ]


def _build_settings(
    experiment: Experiment, name: Slice, primary: Slice, metric: Entry[Metric], variant: Variant
) -> SliceSettings:
    return SliceSettings(
        slice=name,
        primary=name == primary,
        metric=type(metric.component),
        strategies=tuple(entry.label for entry in experiment.strategies),
        random=find_random_label(experiment),
        label_looking=frozenset(
            entry.label for entry in experiment.strategies if Need.TRUTH in entry.component.required()
        ),
        second=experiment.baseline.second,
        n_repeats=experiment.repeats.total,
        variant=variant,
        facts={},
    )


def _has_numbers(panels: Sequence[CurvePanel], metric: int) -> bool:
    return any(np.isfinite(values[..., metric]).any() for panel in panels for values in panel.values.values())


def _read_references(references: pl.DataFrame, group: TrialGroup, metric: str) -> dict[str, dict[int, float]]:
    """Return dataset -> split -> metric of the model trained on the whole pool with true labels."""
    levels: dict[str, dict[int, float]] = {}
    if metric not in references.columns:
        return levels
    wanted = references.filter(
        pl.col("model") == group.model.task.label,
        pl.col("labels") == "true",
        pl.col("status") == "done",
        *([pl.col("preprocessing") == group.preprocessing] if group.preprocessing else []),
    ).drop_nulls(metric)
    for dataset, split, level in wanted.sort("key").select("dataset", "split", metric).iter_rows():
        levels.setdefault(dataset, {})[split] = level
    return levels


def _add_repeats(
    scores: Scores, experiment: Experiment, needed: Sequence[CellRepeats], *, decides: bool
) -> Scores:
    """Add how many repeats cells need, and, where the metric and the budget decide it, what was decided."""
    cells = [cell for cell in needed if cell.dataset == scores.panel.dataset]
    decisions = {cell.strategy: cell.decision for cell in cells if cell.decision}
    return replace(
        scores,
        n_asked={cell.strategy: cell.n_splits * experiment.repeats.starts for cell in cells},
        decisions=decisions if decides else {},
        looks={cell.strategy: cell.looks for cell in cells if cell.decision},
    )


def score_panels(
    settings: SliceSettings,
    panels: Sequence[CurvePanel],
    metric: int,
    references: Mapping[str, Mapping[int, float]],
) -> tuple[Scores, ...]:
    """Return the scores of the panels of a slice in one metric, with references by dataset and split."""
    return tuple(
        score_panel(
            panel,
            metric,
            sign=settings.sign,
            random=settings.random,
            n_repeats=settings.n_repeats,
            references=references.get(panel.dataset, {}),
            variant=settings.variant,
        )
        for panel in panels
    )
