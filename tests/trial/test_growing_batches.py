"""Batches that grow: how many labels each round buys, what a budget reaches, what the tables and the page show."""

from __future__ import annotations

import polars as pl
import pytest

import albench
from albench.batches import BatchSize, count_affordable_labels

SPEC = """
datasets: [wine]
models: [gaussian_nb]
strategies: [random, margin]
seed_sizes: SEED
batch_sizes: [{geometric: 1.5, first: 4}, 10]
budgets: [25, 60]
repeats: 1
execution: {n_jobs: 1, backend: inline}
"""


def test_each_batch_is_so_many_times_the_one_before_rounded_down():
    # 4, 6, 9, 13.5, 20.25
    assert [BatchSize(4, 1.5).count_labels(k) for k in range(5)] == [4, 6, 9, 13, 20]
    assert [BatchSize(4).count_labels(k) for k in range(3)] == [4, 4, 4]
    # 1.1^2 * 100 is 121.00000000000001 or less, whatever the machine rounds.
    assert BatchSize(100, 1.1).count_labels(2) == 121
    assert [BatchSize(4, 1.5).skip(2).count_labels(k) for k in range(2)] == [9, 13]


@pytest.mark.parametrize(("budget", "labels"), [(8, 5), (9, 9), (14, 9), (15, 15), (60, 57), (500, 100)])
def test_a_budget_pays_for_whole_batches(budget, labels):
    # From 5: 9, 15, 24, 37, 57, 87; the pool has 100.
    assert count_affordable_labels(budget, seed_size=5, batch_size=BatchSize(4, 1.5), n_pool=100) == labels


@pytest.mark.parametrize(("seed", "totals"), [(6, [6, 10, 16, 25, 38, 58]), (0, [4, 10, 19, 32, 52])])
def test_trials_buy_batches_that_grow_beside_those_that_do_not(seed, totals, tmp_path):
    results = albench.run(SPEC.replace("SEED", str(seed)), results=tmp_path)
    assert results.trials["status"].unique().to_list() == ["done"]
    curves = results.curves.join(results.trials, on="key")
    growing = curves.filter(pl.col("batch_size") == 4)
    for (_,), rounds in growing.group_by("key"):
        assert rounds.sort("round")["n_labels"].to_list() == totals
    queries = results.queries.join(results.trials.select("key", "batch_size"), on="key")
    sizes = queries.filter(pl.col("batch_size") == 4, pl.col("round") > 0).group_by("key", "round").len()
    assert sorted(set(sizes["len"])) == [4, 6, 9, 13, 20]
    # Its own slices, read at the rounds that there are.
    for evidence in results.evidence.slices:
        n_labels = [set(cell.curve.n_labels) for cell in evidence.cells if cell.curve is not None]
        if evidence.slice.batch_size == 4:
            most = 25 if evidence.slice.budget == "25" else 60
            assert n_labels
            assert all(each == {float(n) for n in totals if n <= most} for each in n_labels)
    assert results.report(tmp_path / "report.html").is_file()


def test_growth_is_part_of_a_key_and_fixed_batches_keep_theirs():
    def read_keys(batches):
        text = SPEC.replace("SEED", "6").replace("[{geometric: 1.5, first: 4}, 10]", batches)
        return {trial.identity.key for trial in albench.plan(albench.load_experiment(text)).plan.trials}

    both = read_keys("[{geometric: 1.5, first: 4}, 10]")
    assert read_keys("10") < both
    assert read_keys("[{geometric: 1.5, first: 4}]") < both
    assert read_keys("4").isdisjoint(both)
    assert read_keys("[{geometric: 1.6, first: 4}]").isdisjoint(both)


@pytest.mark.parametrize(
    ("batches", "words"),
    [
        ("{geometric: 1}", "'geometric' must be above 1"),
        ("{first: 5}", "'geometric' must be above 1"),
        ("{geometric: two}", "'geometric' must be above 1"),
        ("{geometric: 2, last: 5}", "growing batches have no 'last'"),
        ("{geometric: 2, first: 0}", "'first' must be at least 1"),
        ("[4, {geometric: 2, first: 4}]", "two batch sizes begin with 4, by which tables tell them apart"),
        ("[4, 4]", "4 stands twice"),
    ],
)
def test_what_is_no_growth_is_told_in_the_spec(batches, words):
    with pytest.raises(albench.SpecError, match=words):
        albench.load_experiment(
            SPEC.replace("SEED", "6").replace("[{geometric: 1.5, first: 4}, 10]", batches)
        )
