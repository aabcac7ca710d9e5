"""Tables of a run become the paired curves of nested pools."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import albench
from albench.errors import ResultsError
from albench.pilot.pool_curves import read_pool_curves

SPEC = {
    "datasets": {"two_moons": {"n_rows": 80, "label": "moons"}},
    "models": "gaussian_nb",
    "strategies": "margin",
    "seed_sizes": 4,
    "batch_sizes": 4,
    "budgets": "80%",
    "repeats": 3,
    "pilot": 200,
    "execution": {"n_jobs": 1, "backend": "inline"},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return albench.run(SPEC, results=tmp_path_factory.mktemp("pilot"))


def read(run, metric="accuracy", **changes):
    tables = {name: getattr(run, name) for name in ("trials", "curves", "references")} | changes
    return read_pool_curves(*tables.values(), metric)


def test_pools_come_smallest_first_with_their_rounds(run):
    pools = read(run)
    assert [(pool.n_pool, pool.n_test) for pool in pools] == [(14, 24), (28, 24), (56, 24)]
    assert [pool.n_labels.tolist() for pool in pools] == [[4, 8], [4, 8, 12, 16, 20], [*range(4, 45, 4)]]
    assert [pool.whole.size for pool in pools] == [3, 3, 3]


def test_random_is_the_mean_of_its_orders_and_repeats_are_paired_by_split(run):
    pool = read(run)[-1]
    levels = run.curves.join(run.trials.filter(dataset="moons"), on="key", suffix="_last")
    for split in range(3):
        mine = levels.filter(split=split)
        for label, curve in (("random", pool.random), ("margin", pool.strategies["margin"])):
            expected = mine.filter(strategy=label).group_by("n_labels").agg(pl.col("accuracy").mean())
            np.testing.assert_allclose(curve[split], expected.sort("n_labels")["accuracy"], rtol=1e-12)


def test_a_gain_is_the_mean_over_the_rounds_after_the_seed_set(run):
    pool = read(run)[0]
    expected = pool.strategies["margin"][:, 1] - pool.random[:, 1]
    np.testing.assert_allclose(pool.compute_gains("margin"), expected)


def test_where_lower_is_better_levels_are_turned_over(run):
    tables = [getattr(run, name) for name in ("trials", "curves", "references")]
    plain, turned = (read_pool_curves(*tables, "brier", sign=sign)[-1] for sign in (1, -1))
    np.testing.assert_array_equal(turned.random, -plain.random)
    np.testing.assert_array_equal(turned.whole, -plain.whole)


def test_a_repeat_that_a_strategy_has_not_finished_is_left_out_and_too_few_are_refused(run):
    lost = (pl.col("strategy") == "margin") & (pl.col("split") == 0) & (pl.col("dataset") == "moons")
    status = pl.when(lost).then(pl.lit("failed")).otherwise("status").alias("status")
    with pytest.raises(ResultsError, match="2 finished repeats in common on 'moons'; 3 are needed"):
        read(run, trials=run.trials.with_columns(status))


def test_without_random_there_is_no_pilot(run):
    with pytest.raises(ResultsError, match="no trial of 'random' has finished"):
        read(run, trials=run.trials.filter(pl.col("strategy") != "random"))


def test_a_pool_in_which_nothing_is_bought_after_the_seed_set_shows_no_gain(run):
    with pytest.raises(
        ResultsError, match=r"nothing is bought after the seed set on 'moons.*': lower 'seed_sizes'"
    ):
        read(run, curves=run.curves.filter(pl.col("round") == 0))
