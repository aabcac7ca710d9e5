"""The answer in sentences, for everything that can come out of an experiment."""

from __future__ import annotations

import re

import numpy as np
import pytest

from albench.analysis.evidence import Interval
from albench.narrative import run_checks, write_answer
from albench.narrative.wording import format_saving

RANDOM = np.array([[0.5, 0.6, 0.7, 0.8, 0.9]]) + np.linspace(-0.01, 0.01, 10)[:, np.newaxis]
MARGIN = np.array([[0.5, 0.7, 0.9, 0.95, 0.96]]) + np.linspace(-0.01, 0.01, 10)[:, np.newaxis]
SLOWER = np.array([[0.5, 0.5, 0.6, 0.7, 0.8]]) + np.linspace(-0.01, 0.01, 10)[:, np.newaxis]
WITHOUT_TIMES = {"query_s": None}
"""What the exact sentences below leave out."""


def wiggled(curves, seed=0, size=0.01):
    return curves + size * np.random.default_rng(seed).standard_normal((curves.shape[0], 1)) * [0, 1, 1, 1, 1]


def two_arms(seed=0):
    return np.stack([wiggled(RANDOM, seed), wiggled(RANDOM, seed + 1)])


def three(margin, **others):
    return {
        name: {"random": two_arms(2 * i), "margin": margin, **others}
        for i, name in enumerate(("breast_cancer", "digits", "wine"))
    }


def test_a_clear_win(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in ("breast_cancer", "digits", "wine")}
    answer = world(curves, splits=10, reference=dict.fromkeys(curves, 0.9), **WITHOUT_TIMES).answer()
    # Random ends at 0.9, which margin has at 30 of 50 labels; 95 % of the way to 0.9 is 0.88: 29 for 48.
    each = ", ".join(f"{name} 40 % [40, 40]" for name in curves)
    areas = "(+0.120 [0.120, 0.120])"
    assert list(answer) == [
        f"Over 3 datasets × 10 repeats with logistic_regression, margin needs 40 % fewer labels than random to reach random's final accuracy (median over datasets; {each}).",
        "Averaged over the labels, its accuracy is better than random's by +0.120 [0.120, 0.120] (mean over these datasets).",
        f"Better than random on breast_cancer: margin {areas}; on digits: margin {areas}; on wine: margin {areas}.",
        "These are 95 % intervals of 3 comparisons, each read by itself: if no strategy differed from random, chance alone would call about 0.075 of them better and as many worse.",
        "An interval on one dataset speaks of the mean over other splits of its rows; new data of its kind may differ by more.",
        "Whether any of this holds on other datasets cannot be tested with 3 datasets: the smallest p that the signed-rank test can reach is 0.25, and where one strategy is compared it takes at least 6 datasets to get below 0.05.",
        "For 95 % of the way from the seed set to the model trained on the whole pool: margin needs 40 % fewer labels than random (median over 3 datasets).",
        "There is no A/A control: random has one arm only, so it cannot be compared with itself.",
    ]


def test_a_far_lower_end_of_a_saving_is_said_to_be_far():
    assert format_saving(0.54, Interval(-2.16, 0.76, 0.95, "t")) == "54 % [< \u2212100, 76]"
    assert format_saving(-1.5, Interval(-2.16, 0.76, 0.95, "t")) == "\u2212150 % [\u2212216, 76]"
    assert format_saving(0.54, None) == "54 %"


def test_the_largest_of_several_gains_is_told_with_an_interval_that_allows_for_the_choice(world):
    others = {f"other_{i}": wiggled(MARGIN, 20 + i, 0.02) - 0.01 for i in range(3)}
    found = world(three(wiggled(MARGIN, 7, 0.02), **others), splits=10).conclude()
    row = next(row for row in found.primary.rows if row.strategy == "margin")
    assert row.interval_chosen.low < row.interval_these.low
    assert (
        f"the largest of 4, which chance favours: with that allowed for, the interval is [{row.interval_chosen.low:.3f}"
        in (" ".join(write_answer(found)))
    )


