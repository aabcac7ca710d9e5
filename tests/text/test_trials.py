"""Trials on texts: sparse to the model, whatever the strategy, and blind to the test part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.sparse import issparse

from albench.api import plan_experiment, run
from albench.planning.decisions import Decision
from albench.prepared.split_arrays import SplitArrays
from albench.registry.lookup import make_recipe
from albench.runner.tasks import build_trial_task
from albench.runner.worker import PrepareJob, write_split
from albench.spec.read import load_experiment_text
from albench.store.folder import ResultsFolder
from albench.trial.execute import run_trial

WORDS = np.array(["cash", "win", "prize", "now", "home", "meet", "you", "zoo", "tea"])
SPEC = {
    "datasets": [{"parquet": {"path": "texts.parquet", "target": "y", "text": ["words"]}}],
    "models": "logistic_regression",
    "strategies": ["margin", "entropy", "qbc", "k_center"],
    "seed_sizes": 6,
    "batch_sizes": 6,
    "budgets": 30,
    "repeats": 1,
    "execution": {"backend": "inline"},
}


@pytest.fixture
def spec(tmp_path):
    rng = np.random.default_rng(0)
    spam = rng.integers(0, 2, 120).astype(bool)
    texts = [" ".join(rng.choice(WORDS[:6] if each else WORDS[3:], 7)) for each in spam]
    length = [len(text) for text in texts]
    table = {"words": texts, "length": length, "y": np.where(spam, "spam", "ham")}
    pl.DataFrame(table).write_parquet(tmp_path / "texts.parquet")

    def read(**more):
        return load_experiment_text({**SPEC, **more}, folder=tmp_path)

    return read


def test_every_strategy_works_on_sparse_features(spec, tmp_path):
    results = run(spec(), results=tmp_path)
    assert not results.problems
    assert results.trials["n_features"].unique().to_list() == [10]
    assert results.curves.filter(pl.col("n_labels") == 30)["accuracy"].min() > 0.8


def prepared(table, planned, tmp_path, name):
    experiment, trial = planned.experiment, planned.trials[0]
    job = PrepareJob(
        table=table,
        dataset=trial.identity.dataset,
        split=make_recipe(experiment.split),
        split_index=0,
        validation=experiment.validation,
        random_state=experiment.random_state,
        target=str(tmp_path / name),
        preprocessing=experiment.get_preprocessing(trial.dataset),
    )
    return SplitArrays.load(tmp_path / name) if write_split(job) else None


HOW = {
    "standard": "standard",
    "reduced": {"then": {"sklearn.decomposition.TruncatedSVD": {"n_components": 3}}},
    "robust": {"numeric": "sklearn.preprocessing.RobustScaler"},
}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("strategy", ["margin", "k_center"])
def test_test_rows_change_neither_scaling_nor_words_nor_picks(spec, tmp_path, how, strategy):
    planned, tables = plan_experiment(spec(strategies=strategy, preprocessing=HOW[how]))
    (table,) = tables.values()
    before = prepared(table, planned, tmp_path, "before")
    outside = np.setdiff1d(np.arange(table.n_rows), before.pool_rows)
    texts = tuple("zebra cash" if row in outside else text for row, text in enumerate(table.text[0]))
    numeric = table.numeric.copy()
    numeric[outside] = 1e6
    after = prepared(replace(table, text=(texts,), numeric=numeric), planned, tmp_path, "after")
    dense = [
        each.toarray() if issparse(each) else each for each in (before.pool_features, after.pool_features)
    ]
    np.testing.assert_array_equal(*dense)
    assert (before.test_features != after.test_features).sum() > 0
    trial = next(trial for trial in planned.trials if trial.strategy.label == strategy)
    task = build_trial_task(
        Decision(trial, "run", trial.coverage), planned.experiment, ResultsFolder(tmp_path)
    )
    first, two = (run_trial(task, arrays) for arrays in (before, after))
    assert first.status == two.status == "done", first.notes
    np.testing.assert_array_equal(first.queries["row"], two.queries["row"])
    np.testing.assert_array_equal(first.queries["utility"], two.queries["utility"])
