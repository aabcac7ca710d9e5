"""Strategies that a model or a dataset does not suit: an error, or trials that are rows and are not run."""

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
    from albench.planning.grid import PlannedTrial
    from albench.spec.experiment import Experiment


def check_classes(experiment: Experiment, facts: Mapping[str, DatasetFacts]) -> None:
    """Check that every class that the spec names is one, and every strategy can work on every dataset.

    Raises
    ------
    SpecError
        If not, unless the spec skips what is inapplicable.
    """
    class_names = {name for dataset_facts in facts.values() for name in dataset_facts.classes}
    named = (("oracle", experiment.oracles), ("metric", experiment.metrics))
    for kind, entry in ((kind, entry) for kind, entries in named for entry in entries):
        for name in entry.component.speaks_of():
            if name not in class_names:
                hint = (
                    suggest_closest(name, class_names)
                    or f"there are {list_quoted(sorted(class_names), 'and')}"
                )
                raise SpecError(f"{kind} {quote(entry.label)}: no dataset has a class {quote(name)}; {hint}")
    if experiment.inapplicable == "error":
        for problem in _list_wrong_classes(experiment, facts).values():
            raise SpecError(problem)


def part_skipped(
    trials: list[PlannedTrial], experiment: Experiment, facts: Mapping[str, DatasetFacts]
) -> tuple[tuple[PlannedTrial, ...], tuple[PlannedTrial, ...]]:
    """Return the trials that run, and those that do not, each with its reason."""
    by_dataset = _list_wrong_classes(experiment, facts)
    if not by_dataset and not experiment.misfits:
        return tuple(trials), ()
    run, skipped = [], []
    for trial in trials:
        strategy = trial.strategy.label
        reason = experiment.misfits.get((strategy, trial.model.label)) or by_dataset.get(
            (strategy, trial.dataset)
        )
        if reason:
            skipped.append(replace(trial, skipped=reason))
        else:
            run.append(trial)
    return tuple(run), tuple(skipped)


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