def test_every_win_and_every_loss_is_named(world):
    curves = three(wiggled(MARGIN, 7), k_center=wiggled(SLOWER, 8))
    evidence = world(curves, splits=10).conclude()
    wins = next(
        sentence for sentence in write_answer(evidence) if sentence.startswith("Better than random on")
    )
    losses = next(
        sentence for sentence in write_answer(evidence) if sentence.startswith("Worse than random on")
    )
    for cell in evidence.primary.cells:
        named = f"on {cell.dataset}: {cell.strategy} ("
        assert (named in wins) == (cell.verdict == "win")
        assert (named in losses) == (cell.verdict == "loss")
    assert len(re.findall("margin", wins)) == 3


def test_ties(world):
    curves = three(wiggled(RANDOM, 42, 0.02))
    evidence = world(curves, splits=10).conclude()
    assert {cell.verdict for cell in evidence.primary.cells if cell.strategy == "margin"} == {"tie"}
    first = write_answer(evidence)[0]
    assert "no strategy is" in first
    assert "better than random on average" in first
    assert "On no dataset is a strategy better than random." in write_answer(evidence)
    assert not any("fewer labels than random to reach" in sentence for sentence in write_answer(evidence))


def test_random_is_best(world):
    evidence = world(three(wiggled(SLOWER, 7)), splits=10).conclude()
    assert write_answer(evidence)[0].startswith(
        "Over 3 datasets × 10 repeats with logistic_regression, random is better than every strategy on average: "
        "the one that comes closest, margin, differs in accuracy by \u2212"
    )
    assert any(
        sentence.startswith("Worse than random on breast_cancer: margin (")
        for sentence in write_answer(evidence)
    )


def test_the_best_of_many_is_not_called_better_for_its_own_interval_alone(world):
    from scipy.stats import ttest_1samp
    from statsmodels.stats.multitest import multipletests

    offsets = {"first": 0.55} | {f"other_{i}": 0.1 - 0.02 * i for i in range(8)}
    gains = {name: 0.01 * (np.linspace(-1, 1, 10) + offset) for name, offset in offsets.items()}
    curves = {name: RANDOM + gain[:, np.newaxis] for name, gain in gains.items()}
    evidence = world({"digits": {"random": RANDOM, **curves}}, splits=10).conclude()
    rows = {row.strategy: row for row in evidence.primary.rows}
    alone = [ttest_1samp(gain, 0).pvalue for gain in gains.values()]
    corrected = dict(zip(gains, multipletests(alone, method="holm")[1], strict=True))
    assert {name: rows[name].p_these for name in gains} == pytest.approx(corrected)
    assert alone[0] < 0.05 < corrected["first"]
    assert rows["first"].interval_these.low > 0
    assert rows["first"].side == 0
    assert write_answer(evidence)[0].startswith(
        "On digits, over 10 repeats with logistic_regression, no strategy is shown"
    )
    assert (
        "by itself that interval is above 0, but it is the largest of 9 (p = 0." in write_answer(evidence)[0]
    )


def test_one_dataset(world):
    curves = {"digits": {"random": RANDOM, "margin": MARGIN}}
    answer = world(curves, splits=10).answer()
    assert answer[0] == (
        "On digits, over 10 repeats with logistic_regression, margin needs 40 % fewer labels than random to reach "
        "random's final accuracy (saving 40 % [40, 40])."
    )
    assert any("cannot be tested with 1 dataset:" in sentence for sentence in answer)
    assert (
        "That is one 95 % interval: chance alone puts it above 0 one time in 40, and below 0 as often."
        in answer
    )


def test_one_repeat_decides_nothing(world):
    curves = {name: {"random": RANDOM[:1], "margin": MARGIN[:1]} for name in "abc"}
    answer = world(curves, splits=1).answer()
    assert answer[0] == (
        "Over 3 datasets × 1 repeat with logistic_regression, nothing is decided: there are too few repeats for an "
        "interval. The largest difference to random in accuracy is that of margin, +0.120."
    )
    assert answer[1] == (
        "No dataset decides for or against a strategy: no strategy shares more than 1 repeat with random, and an "
        "interval takes 3."
    )


