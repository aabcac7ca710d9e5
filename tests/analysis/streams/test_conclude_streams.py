"""A strategy on streams is compared with random at the same spending: its numbers, worked out another way."""

from statistics import mean, median

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from stream_world import MARK, N_ROWS, World, fail, make_design

from albench.analysis.streams.conclude import conclude_streams
from albench.errors import UnknownSliceError

GAINS = {"variable_uncertainty": 0.03, "split": 0.002, "uncertainty": -0.02}


@pytest.fixture(scope="module")
def world():
    return World(gains=GAINS)


@pytest.fixture(scope="module")
def evidence(world):
    return world.conclude()


def list_gains(world, strategy, metric="accuracy", dataset=None):
    """Dataset -> gains over random, one a repeat, by a loop over the rows."""
    gains = {}
    for row in world.trials.iter_rows(named=True):
        if row["strategy"] == strategy and row["status"] == "done" and dataset in (None, row["dataset"]):
            gains.setdefault(row["dataset"], []).append(row[metric] - row[f"random_{metric}"])
    return gains


def get_line(evidence, strategy):
    return next(line for line in evidence.primary.rows if line.row.strategy == strategy)


def test_a_difference_on_a_stream_is_the_mean_of_its_repeats_with_student_t(world, evidence):
    for strategy in GAINS:
        for dataset, gains in list_gains(world, strategy).items():
            cell = evidence.primary.find_cell(dataset, strategy).cell
            low, high = stats.ttest_1samp(gains, 0).confidence_interval(0.95)
            assert cell.difference == pytest.approx(mean(gains), abs=1e-11)
            assert (cell.interval.low, cell.interval.high) == pytest.approx((low, high), abs=1e-11)
            assert cell.win_rate == mean(gain > 0 for gain in gains)
            assert cell.verdict == ("win" if low > 0 else "loss" if high < 0 else "tie")


def test_over_streams_each_counts_as_much_and_welch_gives_the_interval(world, evidence):
    for strategy in GAINS:
        samples = list(list_gains(world, strategy).values())
        row = get_line(evidence, strategy).row
        parts = [stats.sem(sample) ** 2 / len(samples) ** 2 for sample in samples]
        df = sum(parts) ** 2 / sum(
            part**2 / (len(sample) - 1) for part, sample in zip(parts, samples, strict=True)
        )
        centre, half = mean(map(mean, samples)), stats.t.ppf(0.975, df) * sum(parts) ** 0.5
        assert row.difference == pytest.approx(centre, abs=1e-11)
        assert row.interval_these.low == pytest.approx(centre - half, abs=1e-11)
        assert row.interval_these.high == pytest.approx(centre + half, abs=1e-11)


def test_p_values_are_corrected_for_the_number_of_strategies(world, evidence):
    raw = {}
    for strategy in GAINS:
        samples = list(list_gains(world, strategy).values())
        parts = [stats.sem(sample) ** 2 / len(samples) ** 2 for sample in samples]
        df = sum(parts) ** 2 / sum(part**2 / 9 for part in parts)
        raw[strategy] = 2 * stats.t.sf(abs(mean(map(mean, samples))) / sum(parts) ** 0.5, df)
    corrected = multipletests(list(raw.values()), method="holm")[1]
    for strategy, p in zip(raw, corrected, strict=True):
        assert get_line(evidence, strategy).row.p_these == pytest.approx(p, rel=1e-6)


def test_over_enough_streams_wilcoxon_tests_with_holm():
    world = World(make_design(datasets=tuple("abcdefgh"), n_repeats=3), gains=GAINS)
    evidence = world.conclude()
    ps = [
        stats.wilcoxon([mean(gains) for gains in list_gains(world, strategy).values()], mode="exact").pvalue
        for strategy in GAINS
    ]
    for strategy, p in zip(GAINS, multipletests(ps, method="holm")[1], strict=True):
        row = get_line(evidence, strategy).row
        assert row.testable
        assert row.p_holm == pytest.approx(p)


