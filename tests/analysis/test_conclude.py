"""From tables to evidence, through the public door."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy import stats

from albench.analysis.conclude import conclude
from albench.errors import ResultsError
from albench.metrics.classification import Accuracy, LogLoss
from albench.narrative import write_answer
from albench.spec.experiment import Entry, Size

# Random gains 0.1 a round, margin 0.2 a round up to 0.9; three repeats that differ by level.
RANDOM = np.array([[0.5, 0.6, 0.7, 0.8, 0.9], [0.4, 0.5, 0.6, 0.7, 0.8], [0.6, 0.7, 0.8, 0.9, 1.0]])
MARGIN = np.array([[0.5, 0.7, 0.9, 0.9, 0.9], [0.4, 0.6, 0.8, 0.8, 0.8], [0.6, 0.7, 0.9, 1.0, 1.0]])
# Areas by hand, trapezoid over four equal steps: random 0.7, 0.6, 0.8; margin 0.8, 0.7, 0.85.


def test_areas_and_paired_differences_by_hand(world):
    primary = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3).conclude().primary
    cell = primary.find_cell("a", "margin")
    assert cell.area == pytest.approx((0.8 + 0.7 + 0.85) / 3)
    assert cell.difference == pytest.approx((0.1 + 0.1 + 0.05) / 3)
    wanted = stats.ttest_1samp([0.1, 0.1, 0.05], 0).confidence_interval()
    assert (cell.interval.low, cell.interval.high) == pytest.approx(tuple(wanted))
    assert (cell.n_repeats, cell.n_paired, cell.n_failed, cell.flat) == (3, 3, 0, 0)
    assert (cell.verdict, cell.win_rate) == ("win", 1.0)
    assert (cell.fit_s, cell.query_s) == (1.0, 0.5)


def test_random_is_the_mean_of_its_arms_in_each_repeat(world):
    arms = np.stack([RANDOM - 0.1, RANDOM + 0.1])
    primary = world({"a": {"random": arms, "margin": MARGIN}}, splits=3).conclude().primary
    assert primary.find_cell("a", "margin").difference == pytest.approx(0.25 / 3)
    assert primary.find_cell("a", "random").area == pytest.approx(0.7)
    np.testing.assert_allclose(primary.random_curves["a"].mean, RANDOM.mean(axis=0))


def test_a_repeat_whose_second_arm_failed_keeps_its_first(world):
    second = RANDOM.copy()
    second[1] = np.nan
    primary = (
        world({"a": {"random": np.stack([RANDOM, second]), "margin": MARGIN}}, splits=3).conclude().primary
    )
    assert primary.find_cell("a", "margin").n_paired == 3
    assert primary.find_cell("a", "margin").difference == pytest.approx(0.25 / 3)
    assert primary.find_cell("a", "random").n_failed == 1


def test_the_baselines_own_cell_and_row_compare_nothing(world):
    primary = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3).conclude().primary
    cell, row = primary.find_cell("a", "random"), primary.rows[0]
    assert (cell.difference, cell.interval, cell.win_rate, cell.savings, cell.verdict) == (
        None,
        None,
        None,
        (),
        "undecided",
    )
    assert cell.difference_curve is None
    assert (row.strategy, row.difference, row.wins, row.undecided, row.p, row.sensitivity) == (
        "random",
        None,
        0,
        0,
        None,
        None,
    )
    assert row.area == pytest.approx(0.7)


def test_lower_is_better_turns_differences_but_not_levels(world):
    study = world({"a": {"random": 2 - RANDOM, "margin": 2 - MARGIN}}, splits=3, metric="log_loss")
    primary = study.conclude().primary
    cell = primary.find_cell("a", "margin")
    assert not primary.greater_is_better
    assert cell.area == pytest.approx(2 - 2.35 / 3)
    assert cell.difference == pytest.approx(0.25 / 3)
    assert cell.verdict == "win"
    assert cell.savings[0].level == pytest.approx(1.1)
    assert cell.difference_curve.mean == pytest.approx((MARGIN - RANDOM).mean(axis=0))
    assert primary.rows[1].mean_rank == 1


def test_difference_curve_has_a_pointwise_t_interval(world):
    primary = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3).conclude().primary
    curve = primary.find_cell("a", "margin").difference_curve
    assert curve.n_labels.tolist() == [10, 20, 30, 40, 50]
    low, high = stats.ttest_1samp((MARGIN - RANDOM)[:, 1], 0).confidence_interval()
    assert (curve.low[1], curve.high[1]) == pytest.approx((low, high))
    assert curve.n_repeats == 3


@pytest.mark.parametrize(
    ("shift", "verdict"),
    [([0.02, 0.03, 0.04], "win"), ([-0.02, 0.0, 0.03], "tie"), ([-0.02, -0.03, -0.02], "loss")],
)
def test_verdict_is_the_side_of_the_interval(world, shift, verdict):
    margin = RANDOM + np.array(shift)[:, np.newaxis]
    primary = world({"a": {"random": RANDOM, "margin": margin}}, splits=3).conclude().primary
    assert primary.find_cell("a", "margin").verdict == verdict


def test_two_paired_repeats_decide_nothing(world):
    primary = world({"a": {"random": RANDOM[:2], "margin": MARGIN[:2]}}, splits=2).conclude().primary
    cell = primary.find_cell("a", "margin")
    assert (cell.verdict, cell.interval) == ("undecided", None)
    assert np.isnan(cell.curve.low).all()


@pytest.mark.parametrize("unit", [1, 1e6])
def test_equal_picks_are_a_tie_in_spite_of_rounding(world, unit):
    third = unit * RANDOM / 3
    arms = np.stack([third, third * (1 + 2e-16)])
    primary = world({"a": {"random": arms, "margin": third}}, splits=3).conclude().primary
    cell = primary.find_cell("a", "margin")
    assert (cell.difference, cell.verdict, cell.win_rate) == (0.0, "tie", 0.5)
    assert (primary.rows[0].mean_rank, primary.rows[1].mean_rank) == (1.5, 1.5)


# --- budgets and rounds ----------------------------------------------------------------------------------


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


# --- across datasets -------------------------------------------------------------------------------------


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


# --- the whole --------------------------------------------------------------------------------------------


def test_the_order_of_rows_does_not_matter(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5, "entropy": 0.4}, rounds=6)
    curves["b"]["margin"][0, :1] = np.nan
    curves["c"]["entropy"][0, 4, 3:] = np.nan
    study = world(curves, splits=5, starts=2, reference={"a": 0.9, "b": [0.9, 0.8, 0.95, 0.9, 0.85]})
    ordered = study.conclude()
    shuffled = (table.sample(fraction=1, shuffle=True, seed=3) for table in study.tables())
    assert plain(conclude(study.experiment, *shuffled)) == plain(ordered)


def plain(value):
    """Evidence as nested tuples in which arrays and not-a-number can be compared; keys are left out."""
    if isinstance(value, np.ndarray):
        return tuple(map(repr, value.tolist()))
    if isinstance(value, tuple | list):
        return tuple(plain(item) for item in value)
    if isinstance(value, dict):
        return tuple((key, plain(item)) for key, item in value.items())
    if hasattr(value, "__dataclass_fields__"):
        names = [name for name in value.__dataclass_fields__ if name != "first"]
        return tuple((name, plain(getattr(value, name))) for name in names)
    return value


def test_keys_carry_no_meaning(world, noisy):
    study = world(noisy({"random": 0.3, "margin": 0.5}, rounds=6), splits=5, starts=2)
    trials, curves, references = study.tables()
    renamed = (table.with_columns(key=pl.col("key").hash(7).cast(pl.String)) for table in (trials, curves))
    assert plain(conclude(study.experiment, *renamed, references)) == plain(study.conclude())


def test_missing_trials_are_counted_not_imputed(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3, absent={("a", "margin", 1)})
    evidence = study.conclude()
    assert (evidence.n_done, evidence.n_failed, evidence.n_missing) == (5, 0, 1)
    cell = evidence.primary.find_cell("a", "margin")
    assert (cell.n_repeats, cell.n_failed, cell.difference) == (2, 0, pytest.approx(0.075))


def test_empty_tables_give_empty_evidence(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    evidence = conclude(study.experiment, *(table.clear() for table in study.tables()))
    cell = evidence.primary.find_cell("a", "margin")
    assert (cell.n_repeats, cell.area, cell.curve, cell.verdict) == (0, None, None, "undecided")
    assert (evidence.n_done, evidence.n_failed, evidence.n_missing) == (0, 0, 6)
    assert evidence.primary.smallest_p is None
    assert write_answer(evidence)


def test_evidence_without_a_primary_slice_says_that_there_is_none(world):
    evidence = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3).conclude()
    with pytest.raises(ResultsError, match="no slice is the primary one"):
        _ = replace(evidence, slices=()).primary


def test_trials_of_other_seed_sizes_are_other_slices(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    trials, curves, references = study.tables()
    larger = trials.with_columns(seed_size=pl.lit(20, pl.Int64), key="larger/" + pl.col("key"))
    of_larger = curves.filter(pl.col("n_labels") >= 20).with_columns(key="larger/" + pl.col("key"))
    experiment = replace(study.experiment, seed_sizes=(Size("count", 10), Size("percent", 2)))
    evidence = conclude(experiment, pl.concat([trials, larger]), pl.concat([curves, of_larger]), references)
    assert [
        (slice_evidence.slice.seed_size, slice_evidence.primary) for slice_evidence in evidence.slices
    ] == [("10", True), ("2%", False)]
    small, large = (slice_evidence.find_cell("a", "random").area for slice_evidence in evidence.slices)
    assert (small, large) == pytest.approx((0.7, 0.75))
    assert evidence.n_missing == 0


def test_the_area_can_be_that_of_a_paper(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    primary = study.conclude(area="lu2023").primary
    assert primary.area == "lu2023"
    # First repeat of random: 0.65 + 0.75 + 0.85 over four steps.
    assert primary.find_cell("a", "random").area == pytest.approx((2.25 + 1.95 + 2.55) / 3 / 4)
    assert study.conclude(area="mean").primary.find_cell("a", "random").area == pytest.approx(0.7)


@pytest.mark.parametrize("seed", range(25))
def test_whatever_is_missing_there_is_evidence_in_words(world, noisy, seed):
    rng = np.random.default_rng(seed)
    splits, starts, rounds = (int(rng.integers(1, top)) for top in (6, 3, 6))
    curves = noisy(
        {"random": 0.3, "margin": 0.5, "qbc": 0.3},
        datasets="abcdefgh"[: rng.integers(1, 9)],
        repeats=splits * starts,
        rounds=rounds,
        arms=int(rng.integers(1, 4)),
        seed=seed,
    )
    lost, early = rng.random(2) / 2
    for values in (values for by_strategy in curves.values() for values in by_strategy.values()):
        values[rng.random(values.shape[:2]) < lost] = np.nan
        for arm, repeat in np.argwhere(rng.random(values.shape[:2]) < early):
            values[arm, repeat, rng.integers(rounds) :] = np.nan
    reference = {name: rng.choice([0.7, 0.9, np.nan], splits) for name in curves if rng.random() < 0.7}
    absent = {
        (d, s, int(rng.integers(splits * starts))) for d in curves for s in curves[d] if rng.random() < 0.3
    }
    study = world(
        curves, splits, starts, seed_size=int(rng.choice([0, 10])), reference=reference, absent=absent
    )
    evidence = study.but(second="margin").conclude()
    answer = write_answer(evidence)
    assert answer
    assert not any(word in sentence for sentence in answer for word in ("None", "nan", "inf "))
    for cell in evidence.primary.cells:
        low = np.nan if cell.interval is None else cell.interval.low
        assert (cell.verdict == "win") <= bool(low > 0)
        assert cell.n_paired <= cell.n_repeats <= splits * starts
