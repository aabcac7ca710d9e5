"""Rows that stand in the pool more than once: stored picks are found again among their copies."""

from __future__ import annotations

import polars as pl
import pytest

POOL = {
    "datasets": [{"iris": {"pool": {"duplicates": 0.5}}}],
    "strategies": ["margin", "k_center"],
    "seed_sizes": 10,
    "batch_sizes": 5,
    "budgets": 40,
    "repeats": 4,
    "models": ["logistic_regression"],
}
KNN = {"task": "knn", "query": "logistic_regression"}


def bought(results):
    return results.queries.group_by("key", "row").len().filter(pl.col("len") > 1)


@pytest.fixture
def of_knn(tables):
    def trials_of_knn(results):
        keys = results.trials.filter(model="knn")["key"].implode()
        return {
            name: frame.filter(pl.col("key").is_in(keys))
            for name, frame in tables(results).items()
            if name != "references"
        }

    return trials_of_knn


def test_picks_of_another_model_are_scored_as_if_they_had_been_queried(run, of_knn, assert_same):
    own = run(**POOL | {"models": [KNN]}, where="own")
    lent = run(**POOL | {"models": ["logistic_regression", KNN]}, where="lent")
    assert bought(own).height > 10
    assert_same(of_knn(lent), of_knn(own))


def test_a_metric_that_is_added_is_scored_on_the_same_rows(run, tables, assert_same):
    metrics = ["accuracy", "roc_auc"]
    run(**POOL, metrics=["accuracy"])
    widened = run(**POOL, metrics=metrics)
    at_once = run(**POOL, metrics=metrics, where="at_once")
    assert not widened.failures.height
    assert widened.trials["reason"].null_count() == widened.trials.height
    assert_same(tables(widened), tables(at_once))
