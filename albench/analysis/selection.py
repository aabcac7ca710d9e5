"""Which slices an experiment has, and which trials belong to each."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from itertools import product
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from albench.analysis.evidence.cells import Slice
from albench.tables import GROWTH, SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.analysis.details.pick_similarity import PickArrays
    from albench.analysis.details.traits import PoolFacts
    from albench.analysis.evidence.conclusions import Failure
    from albench.analysis.needed_repeats import CellRepeats
    from albench.analysis.stats.area import Variant
    from albench.analysis.streams.evidence.conclusions import StreamFailure
    from albench.batches import BatchSize
    from albench.contracts import Metric
    from albench.spec.experiment import Experiment, ModelEntry, Size

F = TypeVar("F", "Failure", "StreamFailure")


@dataclass(frozen=True)
class TrialGroup:
    """One value of every axis that a trial has, but dataset and strategy."""

    model: ModelEntry
    seed_size: Size
    seed_set: str
    batch_size: BatchSize
    oracle: str
    preprocessing: str
    has_only_seed_size: bool
    """Whether the experiment has no other."""

    def name_slice(self, budget: str, metric: str) -> Slice:
        """Return the name of a slice of this group."""
        return Slice(**self.labels, budget=budget, metric=metric)

    @property
    def labels(self) -> dict[str, Any]:
        """What tables call each value, in the order of the table of repeats."""
        return {
            "model": self.model.task.label,
            "query_model": self.model.query.label,
            "seed_size": str(self.seed_size),
            "seed_set": self.seed_set,
            "batch_size": self.batch_size,
            "oracle": self.oracle,
            "preprocessing": self.preprocessing,
        }

    def matches(self, name: object) -> bool:
        """Say whether something is a slice of this group."""
        return isinstance(name, Slice) and self.name_slice(name.budget, name.metric) == name


@dataclass(frozen=True)
class SliceSettings:
    """What the analysis of a slice needs beside its numbers.

    Attributes
    ----------
    strategies : tuple of str
        In the order of the experiment, random among them.
    facts : mapping
        Dataset -> what its trials say of it.
    classes : mapping
        Dataset -> names of its classes, in the order of their codes.
    """

    slice: Slice
    primary: bool
    metric: type[Metric]
    strategies: tuple[str, ...]
    random: str
    label_looking: frozenset[str]
    second: str | None
    n_repeats: int
    variant: Variant
    facts: Mapping[str, PoolFacts]
    picks: PickArrays | None = None
    classes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def without(self, strategies: frozenset[str]) -> SliceSettings:
        """Return the settings of a slice in which some strategies are not run; random is part of each."""
        names = tuple(name for name in self.strategies if name == self.random or name not in strategies)
        return replace(self, strategies=names, second=None if self.second in strategies else self.second)

    @property
    def sign(self) -> int:
        """-1 if lower is better."""
        return 1 if self.metric.greater_is_better else -1

    @property
    def rankable(self) -> tuple[str, ...]:
        """Strategies that do not see hidden labels."""
        return tuple(name for name in self.strategies if name not in self.label_looking)


def iterate_groups(experiment: Experiment) -> Iterator[TrialGroup]:
    """Yield the groups of an experiment; the first has the first value of each axis."""
    only = len(experiment.seed_sizes) == 1
    for model, preprocessing, seed_size, seed_set, batch_size, oracle in product(
        experiment.models,
        experiment.preprocessing_labels,
        experiment.seed_sizes,
        experiment.seed_sets,
        experiment.batch_sizes,
        experiment.oracles,
    ):
        yield TrialGroup(model, seed_size, seed_set.label, batch_size, oracle.label, preprocessing, only)


def find_primary_slice(experiment: Experiment, pools: Sequence[tuple[int, int]]) -> Slice:
    """Return the slice that verdicts are made in: first of each axis, largest budget, the primary metric.

    Parameters
    ----------
    pools : sequence of (int, int)
        Rows and classes of the pools at hand; of budgets that allow the same there, the last is the largest.
    """

    def measure(budget: Size) -> float:
        return budget.value if budget.kind == "money" else sum(budget.count_labels(*pool) for pool in pools)

    # Of equal ones max takes the first, which is the last one of the experiment.
    largest = max(reversed(experiment.budgets), key=measure)
    return next(iterate_groups(experiment)).name_slice(str(largest), experiment.primary_metric)


def find_budget(experiment: Experiment, of: Slice) -> Size:
    """Return the budget of a slice."""
    return next(budget for budget in experiment.budgets if str(budget) == of.budget)


def find_random_label(experiment: Experiment) -> str:
    """Return the label of random sampling."""
    return next(entry.label for entry in experiment.strategies if type(entry.component).name == "random")


def count_arms(experiment: Experiment) -> Mapping[str, int]:
    """Return how many arms each strategy has."""
    return {
        entry.label: experiment.baseline.arms if entry.component.arms else 1
        for entry in experiment.strategies
    }


def select_trials(trials: pl.DataFrame, group: TrialGroup) -> pl.DataFrame:
    """Return the trials of a group.

    A trial that failed before its pool was known belongs to the group if its seed size can be that of the
    group.
    """
    same = trials.filter(
        pl.col("model") == group.model.task.label,
        pl.col("query_model") == group.model.query.label,
        pl.col("seed_set") == group.seed_set,
        pl.col("batch_size") == int(group.batch_size),
        *([pl.col(GROWTH.name) == group.batch_size.growth] if GROWTH.name in trials.columns else []),
        pl.col("oracle") == group.oracle,
        *([pl.col("preprocessing") == group.preprocessing] if group.preprocessing else []),
    )
    facts = same.select("n_pool", "n_classes").drop_nulls().unique()
    labels = [group.seed_size.count_labels(*row) for row in facts.iter_rows()]
    wanted = facts.with_columns(pl.Series("wanted", labels, dtype=pl.Int64))
    has_seed_size = pl.col("seed_size") == pl.col("wanted")
    if group.has_only_seed_size:
        unknown = pl.lit(True)
    elif group.seed_size.kind == "count":
        unknown = pl.col("seed_size") == int(group.seed_size.value)
    else:
        unknown = pl.lit(False)
    matched = same.join(wanted, on=["n_pool", "n_classes"], how="left")
    belongs = pl.when(pl.col("wanted").is_null()).then(unknown).otherwise(has_seed_size)
    return matched.filter(belongs).drop("wanted")


def count_missing(experiment: Experiment, trials: pl.DataFrame, needed: Sequence[CellRepeats] = ()) -> int:
    """Return how many trials the experiment asks for and the table does not hold.

    Parameters
    ----------
    needed : sequence of CellRepeats
        How many repeats cells need, where they go on until they are decided.
    """
    arms, starts = count_arms(experiment), range(experiment.repeats.starts)
    columns = ("dataset", "strategy", "arm", "split", "start")
    n_missing = 0
    for group in iterate_groups(experiment):
        rows = select_trials(trials, group).select(columns)
        cells = {(c.dataset, c.strategy): c.n_splits for c in needed if c.group == group}
        if not needed:
            names = product((entry.label for entry in experiment.datasets), arms)
            cells = dict.fromkeys(names, experiment.repeats.splits)
        planned = {
            (dataset, strategy, arm, split, start)
            for (dataset, strategy), n_splits in cells.items()
            for arm, split, start in product(range(arms[strategy]), range(n_splits), starts)
        }
        n_missing += len(planned - set(rows.iter_rows()))
    return n_missing


def find_left_out(experiment: Experiment, trials: pl.DataFrame) -> frozenset[str]:
    """Return the strategies that are skipped on every dataset of a group."""
    counts = trials.filter(pl.col("status") == SKIPPED).group_by("strategy").agg(pl.col("dataset").n_unique())
    return frozenset(name for name, n in counts.iter_rows() if n == len(experiment.datasets))


def count_skipped(trials: pl.DataFrame) -> dict[str, int]:
    """Count the trials that are not run for each reason, the most frequent first."""
    reasons = trials.filter(pl.col("status") == SKIPPED)["reason"].fill_null("no reason recorded")
    return dict(reasons.value_counts(sort=True).sort("count", "reason", descending=[True, False]).iter_rows())


def list_failures(trials: pl.DataFrame, kind: type[F]) -> tuple[F, ...]:
    """Return the trials that were run and are not done, by their place in the grid."""
    names = [field.name for field in fields(kind)]
    failed = trials.filter(~pl.col("status").is_in(["done", SKIPPED])).select(names)
    place = [name for name in names if name not in ("key", "status", "reason")]
    ordered = failed.with_columns(pl.col("reason").fill_null("")).sort(*place, "key")
    return tuple(kind(**row) for row in ordered.iter_rows(named=True))
