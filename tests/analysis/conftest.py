"""Tables and an experiment, built from learning curves that a test writes down."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from albench import tables
from albench.batches import BatchSize
from albench.contracts import Model
from albench.datasets.bundled import Iris
from albench.metrics.classification import Accuracy, Brier, LogLoss
from albench.metrics.found import Found
from albench.oracles.perfect import PerfectOracle
from albench.seed_sets.random import RandomSeedSet
from albench.spec.experiment import Entry, Experiment, ModelEntry, Size
from albench.spec.repeats import Repeats
from albench.spec.settings import Baseline, Execution
from albench.splits.holdout import Holdout
from albench.strategies.random import Random
from albench.strategies.uncertainty import Margin

METRICS = {
    "accuracy": Accuracy(),
    "log_loss": LogLoss(),
    "brier": Brier(),
    "found_yes": Found(**{"class": "yes"}),
}
LOGISTIC = Entry("logistic_regression", Model(estimator="sklearn.linear_model.LogisticRegression"))


@dataclass
class World:
    """An experiment with its tables.

    ``curves`` maps dataset -> strategy -> array of shape (n_repeats, n_rounds), or (n_arms, n_repeats,
    n_rounds). A row of not-a-number is a failed trial, trailing not-a-numbers an early end, others undefined
    values. Repeats are (split, start) in lexicographic order.
    """

    curves: dict[str, dict[str, Any]]
    splits: int
    starts: int = 1
    metric: str = "accuracy"
    seed_size: int = 10
    batch_size: int = 10
    n_pool: int = 1000
    n_classes: int = 2
    budget: Size | None = None
    reference: dict[str, Any] = field(default_factory=dict)
    second: str | None = None
    looking: tuple[str, ...] = ()
    absent: set[tuple[str, str, int]] = field(default_factory=set)
    query_s: float | None = 0.5

    @property
    def repeats(self) -> list[tuple[int, int]]:
        return [(split, start) for split in range(self.splits) for start in range(self.starts)]

    def cube(self, dataset: str, strategy: str) -> np.ndarray:
        values = np.asarray(self.curves[dataset][strategy], dtype=float)
        return values if values.ndim == 3 else values[np.newaxis]

    @property
    def strategies(self) -> list[str]:
        return list(dict.fromkeys(name for by_strategy in self.curves.values() for name in by_strategy))

    @property
    def experiment(self) -> Experiment:
        n_rounds = max(
            self.cube(d, s).shape[-1] for d, by_strategy in self.curves.items() for s in by_strategy
        )
        last = (self.seed_size or self.batch_size) + (n_rounds - 1) * self.batch_size
        return Experiment(
            name="world",
            title="World",
            path=Path("world.yaml"),
            text="",
            datasets=tuple(Entry(name, Iris()) for name in self.curves),
            models=(ModelEntry("logistic_regression", LOGISTIC, LOGISTIC),),
            strategies=tuple(
                Entry(name, Random() if name == "random" else Truth() if name in self.looking else Margin())
                for name in self.strategies
            ),
            seed_sizes=(Size("count", self.seed_size),),
            seed_sets=(Entry("random", RandomSeedSet()),),
            batch_sizes=(BatchSize(self.batch_size),),
            budgets=(self.budget or Size("count", last),),
            oracles=(Entry("perfect", PerfectOracle()),),
            split=Holdout(),
            repeats=Repeats(splits=self.splits, starts=self.starts),
            metrics=(Entry(self.metric, METRICS[self.metric]),),
            signals=(),
            primary_metric=self.metric,
            baseline=Baseline(arms=self.arms, second=self.second),
            validation=0.0,
            random_state=0,
            execution=Execution(),
        )

    @property
    def arms(self) -> int:
        return max(self.cube(name, "random").shape[0] for name in self.curves)

    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        trials, curves = [], []
        for dataset, by_strategy in self.curves.items():
            for strategy in by_strategy:
                for arm, of_arm in enumerate(self.cube(dataset, strategy)):
                    for repeat, values in zip(self.repeats, of_arm, strict=True):
                        if (dataset, strategy, self.repeats.index(repeat)) in self.absent:
                            continue
                        trial, rounds = self._trial(dataset, strategy, arm, repeat, values)
                        trials.append(trial)
                        curves += rounds
        return (
            pl.DataFrame(trials, schema=tables.build_schema("trials")),
            pl.DataFrame(curves, schema=tables.build_schema("curves", [self.metric])),
            pl.DataFrame(list(self._references()), schema=tables.build_schema("references", [self.metric])),
        )

    def _trial(self, dataset, strategy, arm, repeat, values):
        key = f"{dataset}/{strategy}/{arm}/{repeat[0]}/{repeat[1]}"
        known = np.flatnonzero(np.isfinite(values))
        n = known[-1] + 1 if known.size else 0
        first = self.seed_size or self.batch_size
        n_labels = [min(first + i * self.batch_size, self.n_pool) for i in range(n)]
        trial = dict.fromkeys(tables.build_schema("trials"))
        trial |= {"key": key, "dataset": dataset, "strategy": strategy, "arm": arm}
        trial |= {"model": "logistic_regression", "query_model": "logistic_regression"}
        trial |= {"seed_size": self.seed_size, "seed_set": "random", "batch_size": self.batch_size}
        trial |= {"oracle": "perfect", "split": repeat[0], "start": repeat[1], "n_pool": self.n_pool}
        trial |= {"n_classes": self.n_classes, "rounds": n, "status": "done" if n else "failed"}
        trial |= {"reason": None if n else "it broke", "n_labels": n_labels[-1] if n else None}
        trial |= {"fit_s": 1.0 if n else None, "query_s": self.query_s if n else None}
        rows = [{"key": key, "round": 0, "n_labels": 0}] if n and not self.seed_size else []
        rows += [
            {"key": key, "round": i + bool(rows), "n_labels": labels, self.metric: _number(value)}
            for i, (labels, value) in enumerate(zip(n_labels, values, strict=False))
        ]
        return trial, rows

    def _references(self):
        for dataset, levels in self.reference.items():
            for split, level in enumerate(np.broadcast_to(levels, self.splits)):
                if np.isfinite(level):
                    yield {
                        "key": f"{dataset}/{split}",
                        "dataset": dataset,
                        "model": "logistic_regression",
                        "split": split,
                        "labels": "true",
                        "status": "done",
                        self.metric: float(level),
                    }

    def conclude(self, **settings):
        from albench.analysis.conclude import conclude

        return conclude(self.experiment, *self.tables(), **settings)

    def answer(self):
        from albench.narrative import write_answer

        return write_answer(self.conclude())

    def remarks(self):
        from albench.narrative import write_remarks

        return write_remarks(self.conclude()).sentences

    def but(self, **changes) -> World:
        return replace(self, **changes)


class Truth(Margin):
    """A strategy that sees hidden labels."""

    def required(self):
        from albench.contracts import Need

        return frozenset({Need.TRUTH})


def _number(value):
    return None if np.isnan(value) else float(value)


@pytest.fixture
def world():
    return World


@pytest.fixture
def noisy():
    """Curves of exponential approach to 0.95 with noise, different for every dataset and repeat."""

    def draw(rates, *, datasets=("a", "b", "c"), repeats=10, rounds=10, arms=2, noise=0.01, seed=0):
        rng = np.random.default_rng(seed)
        x = np.arange(rounds)
        curves = {}
        for dataset in datasets:
            seeds = 0.5 + 0.02 * rng.standard_normal((repeats, 1))
            curves[dataset] = {}
            for strategy, rate in rates.items():
                shape = (arms if strategy == "random" else 1, repeats, rounds)
                steps = noise * rng.standard_normal(shape) * (x > 0)
                curves[dataset][strategy] = 0.95 - (0.95 - seeds) * np.exp(-rate * x) + steps
        return curves

    return draw
