"""What a page says first that asks when to stop."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from rising_curves import MARGIN, RANDOM

from albench.analysis.evidence.stopping import PriceRange, RuleCost, StoppingEvidence
from albench.narrative import write_answer
from albench.narrative.answer import MOST_WORDS, count_words
from albench.narrative.stopping import format_price


def cost(rule, n_labels, lost, n_stopped=10):
    return RuleCost(rule, "margin", "", 10, n_stopped, n_labels, 0.0, None, lost, None)


COSTS = (cost("early", 20.4, 0.05), cost("late", 40, 0.0), cost("never", 50, -0.002, n_stopped=0))


@pytest.fixture
def answer(world):
    def write(best, costs=COSTS, dataset="digits", **ended):
        evidence = world({dataset: {"random": RANDOM, "margin": MARGIN}}, splits=10).conclude()
        rules = tuple(each.rule for each in costs)
        labels = 30.2 if best else None
        stopping = StoppingEvidence(rules, "margin", costs, labels, np.ones(1), {}, tuple(best), **ended)
        return write_answer(replace(evidence, stopping=stopping))

    return write


def test_several_rules_are_named_with_the_prices_at_which_each_is_best(answer):
    sentences = answer(
        [PriceRange("early", 0.1, 3.14), PriceRange("late", 3.14, 212), PriceRange("", 212, 1000)]
    )
    assert sentences[:3] == (
        (
            "When to stop with margin on digits depends on what a point (0.01) of accuracy is worth: up to 3.1 "
            "labels, stop by early (at 20 labels, \u22120.050 accuracy); 3.1 to 210, stop by late (at 40 labels, "
            "0.000 accuracy); above 210, buy the whole budget."
        ),
        "Differences are to hindsight, in which 30 labels were enough for accuracy within 0.005 of its best.",
        "Within the budget never stop: never.",
    )
    assert count_words(sentences) <= MOST_WORDS


def test_of_many_rules_those_with_the_widest_ranges_are_named(answer):
    edges = [0.1, 1, 1.1, 30, 33, 1000]
    ranges = [PriceRange(rule, *ends) for rule, ends in zip("abcde", pairwise(edges), strict=True)]
    sentences = answer(ranges, tuple(cost(rule, 20, 0.01) for rule in "abcde"))
    assert [f"stop by {rule} " in sentences[0] for rule in "abcde"] == [True, False, True, False, True]
    assert "; 1.1 to 30, stop by c" in sentences[0]
    assert count_words(sentences) <= MOST_WORDS


def test_one_rule_that_is_best_everywhere_is_named_alone(answer):
    sentences = answer([PriceRange("late", 0.1, 1000)])
    assert sentences[0] == (
        "Stop by late with margin on digits, whether a point (0.01) of accuracy is worth 0.1 labels or 1,000: at 40 "
        "labels, 0.000 accuracy."
    )


def test_where_every_rule_loses_more_than_it_saves_the_whole_budget_is_bought(answer):
    sentences = answer([PriceRange("", 0.1, 1000)])
    assert sentences[0].startswith("Label the whole budget with margin on digits, whether a point")


def test_where_no_trial_can_be_judged_the_sentence_says_why(answer):
    assert answer([])[0] == (
        "When to stop cannot be said with margin on digits: no trial has accuracy in all its rounds."
    )


def test_where_a_rule_has_ended_trials_it_says_where_and_that_curves_go_on_flat(answer):
    sentences = answer([], n_ended=4, enders=("early", "late"), ended_labels=27.6)
    assert sentences[:2] == (
        "Stopped by early and late: 4 trials, those with margin on digits at 28 labels on average.",
        "What more labels would have given is not known; curves go on flat from there.",
    )
    assert sentences[2].startswith("Use margin")


@pytest.mark.parametrize(
    ("price", "text"),
    [(0.1, "0.1"), (3.14, "3.1"), (84.1, "84"), (212, "210"), (1000, "1,000"), (9.44, "9.4")],
)
def test_prices_have_two_digits(price, text):
    assert format_price(price) == text
