"""The answer in at most 90 words, for everything that can come out of an experiment."""

from __future__ import annotations

import re

import numpy as np
import pytest
from rising_curves import MARGIN, RANDOM, SPREAD, wiggle

from albench.narrative import run_checks, write_answer, write_remarks
from albench.narrative.wording import format_saving
from albench.report.tables.leaderboard import build_leaderboard_table

SLOWER = np.array([[0.5, 0.5, 0.6, 0.7, 0.8]]) + SPREAD


def two_arms(seed=0):
    return np.stack([wiggle(RANDOM, seed), wiggle(RANDOM, seed + 1)])


def three(margin, **others):
    return {
        name: {"random": two_arms(2 * i), "margin": margin, **others}
        for i, name in enumerate(("breast_cancer", "digits", "wine"))
    }


def shift(gains):
    """Curves in which margin is so much better than random, from the second round on."""
    return {
        f"d{i}": {"random": RANDOM, "margin": RANDOM + gain * np.array([0, 1, 1, 1, 1])}
        for i, gain in enumerate(gains)
    }


def test_a_clear_win_over_three_datasets(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in ("breast_cancer", "digits", "wine")}
    # Random ends at 0.9, which margin has at 30 of 50 labels.
    assert list(world(curves, splits=10).answer()) == [
        (
            "Use margin: on 3 datasets with logistic_regression, 40 % fewer labels than random (median), and mean "
            "accuracy 0.960 against random's 0.900 at 50 labels (+0.060 [0.060, 0.060])."
        ),
        "Averaged over the labels it gains +0.120 [0.120, 0.120] in accuracy over 10 repeats, p < 0.001.",
        "Nothing is shown of other datasets: that takes 6, not 3.",
    ]


def test_a_clear_win_on_one_dataset_says_how_many_labels_do_what_random_needs_more_for(world):
    answer = world({"digits": {"random": RANDOM, "margin": MARGIN}}, splits=10).answer()
    assert list(answer) == [
        (
            "Use margin: on digits with logistic_regression, 30 labels do what random needs 50 for (40 % fewer "
            "[40, 40]), and accuracy 0.960 against random's 0.900 at 50 labels (+0.060 [0.060, 0.060])."
        ),
        "Averaged over the labels it gains +0.120 [0.120, 0.120] in accuracy over 10 repeats, p < 0.001.",
        "That speaks of other splits of digits, not of other data.",
    ]


def test_where_only_starts_differ_the_answer_speaks_of_starts(world):
    study = world({"a": {"random": RANDOM, "margin": wiggle(MARGIN)}}, 1).but(starts=10)
    assert study.answer()[-1] == "That speaks of other starts on the one split of a, not of other data."


def test_strategies_that_are_not_told_apart_from_the_best_are_named_and_worse_ones_are_not(world):
    from scipy.stats import ttest_rel

    rng = np.random.default_rng(4)
    noise = {name: 0.01 * rng.standard_normal((10, 1)) * [0, 1, 1, 1, 1] for name in ("a", "b", "c")}
    curves = {
        "random": RANDOM,
        "margin": MARGIN + noise["a"],
        "entropy": MARGIN - 0.001 + noise["b"],
        "qbc": MARGIN - 0.05 * np.array([0, 1, 1, 1, 1]) + noise["c"],
    }
    areas = {name: np.trapezoid(of, dx=1) / 4 for name, of in curves.items()}
    best, equal = sorted(("margin", "entropy"), key=lambda name: -areas[name].mean())
    assert (
        ttest_rel(areas[best], areas[equal]).pvalue > 0.05 > 2 * ttest_rel(areas[best], areas["qbc"]).pvalue
    )
    recommendation = world({"digits": curves}, splits=10).conclude().primary.recommendation
    assert (recommendation.strategy, recommendation.equals) == (best, (equal,))
    answer = world({"digits": curves}, splits=10).answer()
    assert f"Not told apart from it: {equal}." in answer
    assert "corrected for 3 strategies." in answer[1]