def test_all_censored(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in "abc"}
    answer = world(curves, splits=10, reference=dict.fromkeys("abc", 0.97)).answer()
    assert (
        "For 95 % of the way from the seed set to the model trained on the whole pool: on all 3 datasets margin gets "
        "there within the budget and random does not." in answer
    )


def test_each_dataset_has_its_own_way_to_the_reference(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in "abcd"}
    references = {"a": 0.9, "b": 0.97, "c": 1.5}
    answer = world(curves, splits=10, reference=references).answer()
    assert (
        "For 95 % of the way from the seed set to the model trained on the whole pool: margin needs 40 % fewer "
        "labels than random on a; on b margin gets there within the budget and random does not; on c neither curve "
        "gets there within the budget; on d there is no reference." in answer
    )


def test_reference_missing_everywhere(world):
    answer = world({name: {"random": RANDOM, "margin": MARGIN} for name in "abc"}, splits=10).answer()
    assert any(sentence.endswith("on all 3 datasets there is no reference.") for sentence in answer)


def test_the_target_is_named_after_whose_level_it_is(world):
    high = RANDOM + np.array([0, 0.2, 0.2, 0.1, -0.05])
    own = world({"a": {"random": RANDOM, "margin": high}}, splits=10).answer()[0]
    assert "to reach its own final accuracy, which is worse than random's" in own
    mixed = {"a": {"random": RANDOM, "margin": high}, "b": {"random": RANDOM, "margin": MARGIN}}
    assert "the worse of the two final values of accuracy" in world(mixed, splits=10).answer()[0]


def test_a_saving_that_flat_curves_hardly_determine_is_said_to_be_so(world):
    """Both curves are at their end from the second round on; margin is ahead in that round alone."""
    rng = np.random.default_rng(3)
    flat = {
        name: np.array([0.5, first, *[0.8] * 28]) + 0.01 * rng.standard_normal((10, 30)) * ([0] + [1] * 29)
        for name, first in (("random", 0.72), ("margin", 0.8))
    }
    rising = {"random": wiggled(RANDOM), "margin": wiggled(MARGIN, 7)}
    answer = world({"flat": flat}, splits=10).answer()
    assert answer[1].startswith("On flat that saving is poorly determined: the curves are flat at the end")
    answer = world({"rising": rising}, splits=10).answer()
    assert not any("poorly determined" in sentence for sentence in answer)


def test_a_better_area_may_cost_more_labels_in_the_end(world):
    # Random ends at 0.86 with 40 labels; margin, ahead until then, has 0.85 with 50.
    early = RANDOM + np.array([0, 0.15, 0.1, 0.02, -0.05])
    random = RANDOM + np.array([0, 0, 0, 0.06, -0.04])
    found = world({"a": {"random": random, "margin": early}}, splits=10).conclude()
    saving = found.primary.find_cell("a", "margin").savings[0].saving
    assert saving < -0.05
    assert f"margin needs {-100 * saving:.0f} % more labels than random" in write_answer(found)[0]


def test_nothing_finished(world):
    curves = {name: {"random": RANDOM * np.nan, "margin": MARGIN * np.nan} for name in "abc"}
    assert world(curves, splits=10).answer() == (
        "No trial has finished with accuracy yet: there is nothing to say.",
        "60 trials did not finish: margin (30) and random (30).",
    )


def test_random_failed(world):
    curves = {name: {"random": RANDOM * np.nan, "margin": MARGIN} for name in "abc"}
    assert world(curves, splits=10).answer()[0] == (
        "random has no finished trial: there is nothing to compare with."
    )


def test_a_strategy_that_failed_everywhere(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN, "qbc": MARGIN * np.nan} for name in "abc"}
    answer = world(curves, splits=10).answer()
    assert "qbc has no finished trial with accuracy (30 trials failed): nothing is said of it." in answer
    assert "30 trials did not finish: qbc (30)." in answer
    assert any("where one strategy is compared" in sentence for sentence in answer)


def test_what_is_left_out_is_named_with_its_repeats(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN.copy(), "qbc": MARGIN.copy()} for name in "abc"}
    curves["b"]["margin"][:3] = np.nan
    curves["c"]["qbc"][:] = np.nan
    answer = world(curves, splits=10).answer()
    assert (
        "Left out on b, where fewer than 80 % of 10 repeats are paired with random: margin (7 paired)."
        in answer
    )
    assert "qbc has no finished trial with accuracy on c (10 trials failed)." in answer
    assert answer[0].startswith("Over 2 datasets × 10 repeats")


