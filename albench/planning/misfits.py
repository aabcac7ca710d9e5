"""What does not go together in a grid: an error, or trials that are rows and are not run."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from albench.errors import SpecError
from albench.spec.messages import suggest_closest
from albench.text import list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from albench.contracts import Model, Oracle
    from albench.datasets.facts import DatasetFacts
    from albench.planning.plan import PlannedTrial
    from albench.spec.experiment import Entry, Experiment

    _Misfits = tuple[Callable[[PlannedTrial], tuple[str, str]], Mapping[tuple[str, str], str]]


_DISTRIBUTION = (
    "a distribution is declared as 'target: {columns: {...}}' or 'target: {annotators: [...]}' of a file"
)


def check_datasets(experiment: Experiment, facts: Mapping[str, DatasetFacts]) -> None:
    """Check that what the spec names is there, and, unless it skips what is inapplicable, goes together."""
    check_class_names(experiment, facts)
    _check_scores(experiment, facts)
    _check_agreement(experiment)
    if experiment.inapplicable == "error":
        for _, reasons in _list_misfits(experiment, facts):
            for reason in reasons.values():
                raise SpecError(reason)


def _list_misfits(experiment: Experiment, facts: Mapping[str, DatasetFacts]) -> list[_Misfits]:
    """Return why pairs of labels do not go together, each kind with what takes such a pair of a trial."""
    strategies = _list_wrong_classes("strategy", experiment.strategies, facts)
    seed_sets = _list_wrong_classes("seed set", experiment.seed_sets, facts)
    return [
        (attrgetter("strategy.label", "model.label"), experiment.misfits),
        (attrgetter("strategy.label", "dataset"), strategies),
        (attrgetter("preprocessing", "dataset"), list_wrong_columns(experiment, facts)),
        (attrgetter("seed_set.label", "dataset"), seed_sets),
        (attrgetter("oracle.label", "model.label"), list_wrong_oracles(experiment)),
        (attrgetter("oracle.label", "dataset"), list_missing_answers(experiment, facts)),
    ]


def check_class_names(experiment: Experiment, facts: Mapping[str, DatasetFacts]) -> None:
    """Check that some dataset has each class that the spec names."""
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


def part_skipped(
    trials: list[PlannedTrial], experiment: Experiment, facts: Mapping[str, DatasetFacts]
) -> tuple[tuple[PlannedTrial, ...], tuple[PlannedTrial, ...]]:
    """Return the trials that run, and those that do not, each with its reason."""
    misfits = [(get_pair, reasons) for get_pair, reasons in _list_misfits(experiment, facts) if reasons]
    run, skipped = [], []
    for trial in trials:
        reason = next((reasons[pair] for get, reasons in misfits if (pair := get(trial)) in reasons), "")
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
    return {
        (oracle.label, model.label): problem
        for oracle, model in product(experiment.oracles, experiment.models)
        for component in (model.task.component, model.query.component)
        if (problem := _find_weights_problem(oracle, model.label, component))
    }


def _find_weights_problem(oracle: Entry[Oracle], label: str, model: Model) -> str:
    """Return why a model cannot learn from rows with the weights that it or an oracle gives, if so."""
    setting, teaches = model.weighs_rows(), oracle.component.teaches_answers()
    if not (setting or teaches):
        return ""
    from albench.models.fitting import find_weights_misfit

    if problem := find_weights_misfit(model):
        owner = f"model '{label}': '{setting}' gives rows their" if setting else ""
        owner = owner or f"oracle '{oracle.label}' gives every answer with its"
        return f"{owner} weight, but {problem}"
    if teaches and (model.sample_weight or model.resampling):
        what = "'sample_weight: agreement' weighs one label a row"
        if model.resampling:
            what = "rows that are resampled have no weights"
        return f"model '{label}': {what}, but oracle '{oracle.label}' gives every answer with its weight"
    return ""


def _check_agreement(experiment: Experiment) -> None:
    """See that answers can agree, where a model weighs rows by that."""
    models = [each for model in experiment.models for each in (model.task, model.query)]
    weighing = [each.label for each in models if each.component.sample_weight]
    several = any(entry.component.has_several_annotators() for entry in experiment.oracles)
    if weighing and not several and not experiment.relabel.share:
        raise SpecError(
            f"model '{weighing[0]}': 'sample_weight: agreement' weighs rows by how far their answers agree,"
            " and every row has one answer: declare an oracle with several annotators, or 'relabel'"
        )


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
    """See that metrics that need a distribution have one: the primary one everywhere, others somewhere."""
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
    kind: str, entries: Iterable[Entry[Any]], facts: Mapping[str, DatasetFacts]
) -> dict[tuple[str, str], str]:
    """Return why strategies or seed sets cannot work on a dataset, for each such pair of labels."""
    return {
        (entry.label, dataset): f"{kind} '{entry.label}' on dataset '{dataset}': {problem}"
        for dataset, entry in product(facts, entries)
        if (problem := entry.component.find_misfit(facts[dataset].classes))
    }
