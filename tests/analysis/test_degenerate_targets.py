"""Targets at which a label saving has no meaning: no number, no place in a median, and words that say why."""

from __future__ import annotations

import numpy as np
import pytest

from albench.narrative import write_answer, write_remarks
from albench.report.tables.leaderboard import build_leaderboard

N = 10
LEVELS = np.array([0.5, 0.62, 0.74, 0.83, 0.928])


def flat(noise=0.0, seed=0):
    """Curves of ten repeats that stay at the level of their seed set, 0.5."""
    wiggle = noise * np.random.default_rng(seed).standard_normal((N, 5)) * [0, 1, 1, 1, 1]
    return 0.5 + np.linspace(-0.01, 0.01, N)[:, np.newaxis] + wiggle


def rising(noise=0.0, seed=0):
    wiggle = noise * np.random.default_rng(100 + seed).standard_normal((N, 5)) * [0, 1, 1, 1, 1]
    return LEVELS + np.linspace(-0.01, 0.01, N)[:, np.newaxis] + wiggle


def get_final(evidence, dataset="a", strategy="margin"):
    return evidence.primary.find_cell(dataset, strategy).savings[0]


def test_random_that_never_rises_gives_no_saving_but_the_gain_at_the_budget(world):
    evidence = world(
        {"a": {"random": flat(), "margin": rising()}}, splits=N, reference={"a": 0.95}
    ).conclude()
    saving = get_final(evidence)
    assert (saving.saving, saving.interval, saving.undefined, saving.set_by) == (
        None,
        None,
        "no_rise",
        "random",
    )
    assert evidence.primary.rows[1].median_saving is None
    answer = write_answer(evidence)
    assert answer[0] == (
        "Use margin: on a with logistic_regression, accuracy 0.928 against random's 0.500 at 50 labels (+0.428 "
        "[0.428, 0.428]); no label saving, since random's final level is not shown to be above the seed level."
    )
    assert "as many labels" not in " ".join((*answer, *write_remarks(evidence).sentences))
    assert [later.censored for later in evidence.primary.find_cell("a", "margin").savings[1:]] == [
        "random", "random", None,
    ]  # fmt: skip


def test_a_flat_curve_with_noise_is_flat(world):
    """Made monotone, noise ends above the seed level in most experiments."""
    undefined = [
        get_final(
            world({"a": {"random": flat(0.02, seed), "margin": rising(0.02, seed)}}, splits=N).conclude()
        ).undefined
        for seed in range(12)
    ]
    # A one-sided test at 5 % calls about one in twenty of them a rise.
    assert undefined.count("no_rise") >= 10


@pytest.mark.parametrize("repeats", [3, 5])
def test_few_repeats_keep_the_saving_of_curves_that_rise_and_mostly_lose_that_of_flat_ones(world, repeats):
    def count(random):
        return sum(
            get_final(
                world(
                    {"a": {"random": random(seed)[:repeats], "margin": rising(0.05, seed)[:repeats]}},
                    splits=repeats,
                ).conclude()
            ).undefined
            == "no_rise"
            for seed in range(20)
        )

    assert count(lambda seed: rising(0.05, 50 + seed) - 0.05) == 0
    # A mean of so few is beyond its standard error in about one case in five.
    assert count(lambda seed: flat(0.05, seed)) >= 13


def test_a_strategy_that_never_rises_saves_nothing_and_is_said_not_to(world):
    evidence = world({"a": {"random": rising(), "margin": flat()}}, splits=N).conclude()
    saving = get_final(evidence)
    assert (saving.saving, saving.undefined, saving.set_by) == (None, "no_rise", "strategy")
    assert (
        write_answer(evidence)[0] == "Nothing here beats random on a with logistic_regression; do not bother."
    )


def test_two_flat_curves_differ_in_nothing(world):
    evidence = world({"a": {"random": flat(), "margin": flat()}}, splits=N).conclude()
    assert get_final(evidence).undefined == "no_rise"
    assert evidence.primary.rows[1].difference == 0
    assert write_answer(evidence)[0] == (
        "Nothing is measured on a with logistic_regression: margin has exactly the curves of random."
    )


