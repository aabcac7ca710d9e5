"""What an experiment that is a pilot answers: the forecast at its budget, and on the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.evidence import PilotAnswer
from albench.analysis.selection import find_random_label, iterate_groups, select_trials
from albench.contracts import Need
from albench.errors import AlbenchError
from albench.pilot.labelling_forecast import forecast_labelling
from albench.pilot.pool_curves import read_pool_curves

if TYPE_CHECKING:
    import polars as pl

    from albench.datasets.representativeness import Representativeness
    from albench.spec.experiment import Experiment

_STEPS = 8


def answer_pilot(
    experiment: Experiment,
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    references: pl.DataFrame,
    *,
    n_labelled: int,
    n_unlabelled: int,
    representativeness: Representativeness | None = None,
) -> PilotAnswer:
    """Forecast what the labels of a pilot's budget will give.

    Parameters
    ----------
    experiment : Experiment
        A pilot.
    trials, curves, references : DataFrame
        Of all its pools.
    n_labelled, n_unlabelled : int
        Rows of its dataset.
    representativeness : Representativeness, optional
        Of its labelled rows.
    """
    metric, n_more = experiment.primary_metric, experiment.pilot.budget - n_labelled
    if n_more <= 0:
        return PilotAnswer(
            problem=f"the budget of {experiment.pilot.budget:,} labels in all is reached by now: "
            f"there are {n_labelled:,}"
        )
    group = next(iterate_groups(experiment))
    names = {
        entry.label: entry.component.name
        for entry in experiment.strategies
        if Need.TRUTH not in entry.component.required()
    }
    trials = select_trials(trials, group, only_seed_size=len(experiment.seed_sizes) == 1)
    trials = trials.filter(trials["strategy"].is_in(list(names)))
    references = references.filter(
        references["model"] == group.model.task.label, references["preprocessing"] == group.preprocessing
    )
    component = next(entry.component for entry in experiment.metrics if entry.label == metric)
    steps = {max(1, n_more * step // _STEPS) for step in range(1, _STEPS + 1)}
    try:
        pools = read_pool_curves(
            trials,
            curves,
            references,
            metric,
            random=find_random_label(experiment),
            sign=1 if component.greater_is_better else -1,
        )
        path = tuple(
            forecast_labelling(
                pools,
                n_labelled=n_labelled,
                n_unlabelled=n_unlabelled,
                n_more=n,
                metric=metric,
                model=group.model.task.label,
                names=names,
                representativeness=representativeness,
            )
            for n in sorted(steps)
        )
    except AlbenchError as error:
        return PilotAnswer(problem=str(error))
    return PilotAnswer(path[-1], path, representativeness=representativeness)
