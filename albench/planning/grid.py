"""From an experiment and the facts about its datasets to jobs. Pure: nothing is read, run or written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from albench.errors import SpecError
from albench.identity import (
    Coverage,
    ReferenceIdentity,
    SharedFragment,
    TrialIdentity,
)
from albench.planning.sizes import SizesHere
from albench.splits.division import division_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import Component, Oracle, SeedSet, Strategy
    from albench.datasets.facts import DatasetFacts
    from albench.spec.experiment import Entry, Experiment, ModelEntry

PERFECT = "perfect"


@dataclass(frozen=True)
class PlannedTrial:
    """A cell of the grid for one repeat.

    Attributes
    ----------
    identity : TrialIdentity
    coverage : Coverage
        What the experiment asks to be recorded.
    """

    dataset: str
    model: ModelEntry
    strategy: Entry[Strategy]
    seed_set: Entry[SeedSet]
    oracle: Entry[Oracle]
    identity: TrialIdentity
    coverage: Coverage
    n_pool: int
    classes: tuple[str, ...]

    def labels(self) -> dict[str, Any]:
        """Return the columns by which tables name this trial."""
        return {
            "key": self.identity.key,
            "dataset": self.dataset,
            "model": self.model.task.label,
            "query_model": self.model.query.label,
            "strategy": self.strategy.label,
            "arm": self.identity.arm,
            "seed_size": self.identity.seed_size,
            "seed_set": self.seed_set.label,
            "batch_size": self.identity.batch_size,
            "oracle": self.oracle.label,
            "split": self.identity.split_index,
            "start": self.identity.start,
        }


@dataclass(frozen=True)
class PlannedReference:
    """The task model on the whole pool of one split."""

    dataset: str
    model: ModelEntry
    oracle: Entry[Oracle] | None
    identity: ReferenceIdentity
    n_pool: int
    classes: tuple[str, ...]

    def labels(self) -> dict[str, Any]:
        """Return the columns by which tables name this reference."""
        return {
            "key": self.identity.key,
            "dataset": self.dataset,
            "model": self.model.task.label,
            "split": self.identity.split_index,
            "labels": "true" if self.oracle is None else "oracle",
            "oracle": self.oracle.label if self.oracle else None,
        }


@dataclass(frozen=True)
class Plan:
    """Everything that an experiment asks for."""

    experiment: Experiment
    facts: Mapping[str, DatasetFacts]
    trials: tuple[PlannedTrial, ...]
    references: tuple[PlannedReference, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know about the data, each with its dataset."""
        return tuple(f"{label}: {text}" for label, facts in self.facts.items() for text in facts.warnings)


def make_plan(experiment: Experiment, facts: Mapping[str, DatasetFacts]) -> Plan:
    """Expand the grid.

    Parameters
    ----------
    experiment : Experiment
    facts : mapping of dataset label to DatasetFacts

    Raises
    ------
    SpecError
        If a cell cannot be run on its dataset, or two cells are one trial.
    """
    _see_classes(experiment, facts)
    trials: list[PlannedTrial] = []
    references: list[PlannedReference] = []
    for entry in experiment.datasets:
        preprocessing = SharedFragment(experiment.preprocessing_of(entry.label).fragment())
        grid = _DatasetGrid(experiment, facts[entry.label], preprocessing)
        trials += grid.trials()
        references += grid.references()
    _see_distinct(trials)
    return Plan(experiment, facts, tuple(trials), tuple({r.identity.key: r for r in references}.values()))


