"""Sentences beside the numbers of each part of a page."""

from __future__ import annotations

import numpy as np
import pytest
from rising_curves import MARGIN, RANDOM, wiggle

from albench.narrative import write_remarks

WAY = "For 95 % of the way from the seed set to the model trained on the whole pool: "


def test_what_a_clear_win_rests_on(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in ("breast_cancer", "digits", "wine")}
    remarks = write_remarks(world(curves, splits=10, reference=dict.fromkeys(curves, 0.9)).conclude())
    assert remarks.leaderboard == (
        (
            "Whether any of this holds on other datasets cannot be tested with 3 datasets: the smallest p that "
            "the signed-rank test can reach is 0.25, and where one strategy is compared it takes at least 6 "
            "datasets to get below 0.05."
        ),
    )
    # 95 % of the way to 0.9 is 0.88: 29 labels for 48.
    assert remarks.saving == (f"{WAY}margin needs 40 % fewer labels than random (median over 3 datasets).",)
    assert remarks.where == (
        (
            "These are 95 % intervals of 3 comparisons, each read by itself: if no strategy differed from "
            "random, chance alone would call about 0.075 of them better and as many worse."
        ),
        (
            "An interval on one dataset speaks of the mean over other splits of its rows; new data of its kind "
            "may differ by more."
        ),
    )


def test_the_largest_of_several_gains_has_an_interval_that_allows_for_the_choice(world):
    others = {f"other_{i}": wiggle(MARGIN, 20 + i, 0.02) - 0.01 for i in range(3)}
    curves = {
        "random": np.stack([wiggle(RANDOM, 0), wiggle(RANDOM, 1)]),
        "margin": wiggle(MARGIN, 7, 0.02),
    }
    evidence = world({"digits": curves | others}, splits=10).conclude()
    row = next(
        row for row in evidence.primary.rows if row.strategy == evidence.primary.recommendation.strategy
    )
    assert row.interval_chosen.low < row.interval_these.low
    assert (
        f"the largest of 4, which chance favours: with that allowed for, the interval is "
        f"[{row.interval_chosen.low:.3f}, {row.interval_chosen.high:.3f}]"
        in write_remarks(evidence).leaderboard[0]
    )


def test_one_interval_is_put_beside_chance(world):
    remarks = world({"digits": {"random": RANDOM, "margin": MARGIN}}, splits=10).remarks()
    assert (
        "That is one 95 % interval: chance alone puts it above 0 one time in 40, and below 0 as often."
        in remarks
    )
    assert any("cannot be tested with 1 dataset:" in sentence for sentence in remarks)


def test_one_repeat_decides_nothing(world):
    curves = {name: {"random": RANDOM[:1], "margin": MARGIN[:1]} for name in "abc"}
    assert (
        "No dataset decides for or against a strategy: no strategy shares more than 1 repeat with random, and an "
        "interval takes 3." in world(curves, splits=1).remarks()
    )


def test_splits_that_lack_are_not_called_repeats(world):
    study = world({"a": {"random": RANDOM.repeat(2, axis=0), "margin": wiggle(MARGIN).repeat(2, axis=0)}}, 2)
    reason = "20 repeats on 2 splits, and an interval takes 3 splits"
    assert f"No dataset decides for or against a strategy: {reason}." in study.but(starts=10).remarks()


def test_a_level_that_random_never_has_is_said_of_all_datasets_at_once(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in "abc"}
    assert (
        f"{WAY}on all 3 datasets margin gets there within the budget and random does not."
        in world(curves, splits=10, reference=dict.fromkeys("abc", 0.97)).remarks()
    )


def test_each_dataset_has_its_own_way_to_the_reference(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in "abcd"}
    references = {"a": 0.9, "b": 0.97, "c": 1.5}
    assert (
        f"{WAY}margin needs 40 % fewer labels than random on a; on b margin gets there within the budget and "
        "random does not; on c neither curve gets there within the budget; on d there is no reference."
        in world(curves, splits=10, reference=references).remarks()
    )