def test_ties_are_not_called_a_gain_when_nothing_above_the_rope_is_possible(world):
    tiny = RANDOM + 1e-4 * np.random.default_rng(0).standard_normal((10, 5)) * [0, 1, 1, 1, 1]
    evidence = world({"a": {"random": RANDOM, "margin": tiny}}, splits=10).conclude()
    assert evidence.primary.rows[1].interval_these.high < 0.005
    answer = write_answer(evidence)
    assert answer[0] == "Nothing here beats random on a with logistic_regression; do not bother."
    assert answer[2] == "By its 95 % interval no strategy gains more than 0.005."


def test_where_random_is_best_the_answer_says_do_not_bother(world):
    evidence = world(three(wiggle(SLOWER, 7)), splits=10).conclude()
    assert evidence.primary.recommendation.outcome == "no_gain"
    answer = write_answer(evidence)
    assert answer[0] == "Nothing here beats random on 3 datasets with logistic_regression; do not bother."
    assert answer[1].startswith("Closest comes margin with \u22120.")


def test_what_cannot_be_told_says_how_many_repeats_would(world):
    from statsmodels.stats.power import TTestPower

    gain = 0.02 * np.random.default_rng(5).standard_normal(10)
    gain += 0.006 - gain.mean()
    curves = {"a": {"random": RANDOM, "margin": RANDOM + gain[:, np.newaxis]}}
    recommendation = world(curves, splits=10).conclude().primary.recommendation
    # The gain is above half of the rope, so that it is what has to be shown.
    exact = TTestPower().solve_power(0.006 / gain.std(ddof=1), power=0.8, alpha=0.05)
    assert recommendation.outcome == "undecided"
    assert recommendation.repeats_needed == pytest.approx(exact, abs=1.5)
    answer = world(curves, splits=10).answer()
    assert answer[0] == (
        "This experiment cannot tell whether a strategy beats random on a with logistic_regression; about "
        f"{recommendation.repeats_needed - 10} more repeats would."
    )
    assert answer[1].startswith("Closest comes margin with +0.006 [")


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
    answer = write_answer(evidence)
    assert answer[0].startswith("This experiment cannot tell whether a strategy beats random on digits")
    assert f", p = {corrected['first']:.3f} corrected for 9 strategies" in answer[1]


def test_one_repeat_decides_nothing(world):
    curves = {name: {"random": RANDOM[:1], "margin": MARGIN[:1]} for name in "abc"}
    answer = world(curves, splits=1).answer()
    assert answer[0] == (
        "This experiment cannot tell whether a strategy beats random on 3 datasets with logistic_regression; "
        "there are too few repeats for an interval, and 9 more repeats would help."
    )
    assert "+0.120 in accuracy over 1 repeat" in answer[1]


def test_splits_that_lack_are_not_called_repeats(world):
    study = world({"a": {"random": RANDOM.repeat(2, axis=0), "margin": wiggle(MARGIN).repeat(2, axis=0)}}, 2)
    answer = study.but(starts=10).answer()
    assert "20 repeats on 2 splits, and an interval takes 3 splits" in answer[0]


def test_a_better_area_may_cost_more_labels_in_the_end(world):
    # Random ends at 0.86 with 40 labels; margin, ahead until then, has 0.85 with 50.
    early = RANDOM + np.array([0, 0.15, 0.1, 0.02, -0.05])
    random = RANDOM + np.array([0, 0, 0, 0.06, -0.04])
    evidence = world({"a": {"random": random, "margin": early}}, splits=10).conclude()
    saving = evidence.primary.find_cell("a", "margin").savings[0]
    assert saving.saving < -0.05
    amount = f"{saving.labels_strategy:.0f} labels do what random needs {saving.labels_random:.0f} for"
    assert f"{amount} ({-100 * saving.saving:.0f} % more [" in write_answer(evidence)[0]


def test_a_far_lower_end_of_a_saving_is_said_to_be_far():
    from albench.analysis.evidence.cells import Interval

    assert format_saving(0.54, Interval(-2.16, 0.76, 0.95, "t")) == "54 % [< \u2212100, 76]"
    assert format_saving(-1.5, Interval(-2.16, 0.76, 0.95, "t")) == "\u2212150 % [\u2212216, 76]"
    assert format_saving(0.54, None) == "54 %"