def test_with_three_streams_nothing_is_tested_over_streams(evidence):
    assert not any(line.row.testable or line.row.p_holm is not None for line in evidence.primary.rows)


def test_the_best_stands_first_and_is_recommended(evidence):
    assert [line.row.strategy for line in evidence.primary.rows] == [
        "variable_uncertainty", "split", "uncertainty",
    ]  # fmt: skip
    assert evidence.primary.recommendation.outcome == "better"
    assert evidence.primary.recommendation.strategy == "variable_uncertainty"
    assert evidence.primary.recommendation.equals == ()


def test_strategies_of_like_gains_are_not_told_apart():
    evidence = World(gains=dict.fromkeys(GAINS, 0.03)).conclude()
    _, *rest = [line.row.strategy for line in evidence.primary.rows]
    assert evidence.primary.recommendation.equals == tuple(rest)


def test_recovery_is_the_median_and_a_level_that_never_comes_back_counts_as_more_than_any():
    def lose(row):
        is_lost = row["strategy"] == "split" and row["repeat"] >= 4
        return row | ({"recovery": None, "n_recovered": 0} if is_lost else {})

    world = World(make_design(datasets=("sea",)), edit=lose)
    evidence = world.conclude()
    rows = world.trials.filter(pl.col("strategy") == "variable_uncertainty")
    own, random = rows["recovery"].to_list(), rows["random_recovery"].to_list()
    recovery = get_line(evidence, "variable_uncertainty").recovery
    assert (recovery.median, recovery.median_random) == (median(own), median(random))
    assert recovery.n_sooner == sum(a < b for a, b in zip(own, random, strict=True))
    lost = get_line(evidence, "split").recovery
    assert (lost.n_changes, lost.n_recovered, lost.n_recovered_random) == (10, 4, 10)
    assert lost.median is None
    assert lost.n_later >= 6


def test_a_drift_before_the_first_window_has_no_level_to_regain():
    world = World(edit=lambda row: row | {"marks": [199], "recovery": None, "random_recovery": None})
    assert all(line.recovery is None for line in world.conclude().primary.rows)


def test_spending_is_the_share_that_was_bought_and_who_went_over():
    def overspend(row):
        is_over = (row["strategy"], row["dataset"], row["repeat"]) == ("uncertainty", "led", 0)
        return row | ({"n_bought": 290, "excess": 89} if is_over else {})

    world = World(edit=overspend)
    line = get_line(world.conclude(), "uncertainty")
    bought = world.trials.filter(pl.col("strategy") == "uncertainty")["n_bought"]
    assert line.spending.share == pytest.approx(sum(bought) / 30 / N_ROWS)
    assert (line.spending.n_over, line.spending.excess, line.spending.n_trials) == (1, 89, 30)


def test_curves_are_means_over_the_repeats_of_the_window(world, evidence):
    cell = evidence.primary.find_cell("led", "split")
    keys = world.trials.filter(pl.col("dataset") == "led", pl.col("strategy") == "split")["key"].implode()
    at = world.curves.filter(pl.col("key").is_in(keys), pl.col("n_rows") == 1600)
    place = list(cell.cell.curve.n_labels).index(1600)
    assert cell.cell.curve.mean[place] == pytest.approx(mean(at["window_accuracy"]))
    assert cell.random_curve.mean[place] == pytest.approx(mean(at["random_window_accuracy"]))
    low, high = stats.t.interval(0.95, 9, mean(at["window_accuracy"]), stats.sem(at["window_accuracy"]))
    assert (cell.cell.curve.low[place], cell.cell.curve.high[place]) == pytest.approx((low, high))
    assert cell.spending.curve.mean[place] == pytest.approx(mean(at["n_bought"]))
    assert cell.marks == (MARK,)
    assert evidence.primary.mean_marks == (50.0,)
    share = evidence.primary.mean_curves["split"][0]
    ends = [
        evidence.primary.find_cell(name, "split").cell.curve.mean[-1] for name in evidence.primary.datasets
    ]
    assert share.mean[-1] == pytest.approx(mean(ends))


