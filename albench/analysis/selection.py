"""Slices: one value of every axis but datasets and strategies, with one metric and one budget."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from albench.analysis.evidence import Failure, Slice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from albench.contracts import Metric
    from albench.spec.experiment import Entry, Experiment, ModelEntry, Size


@dataclass(frozen=True)
class TrialGroup:
    """One value of every axis that a trial has, but dataset and strategy."""

    model: ModelEntry
    seed_size: Size
    seed_set: str
    batch_size: int
    oracle: str


def iterate_groups(experiment: Experiment) -> Iterator[TrialGroup]:
    """Yield the groups of an experiment; the first has the first value of each axis."""
    for model, seed_size, seed_set, batch_size, oracle in product(
        experiment.models,
        experiment.seed_sizes,
        experiment.seed_sets,
        experiment.batch_sizes,
        experiment.oracles,
    ):
        yield TrialGroup(model, seed_size, seed_set.label, batch_size, oracle.label)


def build_slice(group: TrialGroup, budget: Size, metric: Entry[Metric]) -> Slice:
    """Return the name of a slice."""
    return Slice(
        model=group.model.task.label,
        query_model=group.model.query.label,
        seed_size=str(group.seed_size),
        seed_set=group.seed_set,
        batch_size=group.batch_size,
        oracle=group.oracle,
        budget=str(budget),
        metric=metric.label,
    )


def find_primary_slice(experiment: Experiment, pools: Sequence[tuple[int, int]]) -> Slice:
    """Return the slice that verdicts are made in: first of each axis, largest budget, the primary metric.

    Parameters
    ----------
    experiment : Experiment
    pools : sequence of (int, int)
        Rows and classes of the pools at hand; of budgets that buy the same there, the last is the largest.
    """
    metric = next(found for found in experiment.metrics if found.label == experiment.primary_metric)
    largest = max(
        reversed(experiment.budgets), key=lambda size: sum(size.count_labels(*pool) for pool in pools)
    )
    return build_slice(next(iterate_groups(experiment)), largest, metric)


def find_random_label(experiment: Experiment) -> str:
    """Return the label of random sampling."""
    return next(entry.label for entry in experiment.strategies if type(entry.component).name == "random")


def count_arms(experiment: Experiment) -> Mapping[str, int]:
    """Return how many arms each strategy has."""
    return {
        entry.label: experiment.baseline.arms if entry.component.arms else 1
        for entry in experiment.strategies
    }


def select_trials(trials: pl.DataFrame, group: TrialGroup, *, only_seed_size: bool) -> pl.DataFrame:
    """Return the trials of a group.

    A trial that failed before its pool was known belongs to the group if its seed size can be that of the
    group: ``only_seed_size`` says that there is no other.
    """
    import polars as pl

    same = trials.filter(
        pl.col("model") == group.model.task.label,
        pl.col("query_model") == group.model.query.label,
        pl.col("seed_set") == group.seed_set,
        pl.col("batch_size") == group.batch_size,
        pl.col("oracle") == group.oracle,
    )
    facts = same.select("n_pool", "n_classes").drop_nulls().unique()
    labels = [group.seed_size.count_labels(*row) for row in facts.iter_rows()]
    wanted = facts.with_columns(pl.Series("wanted", labels, dtype=pl.Int64))
    known = pl.col("seed_size") == pl.col("wanted")
    if only_seed_size:
        unknown = pl.lit(True)
    elif group.seed_size.kind == "count":
        unknown = pl.col("seed_size") == int(group.seed_size.value)
    else:
        unknown = pl.lit(False)
    matched = same.join(wanted, on=["n_pool", "n_classes"], how="left")
    return matched.filter(pl.when(pl.col("wanted").is_null()).then(unknown).otherwise(known)).drop("wanted")


def count_missing(experiment: Experiment, trials: pl.DataFrame) -> int:
    """Return how many trials the experiment asks for and the table does not hold."""
    arms = count_arms(experiment)
    repeats = set(product(range(experiment.repeats.splits), range(experiment.repeats.starts)))
    asked = {
        (entry.label, strategy, arm, *repeat)
        for entry in experiment.datasets
        for strategy, n_arms in arms.items()
        for arm in range(n_arms)
        for repeat in repeats
    }
    columns = ("dataset", "strategy", "arm", "split", "start")
    only = len(experiment.seed_sizes) == 1
    held = [
        set(select_trials(trials, group, only_seed_size=only).select(columns).iter_rows())
        for group in iterate_groups(experiment)
    ]
    return sum(len(asked - found) for found in held)


def list_failures(trials: pl.DataFrame) -> tuple[Failure, ...]:
    """Return the trials that are not done."""
    import polars as pl

    names = ("key", "dataset", "model", "strategy", "split", "start", "status", "reason")
    lost = trials.filter(pl.col("status") != "done").select(names)
    ordered = lost.with_columns(pl.col("reason").fill_null("")).sort(*names[1:6], "key")
    return tuple(Failure(**row) for row in ordered.iter_rows(named=True))