def test_where_nothing_has_finished_the_failures_are_counted(world):
    curves = {name: {"random": RANDOM * np.nan, "margin": MARGIN * np.nan} for name in "abc"}
    assert world(curves, splits=10).answer() == (
        "No trial has finished with accuracy yet: there is nothing to say.",
        "Of the trials 60 failed (margin 30 and random 30).",
    )


def test_where_random_failed_there_is_nothing_to_compare_with(world):
    curves = {name: {"random": RANDOM * np.nan, "margin": MARGIN} for name in "abc"}
    assert world(curves, splits=10).answer()[0] == (
        "random has no finished trial: there is nothing to compare with."
    )


def test_random_alone_has_nothing_beside_it(world):
    answer = world({"a": {"random": RANDOM}}, splits=10).answer()
    assert answer[0] == "No strategy stands beside random sampling: there is nothing to compare."


def test_a_strategy_that_failed_everywhere_is_counted(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN, "qbc": MARGIN * np.nan} for name in "abc"}
    assert world(curves, splits=10).answer()[-1] == "Of the trials 30 failed (qbc 30)."


def test_datasets_that_lack_repeats_are_not_counted_in_the_verdict(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN.copy()} for name in "abc"}
    curves["b"]["margin"][:3] = np.nan
    curves["c"]["margin"][:2] = np.nan
    answer = world(curves, splits=10).answer()
    assert answer[0].startswith("Use margin: on 2 of 3 datasets with logistic_regression")
    assert "over 8 to 10 repeats" in answer[1]


def test_a_strategy_that_lacks_a_dataset_stands_behind_one_that_lacks_none(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN, "qbc": MARGIN + 0.01} for name in "abc"}
    curves["b"]["qbc"] = MARGIN * np.nan
    evidence = world(curves, splits=10).conclude()
    assert evidence.primary.rows[2].difference > evidence.primary.rows[1].difference
    assert evidence.primary.recommendation.strategy == "margin"


def test_a_partial_run_says_so(world):
    curves = {name: {"random": RANDOM, "margin": MARGIN} for name in "ab"}
    absent = {(name, "margin", repeat) for name in "ab" for repeat in range(5)}
    answer = world(curves, splits=10, absent=absent).answer()
    assert answer[0] == (
        "Nothing can be compared yet: on no dataset does a strategy share 80 % of its 10 repeats with random."
    )
    assert answer[-1] == "Of the trials 10 are missing: all of this is provisional."


def test_across_many_datasets_the_probability_is_that_of_another_dataset(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.6, "entropy": 0.3}, datasets=[f"d{i}" for i in range(10)])
    evidence = world(curves, splits=10).conclude()
    row, answer = evidence.primary.rows[1], write_answer(evidence)
    ends = f"[{100 * row.interval_saving.low:.0f}, {100 * row.interval_saving.high:.0f}]"
    assert f", {100 * row.median_saving:.0f} % fewer labels than random (median {ends})" in answer[0]
    assert (
        "On another dataset like these margin is better with probability 0.95 (signed-rank p = 0.004)."
        in answer
    )


def test_another_dataset_is_not_as_sure_as_what_most_show(world):
    """By hand elsewhere: the posterior predictive gives 0.76 where 'better' is nearly always the largest."""
    answer = world(shift([0.02] * 8 + [-0.02, 0.0]), splits=10).answer()
    assert any("like these margin is better with probability 0.76 (" in sentence for sentence in answer)


def test_a_saving_whose_interval_holds_0_is_an_estimate(world):
    """Margin leads early on, on all datasets; at the end, chance decides which of the curves is ahead."""
    rng = np.random.default_rng(5)
    curves = {}
    for i in range(10):
        noise = 0.03 * rng.standard_normal((2, 10, 5)) * [0, 1, 1, 1, 1]
        early = np.array([0, 0.15, 0.1, 0.03, 0.005])
        curves[f"d{i}"] = {"random": RANDOM + noise[0], "margin": RANDOM + early + noise[1]}
    study = world(curves, splits=10)
    row = study.conclude().primary.rows[1]
    assert row.interval_saving.low < 0 < row.interval_saving.high
    assert row.side == 1
    assert ", an estimated " in study.answer()[0]
    assert (
        "The label saving of margin is an estimate, not shown, since its interval holds 0." in study.remarks()
    )