def test_repeats_that_differ_are_counted(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN.copy()} for name in "ab"}
    curves["b"]["margin"][:2] = np.nan
    answer = world(curves, splits=10).answer()
    assert answer[0].startswith("Over 2 datasets × 8 to 10 repeats")
    # a whole, b with 8 of 10 repeats: (0.12 + 0.8 * 0.12) / 2.
    assert (
        "With every repeat that margin lacks counted as equal to random, its mean difference is +0.108."
        in answer
    )


def test_a_partial_run_says_so(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in "ab"}
    absent = {(name, "margin", repeat) for name in "ab" for repeat in range(5)}
    answer = world(curves, splits=10, absent=absent).answer()
    assert answer[0] == (
        "Nothing can be compared yet: on no dataset does a strategy share 80 % of its 10 repeats with random."
    )
    assert answer[-1] == "10 trials are still missing: all of this is provisional."


def test_across_many_datasets(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.6, "entropy": 0.3}, datasets=[f"d{i}" for i in range(10)])
    evidence = world(curves, splits=10).conclude()
    assert re.search(
        r"to reach random's final accuracy "
        r"\(median saving \d+ % \[\d+, \d+\] on datasets like these; from \d+ % on d\d to \d+ % on d\d\)",
        write_answer(evidence)[0],
    )
    row = evidence.primary.rows[1]
    ends = f"[{100 * row.interval_saving.low:.0f}, {100 * row.interval_saving.high:.0f}]"
    assert f"{100 * row.median_saving:.0f} % {ends}" in write_answer(evidence)[0]
    assert (
        "Across 10 datasets, margin is better than random (p = 0.004), by a Wilcoxon signed-rank test over the "
        "datasets with Holm's correction for 2 strategies." in write_answer(evidence)
    )
    assert (
        "The probabilities that margin is better than random, practically equal (within 0.005) or worse on another "
        "dataset like these are 0.95, 0.05 and below 0.01; that this is what most datasets like these show, above "
        "0.99, below 0.01 and below 0.01." in write_answer(evidence)
    )


def test_a_saving_whose_interval_holds_0_is_an_estimate(world):
    """Margin leads early on, on all datasets; at the end, chance decides which of the curves is ahead."""
    rng = np.random.default_rng(5)
    curves = {}
    for i in range(10):
        noise = 0.03 * rng.standard_normal((2, 10, 5)) * [0, 1, 1, 1, 1]
        early = np.array([0, 0.15, 0.1, 0.03, 0.005])
        curves[f"d{i}"] = {"random": RANDOM + noise[0], "margin": RANDOM + early + noise[1]}
    found = world(curves, splits=10).conclude()
    row = found.primary.rows[1]
    assert row.interval_saving.low < 0 < row.interval_saving.high
    assert row.side == 1
    answer = write_answer(found)
    assert " margin is estimated to need " in answer[0]
    assert answer[0].endswith(": not shown, since its interval holds 0.")
    assert not any(" needs " in sentence for sentence in answer[:3])


def test_one_random_order_that_saves_labels_against_the_other_shows_that_savings_are_not_shown(world):
    # Behind at first, ahead at the end: areas are equal but for noise, labels to the final level are not.
    ahead = np.array([0, -0.05, -0.1, 0.1, 0.0])
    other = np.array([0, 0, -0.02, -0.02, -0.02])
    noise = 0.005 * np.random.default_rng(0).standard_normal((3, 10, 5)) * [0, 1, 1, 1, 1]
    arms = np.stack([RANDOM + ahead + noise[0], RANDOM + other + noise[1]])
    made = world({"digits": {"random": arms, "margin": MARGIN + noise[2]}}, splits=10)
    control = made.conclude().primary.control
    assert control.savings["digits"].interval.low > 0
    assert not control.fired
    answer = made.answer()
    assert answer[0].endswith(
        ": not shown, since one random order seems to save labels against another one, too."
    )
    assert any(one.startswith("By the same measure one random order needs ") for one in answer)
    assert next(of for of in run_checks(made.conclude()) if of.code == "ALB013").status == "tip"


