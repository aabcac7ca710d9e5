"""What the rows of a slice say across datasets: means, ranks, tests, savings, times."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats
from three_repeats import MARGIN, RANDOM

from albench.analysis.conclude import conclude


def test_the_dataset_is_the_unit_and_all_have_the_same_weight(world):
    curves = {
        "a": {"random": RANDOM, "margin": RANDOM + 0.03},
        "b": {"random": RANDOM, "margin": RANDOM + np.array([[0.01], [0.02], [0.03]])},
    }
    row = world(curves, splits=3).conclude().primary.rows[1]
    assert row.difference == pytest.approx(0.025)
    # One exact dataset, one with standard error 0.01 / sqrt(3): half of that, on its 2 degrees of freedom.
    half = stats.t.ppf(0.975, 2) * 0.01 / np.sqrt(3) / 2
    assert (row.interval_these.low, row.interval_these.high) == pytest.approx((0.025 - half, 0.025 + half))
    assert row.interval_like_these is None
    # Three equal differences do not show that the fourth would be the same.
    assert (row.n_datasets, row.wins, row.ties, row.losses, row.undecided) == (2, 0, 1, 0, 1)


def many(noisy, n, rates=None, **settings):
    return noisy(
        rates or {"random": 0.3, "margin": 0.5, "entropy": 0.3},
        datasets=[f"d{i}" for i in range(n)],
        **settings,
    )


def test_intervals_tests_and_bayes_across_ten_datasets(world, noisy):
    primary = world(many(noisy, 10), splits=10).conclude().primary
    random, margin, entropy = primary.rows
    deltas = [primary.find_cell(name, "margin").difference for name in primary.datasets]
    other = [primary.find_cell(name, "entropy").difference for name in primary.datasets]
    wanted = stats.ttest_1samp(deltas, 0).confidence_interval()
    like = margin.interval_like_these
    assert (like.low, like.high) == pytest.approx(tuple(wanted))
    assert margin.p == pytest.approx(stats.wilcoxon(deltas, method="exact").pvalue)
    assert margin.p_holm == pytest.approx(min(1, 2 * margin.p))
    assert entropy.p == pytest.approx(stats.wilcoxon(other, method="exact").pvalue)
    assert margin.testable
    assert margin.bayes.better > 0.99
    assert margin.bayes.rope == 0.005
    assert primary.smallest_p == 2**-9
    areas = np.array([[primary.find_cell(d, s).area for d in primary.datasets] for s in primary.strategies])
    assert primary.friedman_p == pytest.approx(stats.friedmanchisquare(*areas).pvalue)
    ranks = stats.rankdata(-areas, axis=0).mean(axis=1)
    assert [row.mean_rank for row in primary.rows] == pytest.approx(ranks.tolist())
    assert random.testable is False


def test_with_three_datasets_nothing_is_tested(world, noisy):
    primary = world(noisy({"random": 0.3, "margin": 0.6}), splits=10).conclude().primary
    row = primary.rows[1]
    assert (row.testable, row.p, row.p_holm, row.bayes, primary.friedman_p) == (False, None, None, None, None)
    assert primary.smallest_p == 0.25
    assert row.wins == 3


def test_rope_of_an_unbounded_metric_is_one_percent_of_randoms_area(world, noisy):
    curves = {
        d: {s: 2 - values for s, values in by_strategy.items()} for d, by_strategy in many(noisy, 6).items()
    }
    primary = world(curves, splits=10, metric="log_loss").conclude().primary
    areas = [primary.find_cell(name, "random").area for name in primary.datasets]
    assert primary.rows[1].bayes.rope == pytest.approx(0.01 * np.mean(areas))


def test_a_dataset_with_fewer_than_80_percent_of_the_repeats_is_left_out(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5, "entropy": 0.4})
    curves["b"]["margin"][0, :3] = np.nan
    curves["c"]["margin"][0, :2] = np.nan
    primary = world(curves, splits=10).conclude().primary
    row, cell = primary.rows[1], primary.find_cell("b", "margin")
    assert (cell.n_paired, cell.n_failed, cell.verdict) == (7, 3, "undecided")
    assert cell.interval is not None
    assert row.n_datasets == 2
    left = [primary.find_cell(name, "margin").difference for name in ("a", "c")]
    assert row.difference == pytest.approx(np.mean(left))
    assert (row.wins, row.undecided) == (2, 1)
    # Counted as random's: 7 of 10 repeats of b, 8 of 10 of c.
    shares = left[0], 0.7 * cell.difference, 0.8 * left[1]
    assert row.sensitivity == pytest.approx(np.mean(shares))


def test_ranks_are_over_the_repeats_and_datasets_that_all_share(world, noisy):
    curves = many(noisy, 5)
    curves["d0"]["margin"][0, :3] = np.nan
    curves["d1"]["margin"][0, 0] = np.nan
    curves["d1"]["entropy"][0, 1] = np.nan
    primary = world(curves, splits=10).conclude().primary
    assert primary.complete == ("d1", "d2", "d3", "d4")
    shared = {
        name: [
            values.mean(axis=0)[2:] if name == "d1" else values.mean(axis=0)
            for values in curves[name].values()
        ]
        for name in primary.complete
    }
    areas = [[np.trapezoid(v, axis=1).mean() / 9 for v in values] for values in shared.values()]
    ranks = stats.rankdata(-np.array(areas), axis=1).mean(axis=0)
    assert [row.mean_rank for row in primary.rows] == pytest.approx(ranks.tolist())


def test_a_strategy_that_is_complete_on_few_datasets_takes_no_ranks_from_the_others(world, noisy):
    curves = many(noisy, 5)
    for name in ("d0", "d1"):
        curves[name]["entropy"][:] = np.nan
    primary = world(curves, splits=10).conclude().primary
    assert primary.complete == ("d0", "d1", "d2", "d3", "d4")
    assert [row.mean_rank for row in primary.rows] == [2, 1, None]


def test_a_strategy_that_failed_everywhere_takes_no_ranks_from_the_others(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5, "qbc": 0.4})
    for by_strategy in curves.values():
        by_strategy["qbc"][:] = np.nan
    evidence = world(curves, splits=10).conclude()
    qbc = evidence.primary.rows[2]
    assert (qbc.mean_rank, qbc.n_datasets, qbc.difference, qbc.area, qbc.p) == (None, 0, None, None, None)
    assert qbc.undecided == 3
    assert evidence.primary.rows[1].mean_rank == 1
    assert (evidence.n_done, evidence.n_failed, evidence.n_missing) == (90, 30, 0)
    assert {(f.strategy, f.status, f.reason) for f in evidence.failures} == {("qbc", "failed", "it broke")}


def test_strategies_that_see_hidden_labels_are_shown_but_not_ranked_or_tested(world, noisy):
    curves = many(noisy, 8, {"random": 0.3, "margin": 0.4, "best": 2.0})
    primary = world(curves, splits=10, looking=("best",)).conclude().primary
    margin, best = primary.rows[1], primary.rows[2]
    assert (best.label_looking, best.mean_rank, best.p, best.testable) == (True, None, None, False)
    assert best.wins == 8
    assert margin.mean_rank == 1
    assert margin.p_holm == margin.p


def test_win_rate_is_the_mean_share_of_repeats_won_ties_half(world):
    tied = RANDOM + np.array([[0.1], [0.0], [-0.1]])
    curves = {"a": {"random": RANDOM, "margin": tied}, "b": {"random": RANDOM, "margin": RANDOM + 0.1}}
    primary = world(curves, splits=3).conclude().primary
    assert primary.find_cell("a", "margin").win_rate == 0.5
    assert primary.rows[1].win_rate == 0.75


def test_median_saving_and_mean_rank_have_intervals_over_the_datasets(world, noisy):
    rates = {"random": 0.3, "margin": 0.4, "entropy": 0.31}
    curves = noisy(rates, datasets=[f"d{i}" for i in range(9)], noise=0.04)
    primary = world(curves, splits=10).conclude().primary
    for row in primary.rows[1:]:
        savings = np.array(
            [primary.find_cell(name, row.strategy).savings[0].saving for name in primary.datasets]
        )
        assert row.median_saving == pytest.approx(np.median(savings))
        # Of 9 values the second and eighth hold 1 - 20/512, the third and seventh less than 0.95.
        ordered = np.sort(savings)
        share = (0.95 - (1 - 20 / 512)) / ((1 - 92 / 512) - (1 - 20 / 512))
        weight = 7 * share / (2 + 5 * share)
        ends = (1 - weight) * ordered[[1, 7]] + weight * ordered[[2, 6]]
        assert (row.interval_saving.low, row.interval_saving.high) == pytest.approx(tuple(ends))
    areas = np.array([[primary.find_cell(d, s).area for d in primary.datasets] for s in primary.strategies])
    varied = np.ptp(stats.rankdata(-areas, axis=0), axis=1) > 0
    assert [row.interval_rank is not None for row in primary.rows] == varied.tolist()
    assert varied.any()
    for row in primary.rows:
        if row.interval_rank is not None:
            assert 1 <= row.interval_rank.low <= row.mean_rank <= row.interval_rank.high <= 3


def test_few_datasets_have_neither_interval(world, noisy):
    five = world(noisy({"random": 0.3, "margin": 0.5}, datasets="abcde"), splits=10).conclude().primary
    assert [(row.interval_rank, row.interval_saving) for row in five.rows] == [(None, None)] * 2
    six = world(noisy({"random": 0.3, "margin": 0.5}, datasets="abcdef"), splits=10).conclude().primary
    assert six.rows[1].interval_saving is not None
    assert six.rows[1].interval_rank is None
    assert six.rows[0].interval_saving is None


def test_median_saving_and_censored_datasets(world):
    fast = np.array([[0.5, 0.7, 0.9, 0.9, 0.9]])
    curves = {
        "a": {"random": RANDOM[:1], "margin": fast},
        "b": {"random": RANDOM[:1], "margin": RANDOM[:1]},
        "c": {"random": RANDOM[:1] - np.array([0, 0, 0, 0, 0.05]), "margin": RANDOM[:1]},
    }
    primary = world(curves, splits=1, reference={"a": 0.9, "b": 0.9, "c": 0.9}).conclude().primary
    final = [primary.find_cell(name, "margin").savings[0].saving for name in "abc"]
    # a: 30 labels for 50; b: the same; c: random ends at 0.85, which margin has at 45 labels.
    assert final == pytest.approx([0.4, 0.0, 0.1])
    row = primary.rows[1]
    assert row.median_saving == pytest.approx(0.1)
    assert row.n_censored == 1
    assert primary.find_cell("c", "margin").savings[2].censored == "random"
    assert primary.references == {"a": 0.9, "b": 0.9, "c": 0.9}


def test_references_are_those_of_true_labels_that_are_done(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3, reference={"a": [0.9, 0.8, 1.0]})
    trials, curves, references = study.tables()
    other = references.with_columns(key="oracle/" + pl.col("key"), labels=pl.lit("oracle"), accuracy=0.1)
    failed = references.with_columns(key="failed/" + pl.col("key"), status=pl.lit("failed"), accuracy=0.2)
    primary = conclude(study.experiment, trials, curves, pl.concat([other, references, failed])).primary
    assert primary.references == {"a": pytest.approx(0.9)}
    # Mean seed level 0.5: 95 % of the way to 0.9 is 0.88.
    assert primary.find_cell("a", "margin").savings[2].level == pytest.approx(0.88)


def test_times_are_per_label_bought(world):
    primary = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3).conclude().primary
    assert primary.rows[1].query_s_per_label == pytest.approx(0.5 / 40)
    assert (primary.rows[1].fit_s, primary.rows[1].query_s) == (1.0, 0.5)


def test_times_that_were_not_measured_are_none(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3, query_s=None)
    row = study.conclude().primary.rows[1]
    assert (row.query_s, row.query_s_per_label) == (None, None)


def test_a_second_baseline_is_compared_with_by_the_same_rules(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5, "entropy": 0.4})
    second = world(curves, splits=10, second="margin").conclude().primary.second
    assert second.baseline == "margin"
    assert [row.strategy for row in second.rows] == ["margin", "random", "entropy"]
    entropy = next(cell for cell in second.cells if (cell.dataset, cell.strategy) == ("b", "entropy"))
    areas = {s: np.trapezoid(curves["b"][s][0], axis=1) / 9 for s in ("margin", "entropy")}
    assert entropy.difference == pytest.approx((areas["entropy"] - areas["margin"]).mean())
    assert second.rows[1].losses == 3


def test_splits_with_several_starts_are_the_units(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5}, datasets=["a"], repeats=12)
    primary = world(curves, splits=6, starts=2).conclude().primary
    cell = primary.find_cell("a", "margin")
    areas = {s: (np.trapezoid(v, axis=2) / 9).mean(axis=0) for s, v in curves["a"].items()}
    by_split = (areas["margin"] - areas["random"]).reshape(6, 2).mean(axis=1)
    assert (cell.interval.low, cell.interval.high) == pytest.approx(
        tuple(stats.ttest_1samp(by_split, 0).confidence_interval())
    )
    assert cell.interval.method == "t over splits"
    assert "over splits" in cell.savings[0].interval.method
