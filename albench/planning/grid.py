"""The grid of an experiment, expanded to trials and references. Pure: nothing is read, run or written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from albench.coverage import Coverage
from albench.errors import SpecError
from albench.identity import Fragment, ReferenceIdentity, SharedFragment, TrialIdentity
from albench.planning.fragments import Fragments
from albench.planning.label_counts import LabelCounts
from albench.planning.misfits import (
    check_datasets,
    list_missing_answers,
    list_wrong_columns,
    list_wrong_oracles,
    part_skipped,
)
from albench.planning.plan import Plan, PlannedReference, PlannedTrial
from albench.planning.prices import DatasetPrices, check_money, describe_prices, find_money, sees_prices
from albench.planning.rules import list_observations
from albench.planning.scores import define_scores
from albench.splits.division import compute_division_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.batches import BatchSize
    from albench.contracts import Oracle, SeedSet, Strategy
    from albench.datasets.facts import DatasetFacts
    from albench.spec.experiment import Entry, Experiment, ModelEntry

PERFECT_ORACLE = "perfect"


def make_plan(experiment: Experiment, facts: Mapping[str, DatasetFacts]) -> Plan:
    """Expand the grid."""
    check_datasets(experiment, facts)
    if find_money(experiment) is not None:
        check_money(experiment)
    without_columns = list_wrong_columns(experiment, facts)
    trials: list[PlannedTrial] = []
    references: list[PlannedReference] = []
    for entry, label in product(experiment.datasets, experiment.preprocessing_labels):
        preprocessing = SharedFragment(experiment.get_preprocessing(entry.label, label).fragment())
        grid = _DatasetGrid(experiment, facts[entry.label], preprocessing, label)
        trials += grid.plan_trials()
        if (label, entry.label) not in without_columns:
            references += grid.plan_references()
    check_distinct(trials)
    run, skipped = part_skipped(trials, experiment, facts)
    return Plan(experiment, facts, run, tuple({r.identity.key: r for r in references}.values()), skipped)


@dataclass(frozen=True)
class _DatasetGrid:
    """The part of the grid that lies on one dataset, under one preprocessing."""

    experiment: Experiment
    facts: DatasetFacts
    preprocessing: SharedFragment
    preprocessing_label: str
    # A grid of a hundred thousand trials has few different ones: each is made once.
    _coverages: dict[int, Coverage] = field(default_factory=dict)
    _budgets: dict[tuple[int, int, int], int] = field(default_factory=dict)

    @cached_property
    def _fragments(self) -> Fragments:
        return Fragments(self.facts)

    @cached_property
    def _enforced(self) -> tuple[SharedFragment, ...]:
        rules = [entry.component for entry in self.experiment.stopping]
        return tuple(self._fragments.get(rule) for rule in rules if rule.enforce)

    @cached_property
    def n_pool(self) -> int:
        """Rows of the pool; of the smallest one where splits differ."""
        experiment = self.experiment
        if self.facts.pools:
            return min(self.facts.pools)
        return compute_division_sizes(experiment.split, self.facts.class_counts, experiment.validation)[0]

    @cached_property
    def sizes(self) -> LabelCounts:
        """Seed sizes and budgets as numbers of labels on this dataset."""
        return LabelCounts(self.facts.label, self.n_pool, self.facts.n_classes)

    def get_pool_size(self, split: int) -> int:
        """Return the rows of the pool of one split."""
        return self.facts.pools[split] if self.facts.pools else self.n_pool

    def plan_trials(self) -> list[PlannedTrial]:
        experiment = self.experiment
        self.sizes.check_distinct(experiment.seed_sizes)
        seed_sets = [
            replace(entry, component=entry.component.get_method(self.facts.label))
            for entry in experiment.seed_sets
        ]
        cells = product(
            experiment.models,
            experiment.strategies,
            experiment.seed_sizes,
            seed_sets,
            experiment.batch_sizes,
            experiment.oracles,
            product(range(experiment.repeats.splits), range(experiment.repeats.starts)),
        )
        return [
            self._plan_trial(
                model, strategy, self.sizes.count_labels(size), seed_set, batch, oracle, repeat, arm
            )
            for model, strategy, size, seed_set, batch, oracle, repeat in cells
            for arm in range(experiment.count_arms(strategy))
        ]

    def _plan_trial(
        self,
        model: ModelEntry,
        strategy: Entry[Strategy],
        seed_size: int,
        seed_set: Entry[SeedSet],
        batch_size: BatchSize,
        oracle: Entry[Oracle],
        repeat: tuple[int, int],
        arm: int,
    ) -> PlannedTrial:
        experiment = self.experiment
        budget = self._get_budget(seed_size, batch_size, self.get_pool_size(repeat[0]))
        identity = TrialIdentity(
            dataset=self.facts.hash,
            preprocessing=self.preprocessing,
            split=self._fragments.get(experiment.split),
            split_index=repeat[0],
            validation=experiment.validation,
            start=repeat[1],
            seed_size=seed_size,
            seed_set=self._fragments.get(seed_set.component),
            batch_size=int(batch_size),
            growth=None if batch_size.growth == 1 else batch_size.growth,
            task_model=self._fragments.get(model.task.component),
            query_model=self._fragments.get(model.query.component),
            strategy=self._fragments.get(strategy.component),
            arm=arm,
            oracle=self._fragments.get(oracle.component),
            random_state=experiment.random_state,
            budget=budget if strategy.component.looks_at_budget else None,
            ties=experiment.ties,
            money=self.money,
            repeated_share=experiment.relabel.share or None,
            prices=self._get_prices(strategy.component),
            rules=self._enforced,
        )
        return PlannedTrial(
            self.facts.label,
            model,
            strategy,
            seed_set,
            oracle,
            identity,
            self._get_coverage(budget if self.money is None else 0),
            self.get_pool_size(repeat[0]),
            self.facts.classes,
            preprocessing=self.preprocessing_label,
            n_labels=budget,
        )

    @cached_property
    def money(self) -> float | None:
        """What a trial may spend; None where budgets are labels."""
        return find_money(self.experiment)

    @cached_property
    def prices(self) -> DatasetPrices:
        """What labels cost on this dataset."""
        least = min(entry.component.find_least_price() for entry in self.experiment.oracles)
        return DatasetPrices(self.experiment.costs, self.facts, least)

    def _get_prices(self, strategy: Strategy) -> Fragment | None:
        """Return what of the prices a trial depends on, the same object each time."""
        if self.money is not None:
            return self._all_prices
        return self._visible_prices if sees_prices(strategy) else None

    @cached_property
    def _all_prices(self) -> Fragment | None:
        prices = describe_prices(self.experiment.costs, self.facts, is_visible=False)
        return prices and SharedFragment(prices)

    @cached_property
    def _visible_prices(self) -> Fragment | None:
        prices = describe_prices(self.experiment.costs, self.facts, is_visible=True)
        return prices and SharedFragment(prices)

    def _get_coverage(self, budget: int) -> Coverage:
        """Return what is to be recorded, the same object for the same budget."""
        if budget not in self._coverages:
            experiment = self.experiment
            self._coverages[budget] = Coverage(
                labels=budget,
                metrics=frozenset(entry.component.column for entry in experiment.metrics),
                signals=frozenset(entry.component.name for entry in experiment.signals)
                | list_observations(experiment),
                audit=experiment.execution.audit,
                definitions=define_scores(experiment),
            )
        return self._coverages[budget]

    def _get_budget(self, seed_size: int, batch_size: BatchSize, n_pool: int) -> int:
        """Return the labels at the last whole round, worked out once for the same sizes."""
        key = (seed_size, batch_size, n_pool)
        if key not in self._budgets:
            self._budgets[key] = self._compute_budget(seed_size, batch_size, n_pool)
        return self._budgets[key]

    def _compute_budget(self, seed_size: int, batch_size: BatchSize, n_pool: int) -> int:
        sizes = {"seed_size": seed_size, "batch_size": batch_size, "n_pool": n_pool}
        if self.money is None:
            return self.sizes.compute_last_round(self.experiment.budgets, **sizes)
        self.prices.check_seed_size(min(size.value for size in self.experiment.budgets), seed_size)
        return self.prices.estimate_labels(self.money, **sizes)

    def plan_references(self) -> list[PlannedReference]:
        experiment = self.experiment
        imperfect = [entry for entry in experiment.oracles if entry.component.name != PERFECT_ORACLE]
        wrong = list_wrong_oracles(experiment)
        # A model that weighs rows, and cannot, is fitted nowhere.
        unfit = {
            model.label
            for model in experiment.models
            if model.task.component.weighs_rows()
            and all((oracle.label, model.label) in wrong for oracle in experiment.oracles)
        }
        missing = list_missing_answers(experiment, {self.facts.label: self.facts})
        return [
            self._plan_reference(model, split, oracle)
            for model in experiment.models
            if model.label not in unfit
            for split in range(experiment.repeats.splits)
            for oracle in (None, *imperfect)
            if oracle is None
            or ((oracle.label, model.label) not in wrong and (oracle.label, self.facts.label) not in missing)
        ]

    def _plan_reference(
        self, model: ModelEntry, split: int, oracle: Entry[Oracle] | None
    ) -> PlannedReference:
        experiment = self.experiment
        identity = ReferenceIdentity(
            dataset=self.facts.hash,
            preprocessing=self.preprocessing,
            split=self._fragments.get(experiment.split),
            split_index=split,
            validation=experiment.validation,
            task_model=self._fragments.get(model.task.component),
            oracle=self._fragments.get(oracle.component) if oracle else None,
            random_state=experiment.random_state,
        )
        return PlannedReference(
            self.facts.label,
            model,
            oracle,
            identity,
            self.get_pool_size(split),
            self.facts.classes,
            self.preprocessing_label,
        )


def check_distinct(trials: Sequence[PlannedTrial]) -> None:
    """Check that no two cells are one trial."""
    by_key: dict[str, PlannedTrial] = {}
    for trial in trials:
        other = by_key.setdefault(trial.identity.key, trial)
        if other is not trial:
            old, new = other.to_row(), trial.to_row()
            differences = [
                f"{name} '{old[name]}' and '{new[name]}'" for name in new if new[name] != old[name]
            ]
            raise SpecError(f"two cells of the grid are one trial: {', '.join(differences)}")
