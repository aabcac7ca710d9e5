"""Slices: one value of every axis but datasets and strategies, with one metric and one budget."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from albench.analysis.evidence import Slice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.contracts import Metric
    from albench.spec.experiment import Entry, Experiment, ModelEntry, Size


@dataclass(frozen=True)
class Group:
    """One value of every axis that a trial has, but dataset and strategy."""

    model: ModelEntry
    seed_size: Size
    seed_set: str
    batch_size: int
    oracle: str


def groups(experiment: Experiment) -> Iterator[Group]:
    """Yield the groups of an experiment; the first has the first value of each axis."""
    for model, seed_size, seed_set, batch_size, oracle in product(
        experiment.models,
        experiment.seed_sizes,
        experiment.seed_sets,
        experiment.batch_sizes,
        experiment.oracles,
    ):
        yield Group(model, seed_size, seed_set.label, batch_size, oracle.label)


def slice_of(group: Group, budget: Size, metric: Entry[Metric]) -> Slice:
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


def primary_slice(experiment: Experiment, pools: Sequence[tuple[int, int]]) -> Slice:
    """Return the slice that verdicts are made in: first of each axis, largest budget, the primary metric.

    Parameters
    ----------
    experiment : Experiment
    pools : sequence of (int, int)
        Rows and classes of the pools at hand; of budgets that buy the same there, the last is the largest.
    """
    metric = next(found for found in experiment.metrics if found.label == experiment.primary_metric)
    largest = max(reversed(experiment.budgets), key=lambda size: sum(size.labels(*pool) for pool in pools))
    return slice_of(next(groups(experiment)), largest, metric)
