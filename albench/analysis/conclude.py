"""From tables to evidence: the only door of the analysis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.across_slices import Concluded, find_disagreements, transfers
from albench.analysis.details.pick_similarity import picks_of
from albench.analysis.details.traits import facts_of
from albench.analysis.evidence import Evidence
from albench.analysis.panel import curves_of, panel
from albench.analysis.run_facts import collect_run_facts
from albench.analysis.scores import scores
from albench.analysis.selection import (
    arms_of,
    failures,
    groups,
    n_missing,
    primary_slice,
    random_label,
    slice_of,
    trials_of,
)
from albench.analysis.slice_evidence import Question, within
from albench.contracts import Need

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from albench.analysis.details.pick_similarity import Picks
    from albench.analysis.evidence import Slice
    from albench.analysis.panel import Curves, Panel
    from albench.analysis.scores import Scores
    from albench.analysis.selection import Group
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
        Likewise; without it nothing is said of what was bought.
    area : {"trapezoid", "lu2023", "zhan2021", "mean"}
        Definition of the area under a curve.
    """
    from threadpoolctl import threadpool_limits

    arrays = curves_of(curves, [metric.label for metric in experiment.metrics])
    picks = None if queries is None else picks_of(queries)
    # Its matrices are small: more threads take twice the processor time, and round sums in another order.
    with threadpool_limits(limits=1):
        concluded = tuple(_slices(experiment, trials, arrays, references, picks, area))
    lost = failures(trials)
    slices = tuple(scored.evidence for scored in concluded)
    return Evidence(
        slices=slices,
        failures=lost,
        n_done=trials.height - len(lost),
        n_failed=len(lost),
        n_missing=n_missing(experiment, trials),
        n_repeats=experiment.repeats.total,
        run=collect_run_facts(trials, curves, queries),
        disagreements=find_disagreements(slices),
        transfers=transfers(
            [scored for scored in concluded if scored.scores],
            random_label(experiment),
            asked=experiment.repeats.total,
        ),
    )


def _slices(
    experiment: Experiment,
    trials: pl.DataFrame,
    curves: Curves,
    references: pl.DataFrame,
    picks: Picks | None,
    variant: Variant,
) -> Iterator[Concluded]:
    only = len(experiment.seed_sizes) == 1
    pools = list(trials.select("n_pool", "n_classes").drop_nulls().unique().iter_rows())
    primary = primary_slice(experiment, pools)
    facts = facts_of(trials)
    for group in groups(experiment):
        of_group = trials_of(trials, group, only_seed_size=only)
        for budget in experiment.budgets:
            panels = _panels(experiment, of_group, curves, group, budget)
            for place, metric in enumerate(experiment.metrics):
                asked = _question(experiment, slice_of(group, budget, metric), primary, metric, variant)
                question = replace(asked, facts=facts, picks=picks)
                if question.primary or _has_numbers(panels, place):
                    levels = _references(references, group.model.task.label, metric.label)
                    found = _scores(question, panels, place, levels)
                    means = {dataset: float(np.mean(list(of.values()))) for dataset, of in levels.items()}
                    kept = found if _differs_in_model(question.slice, primary) else ()
                    yield Concluded(within(question, found, means), kept)


def _panels(
    experiment: Experiment, trials: pl.DataFrame, curves: Curves, group: Group, budget: Size
) -> list[Panel]:
    import polars as pl

    arms = arms_of(experiment)
    return [
        panel(
            trials.filter(pl.col("dataset") == entry.label),
            curves,
            group=group,
            budget=budget,
            dataset=entry.label,
            arms=arms,
        )
        for entry in experiment.datasets
    ]


def _question(
    experiment: Experiment, found: Slice, primary: Slice, metric: Entry[Metric], variant: Variant
) -> Question:
    return Question(
        slice=found,
        primary=found == primary,
        metric=type(metric.component),
        strategies=tuple(entry.label for entry in experiment.strategies),
        random=random_label(experiment),
        label_looking=frozenset(
            entry.label for entry in experiment.strategies if Need.TRUTH in entry.component.required()
        ),
        second=experiment.baseline.second,
        asked=experiment.repeats.total,
        variant=variant,
        facts={},
    )


def _has_numbers(panels: Sequence[Panel], metric: int) -> bool:
    return any(np.isfinite(values[..., metric]).any() for found in panels for values in found.values.values())


def _references(references: pl.DataFrame, model: str, metric: str) -> dict[str, dict[int, float]]:
    """Return dataset -> split -> metric of the model trained on the whole pool with true labels."""
    import polars as pl

    found: dict[str, dict[int, float]] = {}
    if metric not in references.columns:
        return found
    wanted = references.filter(
        pl.col("model") == model, pl.col("labels") == "true", pl.col("status") == "done"
    ).drop_nulls(metric)
    for dataset, split, level in wanted.sort("key").select("dataset", "split", metric).iter_rows():
        found.setdefault(dataset, {})[split] = level
    return found


def _scores(
    question: Question, panels: Sequence[Panel], metric: int, references: Mapping[str, Mapping[int, float]]
) -> tuple[Scores, ...]:
    sign = 1 if question.metric.greater_is_better else -1
    return tuple(
        scores(one, metric, sign=sign, references=references.get(one.dataset, {}), variant=question.variant)
        for one in panels
    )


def _differs_in_model(found: Slice, primary: Slice) -> bool:
    return replace(found, model=primary.model, query_model=primary.query_model) == primary
