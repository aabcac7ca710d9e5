"""The first sentence of a page on rare rows says how many were found."""

from __future__ import annotations

import polars as pl

import albench

SPEC = """
datasets: [{imbalanced_blobs: {n_rows: 240, weights: [9, 1]}}]
models: [gaussian_nb]
strategies: [random, {relevance: {class: "1"}}]
metrics: [{found: {class: "1"}}]
primary_metric: METRIC
seed_sets: per_class
seed_sizes: 6
batch_sizes: 6
budgets: 36
repeats: 3
execution: {n_jobs: 1, backend: inline}
"""


def test_found_rows_come_first_with_labels_and_random(tmp_path):
    results = albench.run(SPEC.replace("METRIC", "found_1"), results=tmp_path)
    last = results.curves.join(results.trials, on="key").filter(pl.col("n_labels") == 36)
    shares = dict(last.group_by("strategy").agg(pl.col("found_1").mean()).iter_rows())
    own, random = (f"{100 * shares[name]:.0f} %" for name in ("relevance", "random"))
    assert results.answer[0] == (
        f"With 36 labels relevance has found {own} of the pool's rows of class 1, random {random}."
    )


def test_other_metrics_ask_another_question(tmp_path):
    results = albench.run(SPEC.replace("METRIC", "accuracy"), results=tmp_path)
    assert not any("has found" in sentence for sentence in results.answer)


def test_with_a_budget_that_suffices_the_rows_to_read_come_first(tmp_path):
    results = albench.run(SPEC.replace("METRIC", "found_1").replace("36", "all"), results=tmp_path)
    reached = results.curves.join(results.trials, on="key").filter(pl.col("found_1") >= 0.95)
    n_read = reached.group_by("key", "strategy").agg(pl.col("n_labels").min())
    rows = dict(n_read.group_by("strategy").agg(pl.col("n_labels").mean()).iter_rows())
    first = results.answer[0]
    assert first.startswith(
        f"To find 95 % of the pool's rows of class 1, relevance reads {rows['relevance']:.0f} ["
    )
    assert f"] of 168 rows, random {rows['random']:.0f}: " in first
    assert first.endswith(f"work saved over sampling (WSS@95) is {0.95 - rows['relevance'] / 168:.2f}.")
    assert "WSS@95" in results.report().read_text(encoding="utf-8")


def test_with_too_small_a_budget_they_are_undefined_with_the_reason(tmp_path):
    results = albench.run(SPEC.replace("METRIC", "found_1").replace("36", "12"), results=tmp_path)
    assert results.answer[1] == (
        "How many rows 95 % of them take is undefined, as the budget ends before in 3 of 3 trials "
        "('budgets: all' would show it)."
    )
    assert "WSS" not in " ".join(results.answer)
    assert "WSS@95" not in results.report().read_text(encoding="utf-8")
