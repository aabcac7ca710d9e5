"""Every check in each of its states, through the public door."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from albench import tables
from albench.analysis.conclude import conclude
from albench.metrics.classification import Accuracy, LogLoss
from albench.narrative import run_checks, write_answer
from albench.spec.experiment import Entry

FLAT = {"random": 0.9, "margin": 1.5}


def check(evidence, code):
    return next(check for check in run_checks(evidence) if check.code == code)


def statuses(evidence):
    return {check.code: check.status for check in run_checks(evidence)}


def test_codes_are_in_order_and_each_has_words(world, noisy):
    checks = run_checks(world(noisy({"random": 0.3, "margin": 0.5}), splits=10).conclude())
    assert [check.code for check in checks] == [f"ALB{n:03d}" for n in range(1, 18)]
    assert all(check.sentence.endswith(".") and check.title for check in checks)
    assert all(check.todo for check in checks if check.status in ("issue", "tip"))


def test_a_sound_experiment_passes(world, noisy):
    curves = noisy(FLAT, datasets="abcdef", repeats=10, rounds=12)
    study = world(curves, splits=10)
    trials, rounds, references = study.tables()
    timed = trials.with_columns(wall_s=pl.lit(1.6), score_s=pl.lit(0.1), environment=pl.lit("one"))
    untied = rounds.with_columns(n_tied=pl.lit(0, pl.Int64))
    status_of = statuses(conclude(study.experiment, timed, untied, references))
    not_applicable = {"ALB006", "ALB007", "ALB009", "ALB014"}
    assert {code for code, status in status_of.items() if status == "not_applicable"} == not_applicable
    assert set(status_of.values()) == {"passed", "not_applicable"}


def test_empty_tables_are_told_as_such(world):
    study = world({"a": {"random": [[0.5, 0.6]], "margin": [[0.5, 0.7]]}}, splits=1)
    evidence = conclude(study.experiment, *(table.clear() for table in study.tables()))
    others = {status for code, status in statuses(evidence).items() if code != "ALB001"}
    assert others == {"not_applicable"}


@pytest.mark.parametrize(("repeats", "status"), [(9, "issue"), (10, "passed")])
def test_ten_repeats_pass_and_nine_are_an_issue(world, noisy, repeats, status):
    evidence = world(noisy(FLAT, repeats=repeats), splits=repeats).conclude()
    assert check(evidence, "ALB001").status == status
    assert str(repeats) in check(evidence, "ALB001").sentence


def test_repeats_without_a_partner(world, noisy):
    curves = noisy(FLAT)
    curves["a"]["margin"][0, 0] = np.nan
    shared = check(world(curves, splits=10).conclude(), "ALB002")
    assert (shared.status, shared.sentence[:14]) == ("tip", "1 cell of 3 ha")


@pytest.mark.parametrize(
    ("n", "any_test", "of_two"), [(5, "issue", "issue"), (6, "passed", "issue"), (7, "passed", "passed")]
)
def test_datasets_for_a_test_and_for_all_of_them(world, noisy, n, any_test, of_two):
    curves = noisy({"random": 0.3, "margin": 0.5, "entropy": 0.4}, datasets="abcdefg"[:n])
    evidence = world(curves, splits=10).conclude()
    assert (check(evidence, "ALB003").status, check(evidence, "ALB012").status) == (any_test, of_two)
    if of_two == "issue":
        assert "until there are 7" in check(evidence, "ALB012").todo


def test_budget_that_ends_before_the_plateau(world):
    rounds = np.arange(11)
    line, bent = 0.5 + 0.03 * rounds, np.minimum(0.5 + 0.1 * rounds, 0.8)
    curves = {
        "rising": {"random": np.tile(line, (2, 1)), "margin": np.tile(line, (2, 1))},
        "faster": {"random": np.tile(line, (2, 1)), "margin": np.tile(line + 0.01 * rounds, (2, 1))},
        "flat": {"random": np.tile(bent, (2, 1)), "margin": np.tile(bent, (2, 1))},
    }
    evidence = world(curves, splits=2).conclude()
    assert "on rising and faster:" in check(evidence, "ALB004").sentence
    assert "on rising:" in check(evidence, "ALB005").sentence
    flat = world({"flat": curves["flat"]}, splits=2).conclude()
    assert (check(flat, "ALB004").status, check(flat, "ALB005").status) == ("passed", "passed")


def queries(study, labels, seeds):
    rows = [
        {"key": key, "round": int(i > 0), "rank": i, "row": i, "label_true": label}
        for key in study.tables()[0]["key"]
        for i, label in enumerate([seeds, *labels.get(key.split("/")[1], labels["random"])])
    ]
    return pl.DataFrame(rows, schema=tables.build_schema("queries"))


def test_classes_of_seed_sets_of_purchases_and_of_the_pool(world, noisy):
    study = world(noisy(FLAT, datasets="ab", repeats=3), splits=3)
    bought = queries(study, {"random": [0, 0, 0, 1] * 5, "margin": [0] * 20}, 0)
    evidence = conclude(study.experiment, *study.tables(), queries=bought, classes={"a": ("ham", "spam")})
    assert check(evidence, "ALB006").sentence.startswith("100 % of the seed sets lack a class, on a and b")
    assert "margin on a (class 'spam') and margin on b (class 'code 1')" in check(evidence, "ALB007").sentence
    # Three of one class for one of the other is not yet skewed; four are.
    assert check(evidence, "ALB009").status == "passed"
    skewed = queries(study, {"random": [0, 0, 0, 0, 1] * 4}, 0)
    evidence = conclude(study.experiment, *study.tables(), queries=skewed)
    assert "a (4.0 to 1)" in check(evidence, "ALB009").sentence
    assert check(evidence, "ALB007").status == "passed"


def test_failed_and_missing_trials(world, noisy):
    curves = noisy(FLAT, arms=1)
    curves["a"]["margin"][0, 0] = np.nan
    few = check(world(curves, splits=10, absent={("b", "margin", 1)}).conclude(), "ALB008")
    assert (few.status, few.sentence) == ("tip", "1 of 59 trials failed; 1 trial still to run.")
    curves["a"]["margin"][0, :4] = np.nan
    assert check(world(curves, splits=10).conclude(), "ALB008").status == "issue"


def test_contention_ties_and_environments(world, noisy):
    study = world(noisy(FLAT), splits=10)
    trials, curves, references = study.tables()
    slow = trials.with_columns(
        wall_s=pl.lit(3.0), environment=pl.when(pl.col("arm") == 0).then(pl.lit("x")).otherwise(pl.lit("y"))
    )
    tied = curves.with_columns(
        n_tied=pl.when(pl.col("key").str.contains("margin") & (pl.col("round") < 4)).then(3).otherwise(0)
    )
    evidence = conclude(study.experiment, slow, tied, references)
    # 3 seconds by the clock for 1.5 of the processor; rounds 1, 2, 3 of 9 are tied.
    assert "took 2.0 times" in check(evidence, "ALB010").sentence
    assert "margin (33 % of its rounds)" in check(evidence, "ALB011").sentence
    assert "2 environments" in check(evidence, "ALB015").sentence
    assert {check(evidence, code).status for code in ("ALB010", "ALB011", "ALB015")} == {"tip"}


def test_a_control_that_fires(world, noisy):
    curves = noisy(FLAT, noise=0.001)
    for arms_of in curves.values():
        arms_of["random"][1] += 0.1
    arms_of = world(curves, splits=10).conclude()
    assert check(arms_of, "ALB013").status == "issue"
    alone = noisy(FLAT, arms=1)
    assert check(world(alone, splits=10).conclude(), "ALB013").status == "not_applicable"


@pytest.fixture
def two_metrics(world, noisy):
    """Margin is better in accuracy; ``worse`` says how much its log loss lies above random's."""

    def make(worse):
        study = world(noisy({"random": 0.3, "margin": 0.5}), splits=10)
        trials, curves, references = study.tables()
        loss = 0.5 + pl.col("key").str.contains("margin") * worse + 0.01 * pl.col("key").hash(1) / 2**64
        metrics = (Entry("accuracy", Accuracy()), Entry("log_loss", LogLoss()))
        experiment = replace(study.experiment, metrics=metrics)
        return conclude(experiment, trials, curves.with_columns(log_loss=loss), references)

    return make


