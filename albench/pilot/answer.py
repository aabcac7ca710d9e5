"""What an experiment that is a pilot answers: the forecast at its budget, and on the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.analysis.evidence.labelling import PilotAnswer
from albench.analysis.selection import find_random_label, iterate_groups, select_trials
from albench.contracts import Need
from albench.datasets.representativeness import Representativeness
from albench.errors import AlbenchError
from albench.labelling.chosen_rows import count_chosen_rows
from albench.pilot.labelling_forecast import forecast_labelling
from albench.pilot.pool_curves import read_pool_curves

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from albench.analysis.selection import TrialGroup
    from albench.pilot.pool_curves import PoolCurves
    from albench.spec.experiment import Experiment

_STEPS = 8


def answer_pilot(
    experiment: Experiment,
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    references: pl.DataFrame,
    dataset: Mapping[str, Any],
) -> PilotAnswer:
    """Forecast what the labels of a pilot's budget will give.

    Parameters
    ----------
    experiment : Experiment
        A pilot.
    trials, curves, references : DataFrame
        Of all its pools.
    dataset : mapping
        Its dataset, as the results folder describes it.
    """
    n_labelled, budget = dataset["n_rows"], experiment.pilot.budget
    if budget <= n_labelled:
        return PilotAnswer(
            problem=f"the budget of {budget:,} labels in all is reached by now: there are {n_labelled:,}; "
            "name a higher one under 'pilot' in the experiment file"
        )
    shift = dataset.get("representativeness")
    representativeness = Representativeness(**shift) if shift else None
    group = next(iterate_groups(experiment))
    names = _name_strategies(experiment)
    n_more = budget - n_labelled
    try:
        pools = _read_pools(experiment, group, list(names), trials, curves, references)
        path = tuple(
            forecast_labelling(
                pools,
                n_labelled=n_labelled,
                n_unlabelled=dataset.get("n_unlabelled", 0),
                n_more=n,
                metric=experiment.primary_metric,
                model=group.model.task.label,
                names=names,
                representativeness=representativeness,
            )
            for n in sorted({max(1, n_more * step // _STEPS) for step in range(1, _STEPS + 1)})
        )
    except AlbenchError as error:
        return PilotAnswer(problem=str(error))
    chance = _find_chance(experiment.primary_metric, dataset["class_counts"])
    chosen = count_chosen_rows(experiment, n_labelled)
    return PilotAnswer(path[-1], path, representativeness=representativeness, chance=chance, chosen=chosen)


def _find_chance(metric: str, class_counts: Sequence[int]) -> float | None:
    """Return the level without a look at the features: of one class always, or of guesses by their shares."""
    if metric == "accuracy":
        return max(class_counts) / sum(class_counts)
    return 1 / sum(map(bool, class_counts)) if metric in ("balanced_accuracy", "f1_macro") else None


def _name_strategies(experiment: Experiment) -> dict[str, str]:
    """Return label -> name in the catalogue, of the strategies that can be used outside of simulations."""
    return {
        entry.label: entry.component.name
        for entry in experiment.strategies
        if Need.TRUTH not in entry.component.required()
    }


def _read_pools(
    experiment: Experiment,
    group: TrialGroup,
    labels: list[str],
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    references: pl.DataFrame,
) -> tuple[PoolCurves, ...]:
    trials = select_trials(trials, group)
    metric = experiment.primary_metric
    component = next(entry.component for entry in experiment.metrics if entry.label == metric)
    return read_pool_curves(
        trials.filter(trials["strategy"].is_in(labels)),
        curves,
        references.filter(
            references["model"] == group.model.task.label, references["preprocessing"] == group.preprocessing
        ),
        metric,
        random=find_random_label(experiment),
        sign=1 if component.greater_is_better else -1,
    )
