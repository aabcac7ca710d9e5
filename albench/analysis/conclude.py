"""From tables to evidence: the only door of the analysis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.details.pick_similarity import read_picks
from albench.analysis.details.traits import read_facts
from albench.analysis.disagreements import find_disagreements
from albench.analysis.evidence import Evidence
from albench.analysis.panel import build_panel, read_curves
from albench.analysis.run_facts import collect_run_facts
from albench.analysis.scores import score_panel
from albench.analysis.selection import (
    SliceSettings,
    build_slice,
    count_arms,
    count_missing,
    count_skipped,
    drop_skipped,
    find_left_out,
    find_primary_slice,
    find_random_label,
    iterate_groups,
    list_failures,
    select_trials,
)
from albench.analysis.slice_evidence import analyse_slice
from albench.analysis.transfer import ScoredSlice, compare_transfers
from albench.contracts import Need

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from albench.analysis.details.pick_similarity import PickArrays
    from albench.analysis.evidence import Slice
    from albench.analysis.panel import CurveArrays, CurvePanel
    from albench.analysis.scores import Scores
    from albench.analysis.selection import TrialGroup
    from albench.analysis.stats.area import Variant
    from albench.contracts import Metric
    from albench.spec.experiment import Entry, Experiment, Size


def conclude(
    experiment: Experiment,
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    references: pl.DataFrame,
    *,
    queries: pl.DataFrame | None = None,
    classes: Mapping[str, Sequence[str]] | None = None,
    area: Variant = "trapezoid",
) -> Evidence:
    """Draw every conclusion that the tables of an experiment allow.

    A slice in whose metric no trial has a number is left out, unless it is the primary one.

    Parameters
    ----------
    experiment : Experiment
    trials, curves, references : DataFrame
        As ``albench.tables`` defines them; curves and references with a column for each metric. The order of
        their rows does not matter.
    queries : DataFrame, optional
        Likewise; without it nothing is concluded about the queries.
    classes : mapping of str to sequence of str, optional
        Dataset -> names of its classes, in the order of their codes.
    area : {"trapezoid", "lu2023", "zhan2021", "mean"}
        Definition of the area under a curve.
    """
    from threadpoolctl import threadpool_limits

    arrays = read_curves(curves, [metric.label for metric in experiment.metrics])
    picks = None if queries is None else read_picks(queries)
    # Its matrices are small: more threads take twice the processor time, and round sums in another order.
    with threadpool_limits(limits=1):
        scored_slices = tuple(
            _analyse_slices(experiment, trials, arrays, references, picks, classes or {}, area)
        )
    failures, skipped = list_failures(trials), count_skipped(trials)
    slices = tuple(scored.evidence for scored in scored_slices)
    return Evidence(
        slices=slices,
        failures=failures,
        n_done=trials.height - len(failures) - sum(skipped.values()),
        n_failed=len(failures),
        n_missing=count_missing(experiment, trials),
        skipped=skipped,
        n_repeats=experiment.repeats.total,
        run=collect_run_facts(trials, curves, queries),
        disagreements=find_disagreements(slices),
        transfers=compare_transfers(
            [scored for scored in scored_slices if scored.scores],
            find_random_label(experiment),
            n_repeats=experiment.repeats.total,
        ),
    )


def _analyse_slices(
    experiment: Experiment,
    trials: pl.DataFrame,
    curves: CurveArrays,
    references: pl.DataFrame,
    picks: PickArrays | None,
    classes: Mapping[str, Sequence[str]],
    variant: Variant,
) -> Iterator[ScoredSlice]:
    only = len(experiment.seed_sizes) == 1
    pools = list(trials.select("n_pool", "n_classes").drop_nulls().unique().iter_rows())
    primary = find_primary_slice(experiment, pools)
    facts = read_facts(trials)
    for group in iterate_groups(experiment):
        group_trials = select_trials(trials, group, only_seed_size=only)
        left_out = find_left_out(experiment, group_trials)
        for budget in experiment.budgets:
            panels = _build_panels(experiment, drop_skipped(group_trials), curves, group, budget)
            for place, metric in enumerate(experiment.metrics):
                name = build_slice(group, budget, metric)
                settings = replace(
                    _build_settings(experiment, name, primary, metric, variant),
                    facts=facts,
                    picks=picks,
                    classes=classes,
                ).without(left_out)
                if settings.primary or _has_numbers(panels, place):
                    levels = _read_references(references, group.model.task.label, metric.label)
                    all_scores = _score_panels(settings, panels, place, levels)
                    means = {dataset: float(np.mean(list(of.values()))) for dataset, of in levels.items()}
                    # Scores of a whole grid would fill the memory: only transfers ask for them again.
                    kept = all_scores if _is_same_but_for_model(name, primary) else ()
                    yield ScoredSlice(analyse_slice(settings, all_scores, means), kept)


def _build_panels(
    experiment: Experiment, trials: pl.DataFrame, curves: CurveArrays, group: TrialGroup, budget: Size
) -> list[CurvePanel]:
    import polars as pl

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


def _read_references(references: pl.DataFrame, model: str, metric: str) -> dict[str, dict[int, float]]:
    """Return dataset -> split -> metric of the model trained on the whole pool with true labels."""
    import polars as pl

    levels: dict[str, dict[int, float]] = {}
    if metric not in references.columns:
        return levels
    wanted = references.filter(
        pl.col("model") == model, pl.col("labels") == "true", pl.col("status") == "done"
    ).drop_nulls(metric)
    for dataset, split, level in wanted.sort("key").select("dataset", "split", metric).iter_rows():
        levels.setdefault(dataset, {})[split] = level
    return levels


def _score_panels(
    settings: SliceSettings,
    panels: Sequence[CurvePanel],
    metric: int,
    references: Mapping[str, Mapping[int, float]],
) -> tuple[Scores, ...]:
    sign = 1 if settings.metric.greater_is_better else -1
    return tuple(
        score_panel(
            panel, metric, sign=sign, references=references.get(panel.dataset, {}), variant=settings.variant
        )
        for panel in panels
    )


def _is_same_but_for_model(other: Slice, primary: Slice) -> bool:
    return replace(other, model=primary.model, query_model=primary.query_model) == primary
