"""What does not go together in a grid: an error, or trials that are rows and are not run."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from albench.errors import SpecError
from albench.spec.messages import suggest_closest
from albench.text import list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.datasets.facts import DatasetFacts
    from albench.planning.plan import PlannedTrial
    from albench.spec.experiment import Experiment


_DISTRIBUTION = (
    "a distribution is declared as 'target: {columns: {...}}' or 'target: {annotators: [...]}' of a file"
)


def check_datasets(experiment: Experiment, facts: Mapping[str, DatasetFacts]) -> None:
    """Check that classes that the spec names are there, and strategies and preprocessings suit all datasets.

    Raises
    ------
    SpecError
        If not, unless the spec skips what is inapplicable.
    """
    class_names = {name for dataset_facts in facts.values() for name in dataset_facts.classes}
    named = [
        *((f"oracle {quote(entry.label)}", entry.component.speaks_of()) for entry in experiment.oracles),
        *((f"metric {quote(entry.label)}", entry.component.speaks_of()) for entry in experiment.metrics),
        *((f"seed set {quote(entry.label)}", entry.component.speaks_of()) for entry in experiment.seed_sets),
        ("'costs'", tuple(experiment.costs.classes)),
    ]
    for owner, names in named:
        for name in names:
            if name not in class_names:
                hint = (
                    suggest_closest(name, class_names)
                    or f"there are {list_quoted(sorted(class_names), 'and')}"
                )
                raise SpecError(f"{owner}: no dataset has a class {quote(name)}; {hint}")
    _check_scores(experiment, facts)
    if experiment.inapplicable == "error":
        problems = (
            *_list_wrong_classes(experiment, facts).values(),
            *list_wrong_columns(experiment, facts).values(),
            *_list_wrong_seed_sets(experiment, facts).values(),
            *list_wrong_oracles(experiment).values(),
            *list_missing_answers(experiment, facts).values(),
        )
        for problem in problems:
            raise SpecError(problem)


def part_skipped(
    trials: list[PlannedTrial], experiment: Experiment, facts: Mapping[str, DatasetFacts]
) -> tuple[tuple[PlannedTrial, ...], tuple[PlannedTrial, ...]]:
    """Return the trials that run, and those that do not, each with its reason."""
    by_dataset = _list_wrong_classes(experiment, facts)
    without_columns = list_wrong_columns(experiment, facts)
    without_seeds = _list_wrong_seed_sets(experiment, facts)
    by_oracle = list_wrong_oracles(experiment)
    without_answers = list_missing_answers(experiment, facts)
    by_place = by_dataset, experiment.misfits, without_columns, without_seeds, by_oracle, without_answers
    if not any(by_place):
        return tuple(trials), ()
    run, skipped = [], []
    for trial in trials:
        strategy = trial.strategy.label
        reason = (
            experiment.misfits.get((strategy, trial.model.label))
            or by_dataset.get((strategy, trial.dataset))
            or without_columns.get((trial.preprocessing, trial.dataset))
            or without_seeds.get((trial.seed_set.label, trial.dataset))
            or by_oracle.get((trial.oracle.label, trial.model.label))
            or without_answers.get((trial.oracle.label, trial.dataset))
        )
        if reason:
            skipped.append(replace(trial, skipped=reason))
        else:
            run.append(trial)
    return tuple(run), tuple(skipped)


def list_wrong_columns(
    experiment: Experiment, facts: Mapping[str, DatasetFacts]
) -> dict[tuple[str, str], str]:
    """Return why a preprocessing is not for a dataset, for each such pair of labels; without any, ``""``."""
    wrong = {}
    for label, dataset in product(experiment.preprocessing_labels, experiment.datasets):
        preprocessing = experiment.get_preprocessing(dataset.label, label)
        problem = preprocessing.find_misfit(facts[dataset.label].column_kinds)
        # One that all datasets share is for those that have such columns.
        if problem and (label or preprocessing.drop):
            name = f" '{label}'" if label else ""
            wrong[label, dataset.label] = f"preprocessing{name} on dataset '{dataset.label}': {problem}"
    return wrong


def list_wrong_oracles(experiment: Experiment) -> dict[tuple[str, str], str]:
    """Return why a model cannot learn from what an oracle gives, for each such pair of labels."""
    teaching = [entry for entry in experiment.oracles if entry.component.teaches_answers()]
    if not teaching:
        return {}
    from albench.models.weights import find_weights_misfit

    why = {
        model.label: find_weights_misfit(model.task.component) or find_weights_misfit(model.query.component)
        for model in experiment.models
    }
    return {
        (oracle.label, label): f"oracle '{oracle.label}' gives every answer with its weight, but {problem}"
        for oracle, (label, problem) in product(teaching, why.items())
        if problem
    }


def list_missing_answers(
    experiment: Experiment, facts: Mapping[str, DatasetFacts]
) -> dict[tuple[str, str], str]:
    """Return which recorded answers of an oracle a dataset lacks, for each such pair of labels."""
    missing = {}
    datasets = [dataset for dataset in experiment.datasets if dataset.label in facts]
    for oracle, dataset in product(experiment.oracles, datasets):
        there = [column for column, _ in facts[dataset.label].answers]
        lacking = [column for column in oracle.component.recorded_columns() if column not in there]
        if lacking:
            hint = suggest_closest(lacking[0], dataset.component.list_answers())
            missing[oracle.label, dataset.label] = (
                f"oracle '{oracle.label}': dataset '{dataset.label}' has no column of answers"
                f" {quote(lacking[0])}: {hint or f'declare answers: [{lacking[0]}] of the dataset'}"
            )
        elif oracle.component.needs_distribution() and not facts[dataset.label].has_distribution:
            missing[oracle.label, dataset.label] = (
                f"oracle '{oracle.label}': dataset '{dataset.label}' has one class a row; {_DISTRIBUTION}"
            )
    return missing


def _check_scores(experiment: Experiment, facts: Mapping[str, DatasetFacts]) -> None:
    """See that metrics that need a distribution have one: the primary one everywhere, others somewhere.

    Raises
    ------
    SpecError
    """
    lacking = [label for label, dataset_facts in facts.items() if not dataset_facts.has_distribution]
    for entry in experiment.metrics:
        if not entry.component.needs_distribution or not lacking:
            continue
        name = f"metric {quote(entry.label)}"
        if entry.label == experiment.primary_metric:
            raise SpecError(f"{name}: dataset '{lacking[0]}' has one class a row; {_DISTRIBUTION}")
        if len(lacking) == len(facts):
            raise SpecError(f"{name}: every dataset has one class a row; {_DISTRIBUTION}")


def _list_wrong_classes(
    experiment: Experiment, facts: Mapping[str, DatasetFacts]
) -> dict[tuple[str, str], str]:
    """Return why a strategy cannot work on a dataset, for each such pair of labels."""
    return {
        (
            strategy.label,
            dataset.label,
        ): f"strategy '{strategy.label}' on dataset '{dataset.label}': {problem}"
        for dataset, strategy in product(experiment.datasets, experiment.strategies)
        if (problem := strategy.component.find_misfit(facts[dataset.label].classes))
    }


def _list_wrong_seed_sets(
    experiment: Experiment, facts: Mapping[str, DatasetFacts]
) -> dict[tuple[str, str], str]:
    """Return why a seed set method cannot work on a dataset, for each such pair of labels."""
    return {
        (entry.label, dataset.label): f"seed set '{entry.label}' on dataset '{dataset.label}': {problem}"
        for dataset, entry in product(experiment.datasets, experiment.seed_sets)
        if (problem := entry.component.find_misfit(facts[dataset.label].classes))
    }