def test_one_random_order_that_saves_labels_against_the_other_shows_that_savings_are_not_shown(world):
    # Behind at first, ahead at the end: areas are equal but for noise, labels to the final level are not.
    ahead = np.array([0, -0.05, -0.1, 0.1, 0.0])
    other = np.array([0, 0, -0.02, -0.02, -0.02])
    noise = 0.005 * np.random.default_rng(0).standard_normal((3, 10, 5)) * [0, 1, 1, 1, 1]
    arms = np.stack([RANDOM + ahead + noise[0], RANDOM + other + noise[1]])
    study = world({"digits": {"random": arms, "margin": MARGIN + noise[2]}}, splits=10)
    control = study.conclude().primary.control
    assert control.savings["digits"].interval.low > 0
    assert not control.fired
    assert ", an estimated " in study.answer()[0]
    remarks = study.remarks()
    assert any(
        "since one random order seems to save labels against another one, too" in remark for remark in remarks
    )
    assert any(remark.startswith("By the same measure one random order needs ") for remark in remarks)
    assert next(of for of in run_checks(study.conclude()) if of.code == "ALB013").status == "tip"


def test_a_signed_rank_test_is_told_by_the_side_of_its_ranks(world):
    study = world(shift([*(-0.01 - 0.001 * i for i in range(13)), 0.4]), splits=10)
    sentence = next(remark for remark in study.remarks() if remark.startswith("Across 14 datasets"))
    assert "margin is worse than random (p = 0." in sentence
    assert "; its mean gain is +0.01" in sentence


def test_ranks_that_decide_where_the_mean_does_not_are_told(world):
    gains = [*(0.01 + 0.001 * i for i in range(13)), -0.2]
    curves = shift(gains)
    spread = 0.3 * np.linspace(-1, 1, 10)[:, np.newaxis] * [0, 1, 1, 1, 1]
    curves["d13"]["margin"] = curves["d13"]["margin"] + spread
    evidence = world(curves, splits=10).conclude()
    (row,) = evidence.primary.rows[1:]
    assert row.p_holm < 0.05
    assert row.p_side > 0
    assert row.side == 0
    assert f"By ranks over the datasets margin is better (p = {row.p_holm:.3f})." in write_answer(evidence)


def test_strategies_that_see_hidden_labels_are_not_recommended(world):
    curves = {name: {"random": RANDOM, "margin": RANDOM + 0.001, "best": MARGIN} for name in "abc"}
    study = world(curves, splits=10, looking=("best",))
    assert study.conclude().primary.recommendation.strategy == "margin"
    assert "best" not in " ".join(study.answer()).split()
    assert "Neither ranked nor tested, because it sees hidden labels: best." in study.remarks()


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_metric_that_should_be_low_gains_as_it_falls(world, repeats):
    noise = 0.3 * np.random.default_rng(1).standard_normal((repeats, 5))
    curves = {"a": {"random": 2 - RANDOM[:repeats], "margin": 1.99 - RANDOM[:repeats] + noise - noise.mean()}}
    answer = world(curves, splits=repeats, metric="log_loss").answer()
    assert answer[1].startswith("Closest comes margin with +0.")
    assert " in log_loss over " in answer[1]


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_the_metric_is_named_as_in_the_experiment(world, metric):
    sign = 1 if metric == "accuracy" else -1
    curves = {"a": {"random": sign * RANDOM + 2, "margin": sign * MARGIN + 2}}
    answer = world(curves, splits=10, metric=metric).answer()
    levels = "2.960 against random's 2.900" if sign > 0 else "1.040 against random's 1.100"
    assert f"{metric} {levels} at 50 labels (+0.060 [0.060, 0.060])" in answer[0]


