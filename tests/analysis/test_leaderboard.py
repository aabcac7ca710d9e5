"""The leaderboard as a table."""

from __future__ import annotations

import polars as pl
import pytest

from albench.report.tables.leaderboard import build_leaderboard_table


def test_random_first_then_by_rank_those_without_a_rank_by_difference_hidden_labels_last(world, noisy):
    rates = {"margin": 0.4, "best": 2.0, "random": 0.3, "entropy": 0.6, "qbc": 0.5}
    curves = noisy(rates)
    for by_strategy in curves.values():
        by_strategy["qbc"][:] = float("nan")
    evidence = world(curves, splits=10, looking=("best",)).conclude()
    table = build_leaderboard_table(evidence.primary)
    assert table["strategy"].to_list() == ["random", "entropy", "margin", "qbc", "best"]
    assert table["label_looking"].to_list() == [False, False, False, False, True]
    assert table["wins"].to_list() == [0, 3, 3, 0, 3]


def test_numbers_are_those_of_the_rows(world, noisy):
    evidence = world(noisy({"random": 0.3, "margin": 0.5}, datasets=list("abcdefgh")), splits=10).conclude()
    row = evidence.primary.rows[1]
    assert row.interval_rank is None
    table_row = build_leaderboard_table(evidence.primary).row(1, named=True)
    assert table_row["low"] == row.interval_these.low
    assert table_row["p_better"] == row.bayes.better
    assert table_row["p_holm"] == row.p_holm
    assert table_row["p_these"] == row.p_these is not None
    assert table_row["median_saving"] == pytest.approx(row.median_saving)
    assert (table_row["saving_low"], table_row["saving_high"]) == (
        row.interval_saving.low,
        row.interval_saving.high,
    )
    assert (table_row["rank_low"], table_row["rank_high"]) == (None, None)


def test_ends_of_the_mean_rank_are_columns(world, noisy):
    rates = {"random": 0.3, "margin": 0.31, "entropy": 0.3}
    evidence = world(noisy(rates, datasets=list("abcdefghi"), noise=0.05), splits=10).conclude()
    table = build_leaderboard_table(evidence.primary)
    rows = {row.strategy: row.interval_rank for row in evidence.primary.rows}
    for table_row in table.iter_rows(named=True):
        assert table_row["rank_low"] == rows[table_row["strategy"]].low
        assert table_row["rank_high"] == rows[table_row["strategy"]].high


def test_types_do_not_depend_on_what_is_known(world, noisy):
    single = build_leaderboard_table(
        world(noisy({"random": 0.3, "margin": 0.5}, repeats=1), splits=1).conclude().primary
    )
    many = build_leaderboard_table(
        world(noisy({"random": 0.3, "margin": 0.5}, datasets=list("abcdefgh")), splits=10).conclude().primary
    )
    assert single.schema == many.schema
    assert single.schema["p_holm"] == pl.Float64