def test_slices_that_disagree_are_told_in_the_answer_and_in_a_check(two_metrics):
    evidence = two_metrics(0.2)
    sentence = (
        "Slices disagree: on average over these datasets margin is better than random in 1 of 2 slices, with "
        "metric accuracy, and worse in 1, with metric log_loss."
    )
    short = "margin is better than random with metric accuracy, worse with metric log_loss (ALB014)."
    assert short in write_answer(evidence)
    assert (check(evidence, "ALB014").status, check(evidence, "ALB014").sentence) == ("issue", sentence)


def test_slices_that_agree_are_not_told(two_metrics):
    evidence = two_metrics(-0.2)
    assert check(evidence, "ALB014").status == "passed"
    assert not any("disagree" in sentence for sentence in write_answer(evidence))


def shift_repeats(gains):
    """A dataset on which each repeat of margin is so much better than random, along the whole curve."""
    random = np.array([0.5, 0.6, 0.7, 0.8, 0.9]) + np.linspace(-0.01, 0.01, len(gains))[:, np.newaxis]
    return {"random": random, "margin": random + np.asarray(gains)[:, np.newaxis]}


def test_a_repeat_that_fails_is_an_outlier_and_the_median_stands_beside_the_mean(world):
    gains = 0.02 + 0.002 * np.random.default_rng(3).standard_normal(10)
    sound = world({"a": shift_repeats(gains)}, splits=10).conclude()
    assert check(sound, "ALB016").status == "passed"
    gains[4] -= 0.03
    evidence = world({"a": shift_repeats(gains)}, splits=10).conclude()
    spoilt = check(evidence, "ALB016")
    assert spoilt.status == "issue"
    low, high = sorted(gains)[1], sorted(gains)[-2]
    shape = evidence.primary.find_cell("a", "margin").shape
    # Between the second smallest and the third, as on the other side: the sign test of ten.
    assert low < shape.interval.low < shape.median < shape.interval.high < high
    assert shape.median == pytest.approx(np.median(gains))
    ends = f"median +{shape.median:.3f} [{shape.interval.low:.3f}, {shape.interval.high:.3f}]"
    assert ends in spoilt.sentence
    assert any(ends in sentence for sentence in write_answer(evidence))


