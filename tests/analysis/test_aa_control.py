"""The A/A control: the arms of random against each other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from albench.narrative import write_answer
from albench.narrative.wording import describe_control


def test_arms_that_do_not_differ_leave_the_verdicts(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5})
    primary = world(curves, splits=10).conclude().primary
    aa = primary.control
    assert (aa.available, aa.fired) == (True, False)
    areas = np.trapezoid(curves["b"]["random"], axis=2) / 9
    wanted = stats.ttest_rel(areas[0], areas[1])
    assert aa.differences["b"] == pytest.approx((areas[0] - areas[1]).mean())
    low, high = wanted.confidence_interval()
    assert (aa.intervals["b"].low, aa.intervals["b"].high) == pytest.approx((low, high))


def test_arms_that_differ_withhold_every_verdict(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.6}, datasets=[f"d{i}" for i in range(10)])
    for by_strategy in curves.values():
        by_strategy["random"][1] += 0.01
    evidence = world(curves, splits=10).conclude()
    primary, row = evidence.primary, evidence.primary.rows[1]
    assert primary.control.fired
    assert {cell.verdict for cell in primary.cells} == {"undecided"}
    assert (row.wins, row.ties, row.losses, row.undecided) == (0, 0, 0, 10)
    assert (row.p, row.p_holm, row.bayes, primary.friedman_p) == (None, None, None, None)
    assert row.difference is not None
    answer = write_answer(evidence)
    assert answer[0].startswith("Verdicts are withheld")
    assert not any("better" in sentence for sentence in answer)


def test_a_difference_on_one_dataset_of_twenty_is_enough(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5}, datasets=[f"d{i}" for i in range(20)], rounds=4)
    curves["d7"]["random"][0] += 0.05
    assert world(curves, splits=10).conclude().primary.control.fired


def test_three_arms_compare_the_first_with_the_others(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5}, arms=3)
    control = world(curves, splits=10).conclude().primary.control
    areas = np.trapezoid(curves["a"]["random"], axis=2) / 9
    assert control.differences["a"] == pytest.approx((areas[0] - areas[1:].mean(axis=0)).mean())


def test_one_arm_has_no_control(world, noisy):
    aa = world(noisy({"random": 0.3, "margin": 0.5}, arms=1), splits=10).conclude().primary.control
    assert (aa.available, aa.fired, aa.p) == (False, False, None)
    assert aa.unavailable == "one_arm"
    assert describe_control(aa) == "random has one arm only, so it cannot be compared with itself"


def test_few_repeats_have_no_control(world, noisy):
    aa = world(noisy({"random": 0.3, "margin": 0.5}, repeats=2), splits=2).conclude().primary.control
    assert (aa.available, aa.fired) == (False, False)
    assert aa.unavailable == "few_repeats"
    assert describe_control(aa) == "the arms of random share too few repeats to be compared"


def test_of_sound_experiments_at_most_one_in_twenty_fires(world, noisy):
    rates = {"random": 0.3, "margin": 0.3}
    n = 120
    fired = [
        world(noisy(rates, rounds=3, repeats=5, seed=seed), splits=5).conclude().primary.control.fired
        for seed in range(n)
    ]
    assert stats.binomtest(sum(fired), n, 0.05, alternative="greater").pvalue > 0.01
