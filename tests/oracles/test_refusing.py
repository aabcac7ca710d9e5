"""Rows that the oracle refuses: paid for, gone, and never learnt from."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression

import albench
from albench.errors import SpecError
from albench.registry.lookup import get_builtin

SPEC = """
datasets: [{{imbalanced_blobs: {{n_rows: 300, weights: [4, 3, 3], pool: {{irrelevant: [{irrelevant}]}}}}}}]
models: [logistic_regression]
strategies: [margin]
seed_sizes: {seed}
seed_sets: [random]
batch_sizes: 10
budgets: 60
repeats: {repeats}
oracles: [{oracle}]
"""


def experiment(folder, **filled):
    path = folder / "refused.yaml"
    settings = {"irrelevant": "'2'", "seed": 10, "repeats": 2, "oracle": "refusing"} | filled
    path.write_text(SPEC.format(**settings), encoding="utf-8")
    return path


def test_refused_rows_have_no_label():
    given = get_builtin("oracle", "refusing")(classes=("b", "not here")).answers(
        np.array([2, 0, 1, 1]), ("a", "b", "c"), rng=np.random.default_rng(0)
    )
    assert_array_equal(given, [2, 0, -1, -1])


def test_a_refused_row_costs_a_label_and_is_not_learnt_from(tmp_path):
    results = albench.run(experiment(tmp_path), results=tmp_path / "results", n_jobs=1)
    queries = results.queries
    irrelevant = pl.col("label_true") == 2
    assert queries.filter(irrelevant)["label_given"].unique().to_list() == [-1]
    others = queries.filter(~irrelevant)
    assert_array_equal(others["label_given"], others["label_true"])
    assert queries.group_by("key").len()["len"].unique().to_list() == [60]
    assert queries.select(pl.struct("key", "row").n_unique()).item() == queries.height
    assert results.curves.group_by("key").agg(pl.col("n_labels").max())["n_labels"].unique().to_list() == [60]


def test_a_seed_set_that_is_refused_leaves_a_model_that_knows_nothing(tmp_path):
    results = albench.run(experiment(tmp_path, seed=1, repeats=8), results=tmp_path / "results", n_jobs=1)
    first = results.queries.filter(pl.col("round") == 0).join(
        results.curves.filter(pl.col("round") == 0), on="key", how="inner"
    )
    assert first.height == results.trials.height
    refused = first.filter(pl.col("label_given") == -1)
    assert refused.height
    # Uniform over three classes, one of which the test part does not have.
    assert refused["log_loss"].to_list() == pytest.approx([np.log(3)] * refused.height)


def test_accuracy_is_that_of_a_model_on_the_answered_rows(tmp_path):
    path = experiment(tmp_path)
    results = albench.run(path, results=tmp_path / "results", n_jobs=1)
    from albench.datasets.facts import compute_dataset_hash
    from albench.datasets.loading import load_table
    from albench.splits.division import divide

    loaded = albench.load_experiment(path)
    table = load_table(loaded.datasets[0].component, tmp_path)
    division = divide(
        loaded.split, table, dataset=compute_dataset_hash(table), split=0, validation=0, random_state=0
    )
    X = table.numeric
    scaled = (X - X[division.pool].mean(axis=0)) / X[division.pool].std(axis=0)
    trial = results.trials.filter(pl.col("strategy") == "margin", pl.col("split") == 0)["key"].item()
    bought = (
        results.queries.filter(pl.col("key") == trial, pl.col("label_given") >= 0)["row"].sort().to_numpy()
    )
    model = LogisticRegression(max_iter=1000).fit(scaled[bought], table.labels[bought])
    mine = results.curves.filter(pl.col("key") == trial).sort("round")["accuracy"][-1]
    assert mine == model.score(scaled[division.test], table.labels[division.test])


def test_a_class_that_no_dataset_has_is_told_before_anything_runs(tmp_path):
    with pytest.raises(SpecError, match="no dataset has a class 'spam'"):
        albench.plan(experiment(tmp_path, oracle="{refusing: [spam]}"))