def test_failed_and_missing_trials_are_counted_and_never_averaged_away():
    def spoil(row):
        if row["strategy"] == "split" and row["dataset"] == "sea":
            return fail(row) if row["repeat"] < 6 else None
        return row

    world = World(gains=GAINS, edit=spoil)
    evidence = world.conclude()
    assert (evidence.n_done, evidence.n_failed, evidence.n_missing) == (80, 6, 4)
    cell = evidence.primary.find_cell("sea", "split")
    assert (cell.cell.n_failed, cell.n_missing, cell.cell.difference) == (6, 4, None)
    row = get_line(evidence, "split").row
    samples = list_gains(world, "split")
    assert row.n_datasets == 2
    assert row.difference == pytest.approx(mean([mean(samples["led"]), mean(samples["wind"])]), abs=1e-11)
    assert row.sensitivity == pytest.approx(row.difference * 2 / 3, abs=1e-11)
    assert evidence.primary.rows[-1].row.strategy != "split"


def test_cells_with_fewer_than_80_percent_of_their_repeats_do_not_count():
    world = World(
        gains=GAINS,
        edit=lambda row: fail(row) if row["dataset"] == "sea" and row["repeat"] < 3 else row,
    )
    evidence = world.conclude()
    assert {line.row.n_datasets for line in evidence.primary.rows} == {2}
    assert evidence.primary.find_cell("sea", "split").cell.verdict == "undecided"


def test_one_repeat_has_no_interval_and_no_verdict():
    evidence = World(make_design(n_repeats=1), gains=GAINS).conclude()
    row = evidence.primary.rows[0].row
    assert row.interval_these is None
    assert row.p_these is None
    assert row.undecided == 3
    assert evidence.primary.recommendation.outcome == "undecided"


def test_a_metric_without_a_number_leaves_its_repeat_out():
    world = World(edit=lambda row: row | ({"kappa": None} if row["repeat"] == 0 else {}))
    kappa = world.conclude().find_slice({"metric": "kappa"})
    cell = kappa.find_cell("sea", "split").cell
    assert (cell.n_paired, cell.n_without_area) == (9, 1)
    gains = list_gains(World(), "split", "kappa", "sea")["sea"]
    assert cell.difference == pytest.approx(mean(gains[1:]), abs=1e-11)


def test_the_order_of_rows_changes_nothing(world, evidence):
    rng = np.random.default_rng(1)
    shuffled = conclude_streams(
        world.design,
        world.trials[rng.permutation(world.trials.height)],
        world.curves[rng.permutation(world.curves.height)],
    )
    assert [line.row for line in shuffled.primary.rows] == [line.row for line in evidence.primary.rows]


def test_slices_are_named_by_their_values():
    world = World(make_design(budgets=(0.1, 0.05), drifts=("sudden", "")), gains=GAINS)
    evidence = world.conclude()
    assert len(evidence.slices) == 2 * 2 * 3
    assert evidence.primary.slice.budget == 0.1
    assert evidence.find_slice({"budget": "0.05", "metric": "kappa"}).slice.metric == "kappa"
    assert evidence.find_slice({"budget": "5%"}) is evidence.find_slice({"budget": "5 %"})
    assert evidence.find_slice({"budget": "5%"}).slice.budget == 0.05
    assert evidence.find_slice({"drift": ""}).rows[0].recovery is None
    with pytest.raises(UnknownSliceError, match=r"no slice has budget .0\.2."):
        evidence.find_slice({"budget": 0.2})


def test_a_strategy_with_two_managers_is_two_lines():
    pairs = (("split", "fixed"), ("split", "estimated"), ("uncertainty", "balanced_quantile"))
    evidence = World(make_design(pairs=pairs), gains=GAINS).conclude()
    names = {line.row.strategy for line in evidence.primary.rows}
    assert names == {"split (fixed)", "split (estimated)", "uncertainty"}


def test_nothing_at_all_is_no_error():
    evidence = World(edit=lambda row: None).conclude()
    assert evidence.primary.recommendation is None
    assert (evidence.n_done, evidence.n_missing) == (0, 90)