def test_a_constant_metric_differs_in_nothing(world):
    same = np.full((N, 5), 0.5)
    evidence = world({"a": {"random": same, "margin": same}}, splits=N, reference={"a": 0.5}).conclude()
    assert {saving.undefined for saving in evidence.primary.find_cell("a", "margin").savings} == {
        "no_rise",
        "no_headroom",
    }
    assert write_answer(evidence)[0].endswith("margin has exactly the curves of random.")


@pytest.mark.parametrize("reference", [0.45, 0.5])
def test_a_reference_that_is_not_above_the_seed_level_leaves_no_way_to_go(world, reference):
    levels = reference + 0.02 * np.random.default_rng(1).standard_normal(N)
    study = world({"a": {"random": rising(), "margin": rising() + 0.01}}, splits=N, reference={"a": levels})
    savings = study.conclude().primary.find_cell("a", "margin").savings
    assert [saving.undefined for saving in savings] == [None, "no_headroom", "no_headroom", "no_headroom"]
    assert any(
        "the reference is not shown to be better than the seed set alone" in sentence
        for sentence in study.remarks()
    )


def test_a_level_that_falls_and_comes_back_is_no_rise(world):
    dip = np.array([0, -0.2, -0.1, -0.05, 0]) + flat()
    evidence = world({"a": {"random": dip, "margin": rising()}}, splits=N).conclude()
    assert get_final(evidence).undefined == "no_rise"


def test_a_metric_that_should_be_low_degenerates_alike(world):
    evidence = world(
        {"a": {"random": 2 - flat(), "margin": 2 - rising()}}, splits=N, metric="log_loss"
    ).conclude()
    assert get_final(evidence).undefined == "no_rise"
    assert get_final(evidence).level == pytest.approx(1.5)


def test_what_is_undefined_does_not_enter_the_median(world):
    doubled = np.array([0.5, 0.7, 0.9, 0.95, 0.96]) + np.linspace(-0.01, 0.01, N)[:, np.newaxis]
    slow = np.array([0.5, 0.6, 0.7, 0.8, 0.9]) + np.linspace(-0.01, 0.01, N)[:, np.newaxis]
    curves = {name: {"random": flat(), "margin": rising()} for name in "abc"}
    curves |= {name: {"random": slow, "margin": doubled} for name in "de"}
    evidence = world(curves, splits=N).conclude()
    assert evidence.primary.rows[1].median_saving == pytest.approx(0.4)
    assert build_leaderboard(evidence.primary).ranked[0].saving_on == "on 2 of 5"
    assert ", 40 % fewer labels than random (median of 2 datasets), and " in write_answer(evidence)[0]
    assert any(
        sentence.startswith(
            "On a, b and c margin has no label saving: the final level is not shown to be better"
        )
        for sentence in write_remarks(evidence).saving
    )


def test_a_curve_that_ended_early_at_its_seed_set_has_no_saving(world):
    early = rising().copy()
    early[:, 1:] = np.nan
    evidence = world({"a": {"random": rising(), "margin": early}}, splits=N).conclude()
    cell = evidence.primary.find_cell("a", "margin")
    assert cell.flat == N
    assert (cell.savings[0].undefined, cell.savings[0].set_by) == ("no_rise", "strategy")


def test_a_curve_that_ended_early_keeps_the_saving_of_what_it_reached(world):
    early = rising().copy()
    early[:, 3:] = np.nan
    evidence = world({"a": {"random": rising(), "margin": early}}, splits=N).conclude()
    # Both are at 0.74 with 30 labels, and there margin ends.
    assert get_final(evidence).saving == pytest.approx(0)
    assert get_final(evidence).undefined is None


def test_a_metric_that_is_undefined_in_rounds_gives_no_saving_at_all(world):
    gap = rising().copy()
    gap[:, 2] = np.nan
    evidence = world({"a": {"random": rising(), "margin": gap}}, splits=N).conclude()
    assert evidence.primary.find_cell("a", "margin").savings == ()
    assert evidence.primary.recommendation is None


def test_a_rise_that_is_shown_keeps_its_saving(world):
    weak = flat(0.01, 3) + 0.02 * np.array([0, 0.25, 0.5, 0.75, 1])
    evidence = world({"a": {"random": weak, "margin": rising(0.01)}}, splits=N).conclude()
    assert get_final(evidence).saving is not None
