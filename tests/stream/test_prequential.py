"""Prequential metrics equal River's evaluator, and what they are by hand."""

import json
from math import isnan
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, cohen_kappa_score

from albench.stream.prequential import METRICS, Prequential

GOLDEN = json.loads((Path(__file__).parent / "golden" / "prequential.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("delay", ["0", "100"])
def test_accuracy_and_kappa_equal_those_of_river(delay):
    case = GOLDEN["delays"][delay]
    metrics, scores = Prequential(3, 50), []
    for row, (label, predicted) in enumerate(zip(GOLDEN["labels"], case["predicted"], strict=True), start=1):
        if predicted is not None:
            metrics.add(label, predicted)
        if row % GOLDEN["every"] == 0:
            scores.append(list(metrics.compute()[:2]))
    # River says 0 where nothing was scored yet.
    expected = [[np.nan, np.nan] if pair == [0, 0] and delay == "100" else pair for pair in case["scores"]]
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-12)


def test_a_window_scores_its_last_rows_alone():
    rng = np.random.default_rng(2)
    labels, predicted = rng.integers(4, size=(2, 300)).tolist()
    metrics = Prequential(4, 60)
    for pair in zip(labels, predicted, strict=True):
        metrics.add(*pair)
    scores = dict(zip(METRICS, metrics.compute(), strict=True))
    assert scores["window_accuracy"] == pytest.approx(
        accuracy_score(labels[-60:], predicted[-60:]), abs=1e-12
    )
    assert scores["window_kappa"] == pytest.approx(
        cohen_kappa_score(labels[-60:], predicted[-60:]), abs=1e-12
    )
    repeats = np.mean(np.asarray(labels[-60:]) == np.asarray(labels[-61:-1]))
    expected = (scores["window_accuracy"] - repeats) / (1 - repeats)
    assert scores["window_kappa_temporal"] == pytest.approx(expected, abs=1e-12)


def test_kappa_temporal_compares_with_repeating_the_last_label():
    metrics = Prequential(2, 10)
    for pair in [(0, 0), (0, 0), (1, 0), (1, 1), (1, 1)]:
        metrics.add(*pair)
    # 4 of 5 right; repeating is right in rows 2, 4 and 5, and has nothing to repeat in row 1.
    assert metrics.compute()[2] == pytest.approx((4 / 5 - 3 / 5) / (1 - 3 / 5))


def test_what_is_undefined_is_not_a_number():
    metrics = Prequential(2, 10)
    assert all(map(isnan, metrics.compute()))
    for _ in range(3):
        metrics.add(1, 1)
    accuracy, kappa, temporal = metrics.compute()[:3]
    assert accuracy == 1
    assert isnan(kappa)
    assert temporal == 1


def find_recovery(is_right, marks, window):
    metrics = Prequential(2, window, marks)
    for right in is_right:
        metrics.add(1, int(right))
    return metrics.recovery


def test_recovery_counts_the_rows_until_a_window_is_as_accurate_as_before():
    is_right = [1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0]
    # Before row 8 all 4 are right. None of rows 8 to 16 has 4 in a row; of 3 it does after rows 14 to 16.
    assert find_recovery(is_right, (8, 17), 4) == [None, None]
    assert find_recovery(is_right, (8, 17), 3) == [9, None]
    assert find_recovery(is_right, (2,), 3) == [None]


def test_recovery_is_at_least_a_window_long():
    assert find_recovery([1] * 20, (10,), 5) == [5]


def test_recovery_row_by_row_is_what_sums_over_the_whole_stream_say():
    rng = np.random.default_rng(0)
    for n_marks in [0, 1, 4, 20]:
        is_right = rng.random(300) < rng.choice([0.3, 0.7], 300)
        # Also changes at the first row, and some at the same row, as where all between is kept apart.
        marks = tuple(sorted(rng.integers(0, 300, n_marks).tolist()))
        sums = np.concatenate([[0], np.cumsum(is_right)])
        expected = [
            next(
                (
                    n - start
                    for n in range(start + 12, end + 1)
                    if start >= 12 and sums[n] - sums[n - 12] >= sums[start] - sums[start - 12]
                ),
                None,
            )
            for start, end in zip(marks, (*marks, 300)[1:], strict=True)
        ]
        assert find_recovery(is_right, marks, 12) == expected
    assert None in expected
    assert any(expected)
