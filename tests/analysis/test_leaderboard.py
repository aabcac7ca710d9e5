"""The leaderboard as a table."""

from __future__ import annotations

import polars as pl
import pytest

from albench.report.tables.leaderboard import build_leaderboard_table


def test_random_first_then_by_rank_those_without_a_rank_by_difference_hidden_labels_last(world, noisy):
    rates = {"margin": 0.4, "best": 2.0, "random": 0.3, "entropy": 0.6, "qbc": 0.5}
    curves = noisy(rates)
    for found in curves.values():
        found["qbc"][:] = float("nan")
    evidence = world(curves, splits=10, looking=("best",)).conclude()
    table = build_leaderboard_table(evidence.primary)
    assert table["strategy"].to_list() == ["random", "entropy", "margin", "qbc", "best"]
    assert table["label_looking"].to_list() == [False, False, False, False, True]
    assert table["wins"].to_list() == [0, 3, 3, 0, 3]


def test_numbers_are_those_of_the_rows(world, noisy):
    evidence = world(noisy({"random": 0.3, "margin": 0.5}, datasets=list("abcdefgh")), splits=10).conclude()
    row = evidence.primary.rows[1]
    assert row.interval_rank is None
    found = build_leaderboard_table(evidence.primary).row(1, named=True)
    assert found["low"] == row.interval_these.low
    assert found["p_better"] == row.bayes.better
    assert found["p_holm"] == row.p_holm
    assert found["p_these"] == row.p_these is not None
    assert found["median_saving"] == pytest.approx(row.median_saving)
    assert (found["saving_low"], found["saving_high"]) == (row.interval_saving.low, row.interval_saving.high)
    assert (found["rank_low"], found["rank_high"]) == (None, None)


def test_ends_of_the_mean_rank_are_columns(world, noisy):
    rates = {"random": 0.3, "margin": 0.31, "entropy": 0.3}
    evidence = world(noisy(rates, datasets=list("abcdefghi"), noise=0.05), splits=10).conclude()
    table = build_leaderboard_table(evidence.primary)
    rows = {row.strategy: row.interval_rank for row in evidence.primary.rows}
    for found in table.iter_rows(named=True):
        assert found["rank_low"] == rows[found["strategy"]].low
        assert found["rank_high"] == rows[found["strategy"]].high


def test_types_do_not_depend_on_what_is_known(world, noisy):
    one = build_leaderboard_table(
        world(noisy({"random": 0.3, "margin": 0.5}, repeats=1), splits=1).conclude().primary
    )
    many = build_leaderboard_table(
        world(noisy({"random": 0.3, "margin": 0.5}, datasets=list("abcdefgh")), splits=10).conclude().primary
    )
    assert one.schema == many.schema
    assert one.schema["p_holm"] == pl.Float64