@dataclass(frozen=True)
class _DatasetGrid:
    """The part of the grid that lies on one dataset."""

    experiment: Experiment
    facts: DatasetFacts
    preprocessing: SharedFragment

    @cached_property
    def _fragments(self) -> dict[int, SharedFragment]:
        return {}

    @cached_property
    def _coverages(self) -> dict[int, Coverage]:
        return {}

    def _fragment(self, component: Component) -> SharedFragment:
        """Return the fragment of a component of the experiment, the same object each time."""
        if id(component) not in self._fragments:
            self._fragments[id(component)] = SharedFragment(component.fragment())
        return self._fragments[id(component)]

    @cached_property
    def n_pool(self) -> int:
        """Rows of the pool; of the smallest one where splits differ."""
        it = self.experiment
        if self.facts.pools:
            return min(self.facts.pools)
        return division_sizes(it.split, self.facts.class_counts, it.validation)[0]

    @cached_property
    def sizes(self) -> SizesHere:
        """What numbers of labels come to here."""
        return SizesHere(self.facts.label, self.n_pool, self.facts.n_classes)

    def pool_of(self, split: int) -> int:
        """Return the rows of the pool of one split."""
        return self.facts.pools[split] if self.facts.pools else self.n_pool

    def trials(self) -> list[PlannedTrial]:
        it = self.experiment
        self.sizes.see_distinct(it.seed_sizes)
        cells = product(
            it.models, it.strategies, it.seed_sizes, it.seed_sets, it.batch_sizes, it.oracles, self.repeats()
        )
        return [
            self._trial(model, strategy, self.sizes.labels(size), seed_set, batch, oracle, repeat, arm)
            for model, strategy, size, seed_set, batch, oracle, repeat in cells
            for arm in range(it.baseline.arms if strategy.component.arms else 1)
        ]

    def repeats(self) -> Iterator[tuple[int, int]]:
        return product(range(self.experiment.repeats.splits), range(self.experiment.repeats.starts))

    def _trial(
        self,
        model: ModelEntry,
        strategy: Entry[Strategy],
        seed_size: int,
        seed_set: Entry[SeedSet],
        batch_size: int,
        oracle: Entry[Oracle],
        repeat: tuple[int, int],
        arm: int,
    ) -> PlannedTrial:
        it = self.experiment
        budget = self._budget(seed_size, batch_size, self.pool_of(repeat[0]))
        identity = TrialIdentity(
            dataset=self.facts.hash,
            preprocessing=self.preprocessing,
            split=self._fragment(it.split),
            split_index=repeat[0],
            validation=it.validation,
            start=repeat[1],
            seed_size=seed_size,
            seed_set=self._fragment(seed_set.component),
            batch_size=batch_size,
            task_model=self._fragment(model.task.component),
            query_model=self._fragment(model.query.component),
            strategy=self._fragment(strategy.component),
            arm=arm,
            oracle=self._fragment(oracle.component),
            random_state=it.random_state,
            budget=budget if strategy.component.looks_at_budget else None,
            ties=it.ties,
        )
        return PlannedTrial(
            self.facts.label,
            model,
            strategy,
            seed_set,
            oracle,
            identity,
            self._coverage(budget),
            self.pool_of(repeat[0]),
            self.facts.classes,
        )

    def _coverage(self, budget: int) -> Coverage:
        """Return what is asked for, the same object for the same budget."""
        if budget not in self._coverages:
            it = self.experiment
            self._coverages[budget] = Coverage(
                labels=budget,
                metrics=frozenset(entry.component.name for entry in it.metrics),
                signals=frozenset(entry.component.name for entry in it.signals),
                audit=it.execution.audit,
            )
        return self._coverages[budget]

    @cached_property
    def _budgets(self) -> dict[tuple[int, int, int], int]:
        return {}

    def _budget(self, seed_size: int, batch_size: int, n_pool: int) -> int:
        """Return the labels at the last whole round, worked out once for the same sizes."""
        key = (seed_size, batch_size, n_pool)
        if key not in self._budgets:
            self._budgets[key] = self.sizes.last_round(
                self.experiment.budgets, seed_size=seed_size, batch_size=batch_size, n_pool=n_pool
            )
        return self._budgets[key]

    def references(self) -> list[PlannedReference]:
        it = self.experiment
        imperfect = [entry for entry in it.oracles if entry.component.name != PERFECT]
        return [
            self._reference(model, split, oracle)
            for model in it.models
            for split in range(it.repeats.splits)
            for oracle in (None, *imperfect)
        ]

    def _reference(self, model: ModelEntry, split: int, oracle: Entry[Oracle] | None) -> PlannedReference:
        it = self.experiment
        identity = ReferenceIdentity(
            dataset=self.facts.hash,
            preprocessing=self.preprocessing,
            split=self._fragment(it.split),
            split_index=split,
            validation=it.validation,
            task_model=self._fragment(model.task.component),
            oracle=self._fragment(oracle.component) if oracle else None,
            random_state=it.random_state,
        )
        return PlannedReference(
            self.facts.label, model, oracle, identity, self.pool_of(split), self.facts.classes
        )


def _see_classes(experiment: Experiment, facts: Mapping[str, DatasetFacts]) -> None:
    there = {name for one in facts.values() for name in one.classes}
    for oracle in experiment.oracles:
        for name in oracle.component.speaks_of():
            if name not in there:
                raise SpecError(f"oracle '{oracle.label}': no dataset has a class '{name}'")
    for dataset, strategy in product(experiment.datasets, experiment.strategies):
        if wrong := strategy.component.misfit(facts[dataset.label].n_classes):
            raise SpecError(f"strategy '{strategy.label}' on dataset '{dataset.label}': {wrong}")


def _see_distinct(trials: list[PlannedTrial]) -> None:
    seen: dict[str, PlannedTrial] = {}
    for trial in trials:
        other = seen.setdefault(trial.identity.key, trial)
        if other is not trial:
            mine, theirs = trial.labels(), other.labels()
            differ = [name for name in mine if mine[name] != theirs[name]]
            told = ", ".join(f"{name} '{theirs[name]}' and '{mine[name]}'" for name in differ)
            raise SpecError(f"two cells of the grid are one trial: {told}")
