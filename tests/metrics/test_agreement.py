"""Agreement of answers beyond chance, against statsmodels and krippendorff."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from albench.contracts import BoughtAnswers
from albench.metrics.agreement import (
    average_cohen,
    bootstrap_alpha,
    compute_alpha,
    compute_cohen,
    compute_fleiss,
    count_ratings,
    measure_agreement,
)

CASES = json.loads(Path(__file__).with_name("golden").joinpath("agreement.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=["two", "three", "missing", "two and missing"])
def test_they_equal_the_reference_libraries(case):
    ratings = np.array(case["ratings"])
    counts = count_ratings(ratings, int(ratings.max()) + 1)
    pairs = combinations(ratings.T, 2)
    assert [compute_cohen(*pair) for pair in pairs] == pytest.approx(case["cohen"], abs=1e-9)
    assert average_cohen(ratings) == pytest.approx(np.mean(case["cohen"]), abs=1e-9)
    assert compute_fleiss(counts) == pytest.approx(case["fleiss"], abs=1e-9)
    assert compute_alpha(counts) == pytest.approx(case["alpha"], abs=1e-9)


def test_the_interval_of_alpha_is_that_of_rows_drawn_anew():
    ratings = np.array(CASES[1]["ratings"])
    counts, n = count_ratings(ratings, 3), len(ratings)
    low, high = bootstrap_alpha(counts, np.random.default_rng(5))
    weights = np.random.default_rng(5).multinomial(n, np.full(n, 1 / n), size=1000)
    alphas = [compute_alpha(np.repeat(counts, drawn, axis=0)) for drawn in weights]
    assert (low, high) == pytest.approx(np.quantile(alphas, [0.025, 0.975]))
    assert low < compute_alpha(counts) < high


def test_the_interval_holds_the_alpha_of_many_more_rows():
    rng, hits = np.random.default_rng(2), 0

    def draw(n):
        truth = rng.integers(3, size=n)
        answers = np.where(rng.random((n, 2)) < 0.7, truth[:, np.newaxis], rng.integers(3, size=(n, 2)))
        return count_ratings(answers, 3)

    alpha = compute_alpha(draw(200_000))
    for _ in range(60):
        low, high = bootstrap_alpha(draw(80), rng)
        hits += low <= alpha <= high
    assert hits / 60 > 0.85


def make_answers(labels, attempts=None):
    n = len(labels)
    return BoughtAnswers(
        positions=np.arange(n) % 4,
        annotators=np.zeros(n, int),
        attempts=np.arange(n) // 4 if attempts is None else attempts,
        labels=np.array(labels),
        prices=np.ones(n),
        rounds=np.zeros(n, int),
    )


def test_second_answers_of_one_annotator_are_another_rater():
    agreement = measure_agreement(make_answers([0, 1, 0, 1, 0, 1, 1, 1]), 2, np.random.default_rng(0))
    # Three of four agree; by chance 1/2 * 1/4 + 1/2 * 3/4 = 1/2 would.
    assert agreement["cohen_kappa"] == pytest.approx(0.5)
    # Observed disagreement 1/4; expected 2 * 3 * 5 / (8 * 7).
    assert agreement["krippendorff_alpha"] == pytest.approx(1 - 0.25 / (30 / 56))


@pytest.mark.parametrize("labels", [[0, 1, 0, 1], [0, 0, 0, 0, -1, -1, -1, -1], [1, 1, 1, 1, 1, 1, 1, 1]])
def test_where_nothing_can_be_compared_there_is_no_number(labels):
    agreement = measure_agreement(make_answers(labels), 2, np.random.default_rng(0))
    assert all(np.isnan(value) for value in agreement.values())
