"""What a plan says that a run will cost, and how large a grid may be."""

from __future__ import annotations

import json
import time

import polars as pl
import pytest

import albench

SLEEPY = """
import time
from albench import Strategy


class Sleepy(Strategy):
    '''Waits for something that is no work.'''

    def utilities(self, pool, state):
        time.sleep(0.1)
        return pool.candidates * 0.0
"""


def test_cpu_is_what_was_computed_and_the_clock_what_was_waited_for(run, plan, tmp_path):
    (tmp_path / "mine.py").write_text(SLEEPY, encoding="utf-8")
    changes = {"datasets": ["iris"], "strategies": ["./mine.py:Sleepy"], "budgets": 15}
    trials = run(**changes, repeats=1).trials
    cpu = trials.select(pl.sum_horizontal("fit_s", "query_s", "score_s").alias("cpu"), "strategy", "wall_s")
    price = plan(**changes, repeats=2).price
    # The second repeat is as large as the first: random in two arms, whose median counts, and one of Sleepy.
    by_strategy = cpu.group_by("strategy").agg(pl.median("cpu", "wall_s"))
    random = by_strategy.row(by_predicate=pl.col("strategy") == "random", named=True)
    sleepy = by_strategy.row(by_predicate=pl.col("strategy") == "Sleepy", named=True)
    assert price.cpu_s == pytest.approx(2 * random["cpu"] + sleepy["cpu"])
    assert price.wall_s == pytest.approx(2 * random["wall_s"] + sleepy["wall_s"])
    assert price.wall_s > 0.2 > price.cpu_s


def test_a_grid_of_millions_of_trials_is_priced_and_not_expanded(write, tmp_path):
    path = write(repeats={"splits": 10**6, "starts": 10**6})
    begin = time.process_time()
    forecast = albench.plan(path, results=tmp_path / "results")
    assert time.process_time() - begin < 10
    # Two datasets, random in two arms, margin and qbc.
    assert forecast.n_trials == forecast.to_run == 2 * 4 * 10**12
    assert forecast.axes["repeats"] == 10**12
    assert forecast.price.cpu_s > 10**9
    assert forecast.warnings[-1] == "`run` takes at most 1,000,000 trials"
    with pytest.raises(
        albench.SpecError, match=r"8,000,000,000,000 trials, .* a run takes at most 1,000,000"
    ):
        albench.run(path, results=tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_the_price_of_a_large_grid_is_that_of_a_repeat_times_the_repeats(run, plan):
    run(repeats=1)
    once, many = plan(repeats=1, rerun="all"), plan(repeats=200_000)
    assert many.price.cpu_s == pytest.approx(200_000 * once.price.cpu_s)
    assert many.price.wall_s == pytest.approx(200_000 * once.price.wall_s)
    assert many.price.source == "the 8 finished trials here"
    assert json.dumps(many.reasons) == '{"not compared with what is stored": 1600000}'