def test_the_median_counts_the_datasets_on_which_one_curve_never_gets_there(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in "ab"}
    # To 0.95 of the way random gets; margin is ahead all along and flattens out below.
    low = np.array([0.5, 0.8, 0.84, 0.84, 0.84]) + np.linspace(-0.01, 0.01, 10)[:, np.newaxis]
    curves |= {name: {"random": RANDOM, "margin": low} for name in "cdefgh"}
    answer = world(curves, splits=10, reference=dict.fromkeys("abcdefgh", 0.9)).answer()
    sentence = next(one for one in answer if one.startswith("For 95 % of the way"))
    assert "on a and b both get there, and margin saves 40 to 40 % of random's labels" in sentence
    assert "the median over 8 datasets lies beyond the budget" in sentence
    assert "on c, d, e, f, g and h random gets there within the budget and margin does not" in sentence
    few = {name: curves[name] for name in "abc"} | {"i": curves["a"]}
    answer = world(few, splits=10, reference=dict.fromkeys("abci", 0.9)).answer()
    assert any("margin needs 40 % fewer labels than random (median over 4 datasets)" in one for one in answer)


def shift(gains):
    """Curves in which margin is so much better than random, from the second round on."""
    return {
        f"d{i}": {"random": RANDOM, "margin": RANDOM + gain * np.array([0, 1, 1, 1, 1])}
        for i, gain in enumerate(gains)
    }


def test_another_dataset_is_not_as_sure_as_what_most_show(world):
    answer = world(shift([0.02] * 8 + [-0.02, 0.0]), splits=10).answer()
    sentence = next(one for one in answer if one.startswith("The probabilities that margin is better"))
    assert "on another dataset like these are 0.76, 0.14 and 0.10;" in sentence


def test_a_signed_rank_test_is_told_by_the_side_of_its_ranks(world):
    answer = world(shift([*(-0.01 - 0.001 * i for i in range(13)), 0.4]), splits=10).answer()
    sentence = next(one for one in answer if one.startswith("Across 14 datasets"))
    assert "margin is worse than random (p = 0." in sentence
    assert "; its mean gain is +0.01" in sentence


def test_a_pair_has_one_p_on_the_whole_page(world):
    gains = [0.1, 0.2, 0.15, 0.05, 0.12, 0.0]
    curves = shift(gains)
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
    answer = world(curves, splits=10).answer()
    sentence = next(one for one in answer if one.startswith("Across 10 datasets"))
    assert "no strategy differs significantly from random" in sentence
    assert sentence.endswith("that is no evidence that there is no difference.")


def test_strategies_that_see_hidden_labels_win_nothing(world):
    curves = {name: {"random": RANDOM, "margin": RANDOM, "best": MARGIN} for name in "abc"}
    answer = world(curves, splits=10, looking=("best",)).answer()
    assert "Neither ranked nor tested, because it sees hidden labels: best." in answer
    assert "On no dataset is a strategy better than random." in answer


def test_the_second_baseline(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN, "entropy": MARGIN - 0.01} for name in "abc"}
    answer = world(curves, splits=10, second="margin").answer()
    assert (
        "Against margin, the second baseline: random (\u22120.120 [\u22120.120, \u22120.120]) and entropy "
        "(\u22120.010 [\u22120.010, \u22120.010]) are worse; on average over these datasets nothing else is told apart "
        "from it." in answer
    )


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_gain_in_a_metric_that_should_be_low_is_not_called_a_difference(world, repeats):
    noise = 0.3 * np.random.default_rng(1).standard_normal((repeats, 5))
    curves = {"a": {"random": 2 - RANDOM[:repeats], "margin": 1.99 - RANDOM[:repeats] + noise - noise.mean()}}
    answer = world(curves, splits=repeats, metric="log_loss").answer()
    assert "argest gain in log_loss (lower is better)" in answer[0]
    assert "that of margin" in answer[0]
    assert "+0." in answer[0]
    assert not any("difference in log_loss" in sentence for sentence in answer)