def test_a_reference_that_is_missing_everywhere_is_said_once(world):
    remarks = world({name: {"random": RANDOM, "margin": MARGIN} for name in "abc"}, splits=10).remarks()
    assert any(sentence.endswith("on all 3 datasets there is no reference.") for sentence in remarks)


def test_a_saving_that_flat_curves_hardly_determine_is_said_to_be_so(world):
    """Both curves are at their end from the second round on; margin is ahead in that round alone."""
    rng = np.random.default_rng(3)
    flat = {
        name: np.array([0.5, first, *[0.8] * 28]) + 0.01 * rng.standard_normal((10, 30)) * ([0] + [1] * 29)
        for name, first in (("random", 0.72), ("margin", 0.8))
    }
    rising = {"random": wiggle(RANDOM), "margin": wiggle(MARGIN, 7)}
    start = "On flat that saving is poorly determined: the curves are flat at the end"
    assert any(sentence.startswith(start) for sentence in world({"flat": flat}, splits=10).remarks())
    assert not any("poorly determined" in remark for remark in world({"rising": rising}, splits=10).remarks())


def test_what_is_left_out_is_named_with_its_repeats(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN.copy(), "qbc": MARGIN.copy()} for name in "abc"}
    curves["b"]["margin"][:3] = np.nan
    curves["c"]["qbc"][:] = np.nan
    coverage = write_remarks(world(curves, splits=10).conclude()).coverage
    assert (
        "Left out on b, where fewer than 80 % of 10 repeats are paired with random: margin (7 paired)."
        in coverage
    )
    assert "qbc has no finished trial with accuracy on c (10 trials failed)." in coverage


def test_a_strategy_that_failed_everywhere(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN, "qbc": MARGIN * np.nan} for name in "abc"}
    remarks = world(curves, splits=10).remarks()
    assert "qbc has no finished trial with accuracy (30 trials failed): nothing is said of it." in remarks
    assert any("where one strategy is compared" in sentence for sentence in remarks)


def test_repeats_that_lack_are_counted_as_random(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN.copy()} for name in "ab"}
    curves["b"]["margin"][:2] = np.nan
    # a whole, b with 8 of 10 repeats: (0.12 + 0.8 * 0.12) / 2.
    assert (
        "With every repeat that margin lacks counted as equal to random, its mean difference is +0.108."
        in world(curves, splits=10).remarks()
    )


def test_across_many_datasets_the_tests_and_probabilities_are_said(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.6, "entropy": 0.3}, datasets=[f"d{i}" for i in range(10)])
    remarks = world(curves, splits=10).remarks()
    assert (
        "Across 10 datasets, margin is better than random (p = 0.004), by a Wilcoxon signed-rank test over the "
        "datasets with Holm's correction for 2 strategies." in remarks
    )
    assert (
        "The probabilities that margin is better than random, practically equal (within 0.005) or worse on another "
        "dataset like these are 0.95, 0.05 and below 0.01; that this is what most datasets like these show, above "
        "0.99, below 0.01 and below 0.01." in remarks
    )


def test_the_median_counts_the_datasets_on_which_one_curve_never_gets_there(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in "ab"}
    # To 0.95 of the way random gets; margin is ahead all along and flattens out below.
    low = np.array([0.5, 0.8, 0.84, 0.84, 0.84]) + np.linspace(-0.01, 0.01, 10)[:, np.newaxis]
    curves |= {name: {"random": RANDOM, "margin": low} for name in "cdefgh"}
    remarks = world(curves, splits=10, reference=dict.fromkeys("abcdefgh", 0.9)).remarks()
    sentence = next(remark for remark in remarks if remark.startswith("For 95 % of the way"))
    assert "on a and b both get there, and margin saves 40 to 40 % of random's labels" in sentence
    assert "the median over 8 datasets lies beyond the budget" in sentence
    assert "on c, d, e, f, g and h random gets there within the budget and margin does not" in sentence
    few = {name: curves[name] for name in "abc"} | {"i": curves["a"]}
    remarks = world(few, splits=10, reference=dict.fromkeys("abci", 0.9)).remarks()
    assert any(
        "margin needs 40 % fewer labels than random (median over 4 datasets)" in remark for remark in remarks
    )


