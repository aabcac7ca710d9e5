from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from albench.contracts.preprocessing import STANDARD
from albench.coverage import Coverage
from albench.datasets.hashing import compute_content_hash
from albench.datasets.loading import load_table
from albench.identity import TrialIdentity
from albench.models.names import MODELS
from albench.oracles.perfect import PerfectOracle as Perfect
from albench.prepared.preprocess import preprocess
from albench.registry.lookup import get_builtin, make_recipe
from albench.splits.division import divide
from albench.splits.holdout import Holdout
from albench.trial.records import TrialTask

CHEAP = ("accuracy", "balanced_accuracy", "f1_macro", "log_loss", "brier", "ece")


@dataclass(frozen=True)
class Case:
    task: TrialTask
    arrays: Any

    def with_task(self, **changes: Any) -> Case:
        return replace(self, task=replace(self.task, **changes))


def make_case(
    dataset: str = "iris",
    strategy: Any = "margin",
    model: str = "logistic_regression",
    query: str | None = None,
    *,
    seed_size: int = 20,
    batch_size: int = 10,
    labels: int = 60,
    seed_set: str = "random",
    metrics: tuple[str, ...] = ("accuracy",),
    signals: tuple[str, ...] = (),
    validation: float = 0.0,
    audit: str = "picks",
    table: Any = None,
    split: int = 0,
    start: int = 0,
    arm: int = 0,
) -> Case:
    table = table or load_table(get_builtin("dataset", dataset)(), Path())
    name = compute_content_hash(table)
    division = divide(Holdout(), table, dataset=name, split=split, validation=validation, random_state=0)
    strategy = get_builtin("strategy", strategy)() if isinstance(strategy, str) else strategy
    task_model, query_model = MODELS[model].make_model({}), MODELS[query or model].make_model({})
    seeds = get_builtin("seed_set", seed_set)()
    identity = TrialIdentity(
        dataset=name,
        preprocessing=STANDARD,
        split=Holdout().fragment(),
        split_index=split,
        validation=validation,
        start=start,
        seed_size=seed_size,
        seed_set=seeds.fragment(),
        batch_size=batch_size,
        task_model=task_model.fragment(),
        query_model=query_model.fragment(),
        strategy=strategy.fragment(),
        arm=arm,
        oracle=Perfect().fragment(),
        random_state=0,
    )
    task = TrialTask(
        identity=identity,
        coverage=Coverage(labels, frozenset(metrics), frozenset(signals), audit),
        strategy=make_recipe(strategy),
        seed_set=make_recipe(seeds),
        oracle=make_recipe(Perfect()),
        task_model=task_model,
        query_model=query_model,
        metrics=tuple(make_recipe(get_builtin("metric", name)()) for name in metrics),
        signals=tuple(make_recipe(get_builtin("signal", name)()) for name in signals),
        classes=table.classes,
    )
    return Case(task, preprocess(table, division).arrays)


@pytest.fixture
def case():
    return make_case


@pytest.fixture
def tiny_table():
    """Two classes, one of them with two rows; one numeric column with duplicates."""
    from albench.contracts import Table

    return Table(
        numeric=np.array([[0.0], [0.0], [1.0], [1.0], [2.0], [2.0], [3.0], [3.0], [9.0], [9.0]]),
        categorical=np.empty((10, 0), np.int32),
        numeric_names=("x",),
        categorical_names=(),
        categories=(),
        labels=np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 1]),
        classes=("a", "b"),
    )