@pytest.mark.parametrize(
    ("splits", "starts", "what"), [(10, 1, "splits of its rows"), (1, 10, "starts of its one")]
)
def test_an_interval_on_one_dataset_says_what_it_speaks_of(world, splits, starts, what):
    made = world({"a": {"random": RANDOM, "margin": wiggled(MARGIN)}}, splits).but(starts=starts)
    assert any(f"speaks of the mean over other {what}" in sentence for sentence in made.answer())


def test_splits_that_lack_are_not_called_repeats(world):
    made = world({"a": {"random": RANDOM.repeat(2, axis=0), "margin": wiggled(MARGIN).repeat(2, axis=0)}}, 2)
    answer = made.but(starts=10).answer()
    reason = "20 repeats on 2 splits, and an interval takes 3 splits"
    assert f"nothing is decided: {reason}." in answer[0]
    assert answer[1] == f"No dataset decides for or against a strategy: {reason}."


def test_a_metric_without_a_number_in_the_first_round_is_the_reason_and_not_the_trials(world):
    random = RANDOM.copy()
    random[:, 0] = np.nan
    found = world({"a": {"random": random, "margin": MARGIN}}, splits=10).answer()
    assert found[0] == (
        "random has finished trials, but accuracy has no number in some of their rounds: there is nothing to "
        "compare with."
    )
    margin = MARGIN.copy()
    margin[:, 0] = np.nan
    found = world({"a": {"random": RANDOM, "margin": margin}}, splits=10).answer()
    assert (
        "margin is not judged on a: its trials have finished, but accuracy has no number in some of their rounds."
        in found
    )
    assert not any("no finished trial" in sentence for sentence in found)


def test_a_repeat_that_fails_takes_the_interval_of_the_saving_and_says_so(world):
    curves = three(wiggled(MARGIN, 7))
    curves["wine"]["margin"] = curves["wine"]["margin"].copy()
    curves["wine"]["margin"][4] = np.nan
    answer = world(curves, splits=10).answer()
    assert "That saving has no interval on wine (9 repeats paired, and it takes 10)." in answer


def test_repeats_that_decide_nothing_do_not_contradict_the_test_over_the_datasets(world):
    curves = {
        f"d{i}": {"random": RANDOM[:2], "margin": RANDOM[:2] + (0.01 + 0.001 * i) * np.array([0, 1, 1, 1, 1])}
        for i in range(9)
    }
    answer = world(curves, splits=2).answer()
    assert any("Across 9 datasets, margin is better than random (p = 0.004)" in one for one in answer)
    assert "nothing is decided" not in " ".join(answer)
    assert (
        "these datasets by themselves decide nothing: there are too few repeats for an interval." in answer[0]
    )


def test_what_cannot_be_tested_says_how_an_interval_beside_it_is_to_be_read(world, noisy):
    rates = {"random": 0.3, "margin": 0.6, "entropy": 0.5, "qbc": 0.4}
    answer = world(noisy(rates, datasets="abcdef"), splits=10).answer()
    assert "on datasets like these" in answer[0]
    sentence = next(one for one in answer if "cannot be tested with 6 datasets" in one)
    assert sentence.startswith("Whether areas differ on other datasets cannot be tested")
    assert sentence.endswith("intervals on datasets like these stand each by itself, uncorrected.")


def test_nothing_but_random(world):
    answer = world({"a": {"random": RANDOM}}, splits=10).answer()
    assert answer[0] == "No strategy stands beside random sampling: there is nothing to compare."


def test_cost_of_a_query(world):
    answer = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=10).answer()
    # 0.5 s for 40 labels.
    assert "Choosing a label costs margin 12 ms of processor time, random 12 ms." in answer


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_the_metric_is_named_as_in_the_experiment(world, metric):
    sign = 1 if metric == "accuracy" else -1
    curves = {"a": {"random": sign * RANDOM + 2, "margin": sign * MARGIN + 2}}
    answer = world(curves, splits=10, metric=metric).answer()
    assert f"random's final {metric}" in answer[0]
    assert f"its {metric} is better than random's by +0.120" in answer[1]
