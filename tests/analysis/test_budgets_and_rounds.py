"""Which rounds of which trials a budget, a seed size and a pool give to a slice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from three_repeats import MARGIN, RANDOM

from albench.analysis.conclude import conclude
from albench.metrics.classification import Accuracy, LogLoss
from albench.spec.experiment import Entry, Size


def test_a_budget_is_read_off_the_longest_curve_at_its_last_whole_round(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3, budget=Size("count", 35))
    primary = study.conclude().primary
    # Rounds at 10, 20, 30: random 0.6, 0.5, 0.7, margin 0.7, 0.6, 0.725.
    assert primary.find_cell("a", "margin").difference == pytest.approx((0.1 + 0.1 + 0.025) / 3)


def test_every_budget_and_metric_is_a_slice_and_one_is_primary(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    trials, curves, references = study.tables()
    experiment = replace(
        study.experiment,
        budgets=(Size("count", 30), Size("count", 50)),
        metrics=(Entry("accuracy", Accuracy()), Entry("log_loss", LogLoss())),
    )
    curves = curves.with_columns(log_loss=1 - pl.col("accuracy"))
    evidence = conclude(experiment, trials, curves, references)
    assert [
        (slice_evidence.slice.budget, slice_evidence.slice.metric, slice_evidence.primary)
        for slice_evidence in evidence.slices
    ] == [
        ("30", "accuracy", False),
        ("30", "log_loss", False),
        ("50", "accuracy", True),
        ("50", "log_loss", False),
    ]
    assert evidence.primary.slice.budget == "50"
    loss = evidence.slices[3].find_cell("a", "margin")
    assert loss.difference == pytest.approx(0.25 / 3)
    assert all(saving.interval is None for saving in loss.savings)


def test_the_primary_budget_is_the_largest_in_whatever_order(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    for budgets, largest in (
        ((Size("count", 50), Size("count", 30)), "50"),
        ((Size("percent", 5), Size("count", 30)), "5%"),
        ((Size("count", 50), Size("percent", 5)), "5%"),
    ):
        evidence = conclude(replace(study.experiment, budgets=budgets), *study.tables())
        assert [
            slice_evidence.slice.budget for slice_evidence in evidence.slices if slice_evidence.primary
        ] == [largest]


def test_a_metric_without_any_number_has_no_slice(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    experiment = replace(
        study.experiment, metrics=(Entry("accuracy", Accuracy()), Entry("log_loss", LogLoss()))
    )
    evidence = conclude(experiment, *study.tables())
    assert [slice_evidence.slice.metric for slice_evidence in evidence.slices] == ["accuracy"]


def test_a_curve_that_ends_early_is_carried_on_flat_and_flagged(world):
    margin = MARGIN.copy()
    margin[0, 3:] = np.nan
    margin[1, 2:] = np.nan
    primary = world({"a": {"random": RANDOM, "margin": margin}}, splits=3).conclude().primary
    cell = primary.find_cell("a", "margin")
    # Second repeat: 0.4, 0.6, then 0.6 three times: 0.575 instead of 0.7.
    assert cell.area == pytest.approx((0.8 + 0.575 + 0.85) / 3)
    assert cell.flat == 2


def test_an_undefined_value_takes_its_repeat_out(world):
    margin = MARGIN.copy()
    margin[0, 2] = np.nan
    primary = world({"a": {"random": RANDOM, "margin": margin}}, splits=3).conclude().primary
    cell = primary.find_cell("a", "margin")
    assert (cell.n_repeats, cell.n_paired, cell.n_failed) == (2, 2, 0)
    assert cell.difference == pytest.approx(0.075)


def test_seed_size_zero_begins_at_the_first_batch(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3, seed_size=0)
    primary = study.conclude().primary
    assert primary.find_cell("a", "margin").difference == pytest.approx(0.25 / 3)
    assert primary.random_curves["a"].n_labels.tolist() == [10, 20, 30, 40, 50]


def test_the_last_batch_of_a_pool_may_be_smaller(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3, n_pool=45, budget=Size("all"))
    primary = study.conclude().primary
    assert primary.random_curves["a"].n_labels.tolist() == [10, 20, 30, 40, 45]
    # First repeat: (0.55 + 0.65 + 0.75) * 10 + 0.85 * 5 over 35 labels; margin 0.6, 0.8, 0.9, 0.9.
    assert primary.find_cell("a", "random").area == pytest.approx((19.5 + 4.25) / 35, abs=1e-12)


def test_pools_of_different_sizes_are_averaged_where_all_splits_have_rounds(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    trials, curves, references = study.tables()
    # The second split has a pool of 39 rows: its budget of everything ends there.
    trials = trials.with_columns(n_pool=pl.when(pl.col("split") == 1).then(39).otherwise(50))
    keys = trials.filter(pl.col("split") == 1)["key"].to_list()
    curves = curves.filter(~(pl.col("key").is_in(keys) & (pl.col("n_labels") > 40))).with_columns(
        n_labels=pl.when(pl.col("key").is_in(keys) & (pl.col("n_labels") == 40))
        .then(39)
        .otherwise("n_labels")
    )
    experiment = replace(study.experiment, budgets=(Size("all"),))
    primary = conclude(experiment, trials, curves, references).primary
    assert primary.random_curves["a"].n_labels.tolist() == [10, 20, 30, 39]
    at_39 = [0.5 + 0.1 * 2.9, 0.7, 0.6 + 0.1 * 2.9]
    assert primary.random_curves["a"].mean[-1] == pytest.approx(np.mean(at_39))
    second = (0.45 * 10 + 0.55 * 10 + 0.65 * 9) / 29
    assert primary.find_cell("a", "random").area == pytest.approx((0.7 + second + 0.8) / 3)


def test_of_two_trials_of_a_cell_the_shortest_that_reaches_the_budget_counts(world):
    """Strategies that look at the budget have a trial for each budget."""
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    trials, curves, references = study.tables()
    short = trials.filter(pl.col("strategy") == "margin").with_columns(key="short/" + pl.col("key"))
    of_short = curves.filter(pl.col("key").str.contains("margin"), pl.col("n_labels") <= 30)
    of_short = of_short.with_columns(key="short/" + pl.col("key"), accuracy=pl.col("accuracy") + 0.05)
    trials, curves = pl.concat([trials, short]), pl.concat([curves, of_short])
    experiment = replace(study.experiment, budgets=(Size("count", 30), Size("count", 50)))
    evidence = conclude(experiment, trials, curves, references)
    small, large = (slice_evidence.find_cell("a", "margin").area for slice_evidence in evidence.slices)
    assert small == pytest.approx(np.mean([0.7, 0.6, 0.725]) + 0.05)
    assert large == pytest.approx(2.35 / 3)
