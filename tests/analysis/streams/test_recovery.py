"""Who is back sooner after a drift: the sign test, with levels that never come back, and how far it holds."""

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from stream_world import DESIGN, MARK, WINDOW, World, fail, make_design

from albench.analysis.stats.significance import wilcoxon
from albench.analysis.streams.recovery import measure_recovery

HURRIED = {"variable_uncertainty": 400, "split": 30, "uncertainty": -300}


def hurry(row):
    """The row of a trial whose recovery takes fewer rows than random's, by strategy."""
    rows = row["recovery"] - HURRIED[row["strategy"]]
    return row | {"recovery": max(rows, float(WINDOW))}


def get_recovery(evidence, strategy):
    return evidence.primary.find_row(strategy).recovery


def count_sides(world, strategy):
    """Repeats in which the strategy is back sooner, and in which it is later, by a loop."""
    rows = world.trials.filter(pl.col("strategy") == strategy).iter_rows(named=True)
    pairs = [(row["recovery"], row["random_recovery"]) for row in rows]
    return sum(own < random for own, random in pairs), sum(own > random for own, random in pairs)


def test_the_share_has_the_exact_interval_and_the_sign_test_over_all_streams_corrected_by_holm():
    world = World(edit=hurry)
    evidence = world.conclude()
    ps = []
    for strategy in HURRIED:
        sooner, later = count_sides(world, strategy)
        reference = stats.binomtest(sooner, sooner + later)
        low, high = reference.proportion_ci(0.95, method="exact")
        recovery = get_recovery(evidence, strategy)
        assert (recovery.n_sooner, recovery.n_later) == (sooner, later)
        assert recovery.share_sooner == pytest.approx(sooner / (sooner + later))
        assert (recovery.interval.low, recovery.interval.high) == pytest.approx((low, high))
        assert recovery.p == pytest.approx(reference.pvalue)
        ps.append(reference.pvalue)
    corrected = multipletests(ps, method="holm")[1]
    assert [get_recovery(evidence, name).p_holm for name in HURRIED] == pytest.approx(list(corrected))
    assert corrected[0] < 0.01 < corrected[1]


def test_a_level_that_never_comes_back_is_later_than_any_and_counts_nowhere_where_neither_does():
    def lose(row):
        own = {} if row["repeat"] >= 7 else {"recovery": None, "n_recovered": 0}
        random = {"random_recovery": None, "random_n_recovered": 0} if row["repeat"] < 3 else {}
        return row | {"recovery": 250.0, "random_recovery": 900.0} | own | random

    recovery = get_recovery(World(make_design(datasets=("sea",)), edit=lose).conclude(), "split")
    assert (recovery.n_sooner, recovery.n_later, recovery.n_trials) == (3, 4, 10)
    assert recovery.p == pytest.approx(stats.binomtest(3, 7).pvalue)


def test_of_several_drifts_who_recovers_from_fewer_is_later():
    def recur(row):
        counts = {"n_recovered": 2 if row["repeat"] < 8 else 1, "random_n_recovered": 1}
        return row | {"marks": [500, 1000, 1500], "recovery": None, "random_recovery": None} | counts

    recovery = get_recovery(World(make_design(datasets=("sea",)), edit=recur).conclude(), "split")
    assert (recovery.n_sooner, recovery.n_later) == (8, 0)
    assert (recovery.median, recovery.median_random) == (None, None)


def test_without_a_repeat_in_which_one_is_sooner_there_is_a_reason_and_no_number():
    lost = {"recovery": None, "n_recovered": 0, "random_recovery": None, "random_n_recovered": 0}
    evidence = World(make_design(datasets=("sea",)), edit=lambda row: row | lost).conclude()
    recovery = get_recovery(evidence, "split")
    assert (recovery.share_sooner, recovery.p, recovery.p_holm) == (None, None, None)
    assert recovery.untested == "no_difference"


def test_fewer_than_80_percent_of_the_repeats_are_not_tested():
    def spoil(row):
        return fail(row) if row["strategy"] == "split" and row["repeat"] > 6 else row

    evidence = World(make_design(datasets=("sea",)), edit=spoil).conclude()
    recovery = get_recovery(evidence, "split")
    assert (recovery.p, recovery.untested) == (None, "few_repeats")
    others = [get_recovery(evidence, name) for name in ("variable_uncertainty", "uncertainty")]
    assert [of.p_holm for of in others] == pytest.approx(
        list(multipletests([of.p for of in others], method="holm")[1])
    )


def test_chance_calls_as_soon_ones_sooner_in_at_most_5_percent_even_if_they_spread_otherwise():
    """Equal medians, other spreads, a fifth never back: where signed ranks take the spread for a difference."""
    rng, n, recoveries, ranked = np.random.default_rng(5), 30, [], []
    for _ in range(300):
        own, random = (np.exp(rng.normal(6, spread, n)).round() for spread in (0.9, 0.2))
        rows = {}
        for prefix, values in (("", own), ("random_", random)):
            is_back = values <= 800
            rows[f"{prefix}recovery"] = [
                float(value) if back else None for value, back in zip(values, is_back, strict=True)
            ]
            rows[f"{prefix}n_recovered"] = is_back.astype(int)
        trials = pl.DataFrame({**rows, "marks": [[MARK]] * n, "n_rows": 2000})
        recoveries.append(measure_recovery(trials, WINDOW, is_covered=True))
        ranked.append(wilcoxon(np.where(own <= 800, own, 1e6) - random))
    shares = [recovery.p <= 0.05 for recovery in recoveries]
    # Of 300 that are each significant by chance of at most 5 %, more than 27 are so in one of 1,000 studies.
    assert stats.binom.sf(np.sum(shares) - 1, 300, 0.05) > 0.001
    assert all(
        (recovery.p <= 0.05) != (recovery.interval.low <= 0.5 <= recovery.interval.high)
        for recovery in recoveries
    )
    assert np.mean(np.array(ranked) <= 0.05) > 0.1


def test_a_table_has_columns_of_recovery_only_where_there_is_a_drift():
    from albench.report.streams.leaderboard import build_stream_leaderboard_table

    table = build_stream_leaderboard_table(World(DESIGN, edit=hurry).conclude().primary)
    row = table.row(by_predicate=pl.col("strategy") == "variable_uncertainty", named=True)
    assert row["share_sooner"] == row["n_sooner"] / (row["n_sooner"] + row["n_later"])
    assert row["sooner_low"] > 0.5
    assert row["p_recovery"] < 0.01
    without = build_stream_leaderboard_table(World(make_design(drifts=("",))).conclude().primary)
    assert table.columns[: len(without.columns)] == without.columns
    assert table.columns[len(without.columns) :] == [
        "n_sooner", "n_later", "share_sooner", "sooner_low", "sooner_high", "p_recovery",
    ]  # fmt: skip
