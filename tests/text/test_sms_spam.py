"""A real text dataset: only where a folder of data sets is named by ``ALBENCH_DATA``."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from albench.api import run
from albench.spec.read import load_experiment_text

FILE = Path(os.environ.get("ALBENCH_DATA", "."), "text", "sms-spam.parquet")


@pytest.mark.skipif(not FILE.is_file(), reason="ALBENCH_DATA names no folder with text/sms-spam.parquet")
def test_sms_spam_by_tf_idf(tmp_path):
    spec = {
        "datasets": [{"parquet": {"path": str(FILE), "target": "label", "text": ["text"]}}],
        "models": "logistic_regression",
        "strategies": "margin",
        "seed_sizes": 10,
        "batch_sizes": 10,
        "budgets": 210,
        "repeats": 5,
        "execution": {"n_jobs": 2},
    }
    results = run(load_experiment_text(spec, folder=tmp_path), results=tmp_path)
    assert results.trials["status"].unique().to_list() == ["done"]
    assert results.trials["n_features"].min() > 5_000
    last = results.curves.join(results.trials.select("key", "strategy"), on="key")
    last = last.filter(pl.col("n_labels") == 210).group_by("strategy").agg(pl.col("balanced_accuracy").mean())
    scores = dict(last.iter_rows())
    assert scores["margin"] > scores["random"] + 0.1
