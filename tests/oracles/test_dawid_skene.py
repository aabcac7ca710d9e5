"""Dawid and Skene's estimate equals crowd-kit's, and sees through annotators where a vote does not.

``golden/dawid_skene.json`` holds planted answers and what ``DawidSkene(n_iter=3 or 60, tol=-inf)`` of crowd-kit
1.4.2 makes of them.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from albench.contracts import BoughtAnswers
from albench.contracts.annotations import vote
from albench.oracles.combination import combine_by_dawid_skene, combine_by_skill
from albench.oracles.dawid_skene import estimate_dawid_skene

CASES = json.loads(Path(__file__).with_name("golden").joinpath("dawid_skene.json").read_text("utf-8"))[
    "cases"
]


def bought(rows, annotators, labels):
    zeros = np.zeros(rows.size, int)
    return BoughtAnswers(rows, annotators, zeros, labels, np.ones(rows.size), zeros)


@pytest.mark.parametrize("iterations", [3, 60])
@pytest.mark.parametrize("name", CASES)
def test_probabilities_are_those_of_crowd_kit(name, iterations):
    answers = np.array(CASES[name]["answers"])
    rows, annotators = np.nonzero(answers >= 0)
    labels, n_classes = answers[rows, annotators], answers.max() + 1
    same = {"max_iterations": iterations, "tolerance": 0}
    estimate = estimate_dawid_skene(rows, annotators, labels, n_classes, **same)
    assert_allclose(estimate.proba, CASES[name]["proba"][str(iterations)], atol=1e-6)
    # The order of the answers does not matter, nor a class that nobody has answered.
    order = np.random.default_rng(0).permutation(rows.size)
    more = estimate_dawid_skene(rows[order], annotators[order], labels[order], n_classes + 1, **same)
    assert_allclose(more.proba[:, :-1], estimate.proba, atol=1e-9)
    assert not more.proba[:, -1].any()


def test_planted_confusions_are_found_and_labels_are_better_than_a_vote():
    rng, n = np.random.default_rng(5), 3000
    truth = rng.integers(3, size=n)
    # Two who know, and three who take every 2 for a 1 and are no better than chance at 0.
    good = np.array([[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9]])
    bad = np.array([[0.4, 0.3, 0.3], [0.2, 0.7, 0.1], [0.05, 0.9, 0.05]])
    confusions = np.array([good, good, bad, bad, bad])
    rows, annotators = (of.ravel() for of in np.indices((n, 5)))
    draws = rng.random(rows.size)[:, np.newaxis]
    labels = (draws > confusions[annotators, truth[rows]].cumsum(axis=1)[:, :-1]).sum(axis=1)
    estimate = estimate_dawid_skene(rows, annotators, labels, 3)
    assert_allclose(estimate.confusion, confusions, atol=0.06)
    assert_allclose(estimate.prior, np.bincount(truth) / n, atol=0.03)
    answers = bought(rows, annotators, labels)
    voted = (vote(answers, n, 3) == truth).mean()
    estimated = (combine_by_dawid_skene(answers, n, 3) == truth).mean()
    # With the confusions known nobody can do better: Bayes' rule.
    best = (combine_by_skill(answers, n, list(confusions)) == truth).mean()
    assert voted < 0.75
    assert 0.9 < estimated <= best + 0.01


def test_with_few_answers_what_was_seen_beforehand_keeps_the_estimate_from_getting_lost():
    rng = np.random.default_rng(2)
    skills, wrong = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), {0: [], 4: []}
    for _ in range(40):
        truth = rng.choice(2, 40, p=[0.3, 0.7])
        rows = np.repeat(np.arange(40), 3)
        annotators = np.concatenate([rng.permutation(5)[:3] for _ in range(40)])
        labels = np.where(rng.random(120) < skills[annotators], truth[rows], 1 - truth[rows])
        for prior, shares in wrong.items():
            given = combine_by_dawid_skene(bought(rows, annotators, labels), 40, 2, prior)
            shares.append((given != truth).mean())
    assert np.mean(wrong[4]) < np.mean(wrong[0]) - 0.01
    assert max(wrong[4]) < max(wrong[0])


def test_what_was_seen_beforehand_is_added_to_the_counts():
    # One annotator, who is believed whatever he says: two rows of each class, none taken for the other.
    estimate = estimate_dawid_skene(
        np.arange(4), np.zeros(4, int), np.array([0, 0, 1, 1]), 2, prior_answers=10
    )
    n = estimate.proba.sum(axis=0)
    taken = estimate.proba[:2, 0].sum(), estimate.proba[2:, 0].sum()
    assert_allclose(estimate.confusion[0, 0], np.array([taken[0] + 7, taken[1] + 3]) / (n[0] + 10), atol=1e-6)


def test_stated_skills_weigh_votes_by_their_log_odds():
    # log(0.9 / 0.1) = 2.197 against twice log(0.7 / 0.3) = 0.847, and against three times that.
    skills = [np.array([[p, 1 - p], [1 - p, p]]) for p in (0.9, 0.7, 0.7, 0.7, 0.2)]
    rows = np.array([0, 0, 0, 1, 1, 1, 1, 2, 3])
    annotators = np.array([0, 1, 2, 0, 1, 2, 3, 4, 0])
    labels = np.array([1, 0, 0, 1, 0, 0, 0, 1, -1])
    # Who is worse than chance says of the other class that it is right.
    assert combine_by_skill(bought(rows, annotators, labels), 4, skills).tolist() == [1, 0, 0, -1]


def test_without_an_answer_there_is_no_label():
    answers = bought(np.array([1]), np.array([0]), np.array([-1]))
    assert combine_by_dawid_skene(answers, 2, 3).tolist() == [-1, -1]