def test_a_metric_without_a_number_in_the_first_round_is_the_reason_and_not_the_trials(world):
    random = RANDOM.copy()
    random[:, 0] = np.nan
    sentences = world({"a": {"random": random, "margin": MARGIN}}, splits=10).answer()
    assert sentences[0] == (
        "random has finished trials, but accuracy has no number in some of their rounds: there is nothing to "
        "compare with."
    )
    margin = MARGIN.copy()
    margin[:, 0] = np.nan
    sentences = world({"a": {"random": RANDOM, "margin": margin}}, splits=10).remarks()
    assert (
        "margin is not judged on a: its trials have finished, but accuracy has no number in some of their rounds."
        in sentences
    )
    assert not any("no finished trial" in sentence for sentence in sentences)


def test_repeats_that_decide_nothing_do_not_contradict_the_test_over_the_datasets(world):
    curves = {
        f"d{i}": {"random": RANDOM[:2], "margin": RANDOM[:2] + (0.01 + 0.001 * i) * np.array([0, 1, 1, 1, 1])}
        for i in range(9)
    }
    answer = world(curves, splits=2).answer()
    assert "By ranks over the datasets margin is better (p = 0.004)." in answer
    assert "there are too few repeats for an interval" in answer[0]


NAMES = ("margin", "entropy", "qbc", "k_center", "badge", "a_rather_long_name_of_ones_own")


@pytest.mark.parametrize("seed", range(16))
def test_every_answer_has_at_most_90_words_and_its_numbers_are_those_of_the_tables(world, seed):
    rng = np.random.default_rng(seed)
    n_datasets, n_strategies = rng.choice([1, 2, 3, 7, 12]), rng.integers(1, 7)
    repeats, gain = int(rng.choice([1, 3, 10])), rng.choice([-0.02, 0.0, 0.01, 0.1])
    curves = {}
    for i in range(n_datasets):
        noise = rng.choice([0.001, 0.02, 0.1]) * rng.standard_normal((n_strategies + 2, repeats, 5))
        noise *= [0, 1, 1, 1, 1]
        flat = rng.random() < 0.2
        base = 0.5 + 0 * RANDOM[:1] if flat else RANDOM[:1]
        curves[f"dataset_{i}"] = {"random": base + noise[:2]} | {
            name: base + gain * np.array([0, 1, 1, 1, 1]) + noise[2 + j]
            for j, name in enumerate(NAMES[:n_strategies])
        }
        if rng.random() < 0.3:
            curves[f"dataset_{i}"][NAMES[0]][:1] = np.nan
    study = world(curves, splits=repeats)
    evidence = study.conclude()
    answer = write_answer(evidence)
    assert len(" ".join(answer).split()) <= 90
    recommendation = evidence.primary.recommendation
    if recommendation is None:
        return
    table = build_leaderboard_table(evidence.primary).row(1, named=True)
    assert table["strategy"] == recommendation.strategy
    assert any(table["strategy"] in sentence for sentence in answer[:2])
    pattern = r"([+\u2212]?\d\.\d+)(?: \[([^,]+), ([^]]+)\])? in accuracy"
    texts = re.search(pattern, answer[1]).groups()
    gain, *ends = (None if text is None else float(text.replace("\u2212", "-")) for text in texts)
    assert gain == pytest.approx(table["difference"], abs=6e-4)
    known = [table["low"], table["high"]]
    assert ends == (known if None in known else pytest.approx(known, abs=6e-4))
    best = max(evidence.primary.rows[1:], key=lambda row: (row.side, row.difference or -9))
    if all(row.n_datasets == n_datasets for row in evidence.primary.rows):
        assert recommendation.strategy == best.strategy


def test_remarks_hold_no_sentence_of_the_answer(world, noisy):
    for datasets in ("a", "abc", "abcdefghij"):
        evidence = world(noisy({"random": 0.3, "margin": 0.6}, datasets=datasets), splits=10).conclude()
        assert not set(write_answer(evidence)) & set(write_remarks(evidence).sentences)