def test_a_pair_has_one_p_on_the_whole_page(world):
    curves = {
        f"d{i}": {"random": RANDOM, "margin": RANDOM + gain * np.array([0, 1, 1, 1, 1])}
        for i, gain in enumerate([0.1, 0.2, 0.15, 0.05, 0.12, 0.0])
    }
    # In thirds and tenths the mean difference on the last dataset is not exactly 0.
    curves["d5"]["margin"] = (
        RANDOM[[0, 1, 2]].repeat(5, axis=0)[:10] * 0
        + RANDOM
        + 0.1 * np.array([[(i - 4.5) / 3] for i in range(10)])
    )
    evidence = world(curves, splits=10).conclude().primary
    (pair,) = evidence.details.pairwise.pairs
    assert evidence.rows[1].p == pair.p == 0.0625
    assert evidence.find_cell("d5", "margin").difference == 0


def test_no_difference_found_is_not_called_none(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.3, "entropy": 0.3}, datasets=[f"d{i}" for i in range(10)])
    sentence = next(
        remark for remark in world(curves, splits=10).remarks() if remark.startswith("Across 10 datasets")
    )
    assert "no strategy differs significantly from random" in sentence
    assert sentence.endswith("that is no evidence that there is no difference.")


def test_differences_from_the_second_baseline_are_said(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN, "entropy": MARGIN - 0.01} for name in "abc"}
    assert (
        "Against margin, the second baseline: random (\u22120.120 [\u22120.120, \u22120.120]) and entropy "
        "(\u22120.010 [\u22120.010, \u22120.010]) are worse; on average over these datasets nothing else is told apart "
        "from it." in world(curves, splits=10, second="margin").remarks()
    )


@pytest.mark.parametrize(
    ("splits", "starts", "what"), [(10, 1, "splits of its rows"), (1, 10, "starts of its one")]
)
def test_an_interval_on_one_dataset_says_what_it_speaks_of(world, splits, starts, what):
    study = world({"a": {"random": RANDOM, "margin": wiggle(MARGIN)}}, splits).but(starts=starts)
    assert any(f"speaks of the mean over other {what}" in sentence for sentence in study.remarks())


def test_a_repeat_that_fails_takes_the_interval_of_the_saving_and_says_so(world):
    curves = {
        name: {"random": wiggle(RANDOM, i), "margin": wiggle(MARGIN, 7)} for i, name in enumerate("abc")
    }
    curves["c"]["margin"] = curves["c"]["margin"].copy()
    curves["c"]["margin"][4] = np.nan
    remarks = world(curves, splits=10).remarks()
    assert "That saving has no interval on c (9 repeats paired, and it takes 10)." in remarks


def test_what_cannot_be_tested_says_how_an_interval_beside_it_is_to_be_read(world, noisy):
    rates = {"random": 0.3, "margin": 0.6, "entropy": 0.5, "qbc": 0.4}
    remarks = world(noisy(rates, datasets="abcdef"), splits=10).remarks()
    sentence = next(remark for remark in remarks if "cannot be tested with 6 datasets" in remark)
    assert sentence.startswith("Whether areas differ on other datasets cannot be tested")
    assert sentence.endswith("intervals on datasets like these stand each by itself, uncorrected.")


def test_cost_of_a_query(world):
    remarks = write_remarks(world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=10).conclude())
    # 0.5 s for 40 labels.
    assert remarks.cost == ("Choosing a label costs margin 12 ms of processor time, random 12 ms.",)


def test_withheld_verdicts_leave_only_what_is_left_out(world):
    arms = np.stack([RANDOM, RANDOM + 0.1 * np.array([0, 1, 1, 1, 1])])
    curves = {
        "a": {"random": wiggle(arms[0])[np.newaxis].repeat(2, axis=0) + arms - RANDOM, "margin": MARGIN}
    }
    evidence = world(curves, splits=10).conclude()
    assert evidence.primary.control.fired
    assert evidence.primary.recommendation is None
    assert write_remarks(evidence).sentences == ()