def test_skew_that_no_dataset_shows_by_itself_shows_on_all_of_them(world):
    rng = np.random.default_rng(0)
    skewed = {f"d{i}": shift_repeats(0.01 * rng.gamma(2, 1, 20)) for i in range(12)}
    evidence = world(skewed, splits=20).conclude()
    assert check(evidence, "ALB016").status == "issue"
    assert "margin on d0 (mean +" in check(evidence, "ALB016").sentence
    few = world({"a": shift_repeats([0.01, 0.02, 0.03, 0.01, 0.5])}, splits=5).conclude()
    assert check(few, "ALB016").status == "not_applicable"
    assert "about 92 % instead of 95" in check(few, "ALB016").sentence


def test_gains_that_are_skewed_over_the_datasets_have_a_median_beside_the_mean(world):
    rng = np.random.default_rng(1)
    gains = [*(0.001 * rng.gamma(2, 1, 9)), 0.2]
    curves = {f"d{i}": shift_repeats(gain + 0.0005 * rng.standard_normal(10)) for i, gain in enumerate(gains)}
    evidence = world(curves, splits=10).conclude()
    sentence = check(evidence, "ALB016").sentence
    assert "Over the datasets, gains are skewed or hold outliers" in sentence
    assert f"median +{evidence.primary.rows[1].shape.median:.3f} [" in sentence


def test_strategies_that_are_one_on_most_datasets_are_told(world, noisy):
    curves = noisy(FLAT | {"qbc": 1.2}, datasets="abc")
    for name in "ab":
        curves[name]["entropy"] = curves[name]["margin"]
    curves["c"]["entropy"] = curves["c"]["margin"] + 0.001
    same = check(world(curves, splits=10).conclude(), "ALB017")
    assert same.status == "tip"
    assert same.sentence.startswith("The same curves on most of 3 datasets: margin and entropy (2).")
    curves["b"]["entropy"] = curves["b"]["margin"] + 0.001
    assert check(world(curves, splits=10).conclude(), "ALB017").status == "passed"


def test_repeats_on_too_few_splits_are_not_enough(world, noisy):
    evidence = world(noisy(FLAT, repeats=20), splits=2).but(starts=10).conclude()
    assert check(evidence, "ALB001").status == "issue"
    assert check(evidence, "ALB001").sentence.startswith(
        "20 repeats of each cell, on 2 splits: below 5 splits"
    )
    assert evidence.primary.control.unavailable == "few_splits"
    assert "The repeats lie on 2 splits" in check(evidence, "ALB013").sentence
    assert (
        check(world(noisy(FLAT, repeats=20), splits=1).but(starts=20).conclude(), "ALB001").status == "passed"
    )


def test_a_metric_without_a_number_in_some_rounds_is_not_called_a_missing_trial(world, noisy):
    curves = noisy(FLAT, datasets="a")
    curves["a"]["random"][:, :, 0] = np.nan
    evidence = world(curves, splits=10).conclude()
    assert evidence.primary.control.unavailable == "no_area"
    assert check(evidence, "ALB013").sentence == "The metric has no number in some rounds of random's trials."
    assert "accuracy has no number in some rounds" in check(evidence, "ALB002").todo
