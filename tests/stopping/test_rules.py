"""Every rule by its formula: worked by hand, and against small-text on the same predictions."""

from __future__ import annotations

import json
from math import e, log
from pathlib import Path

import numpy as np
import pytest

from albench.contracts import Course
from albench.errors import TrialError
from albench.stopping.confidence_course import ContradictoryInformation, PerformanceGradient
from albench.stopping.course import decide, find_stop
from albench.stopping.error_stability import ErrorStability, bound_change
from albench.stopping.observed_round import SeenRound
from albench.stopping.paid import Budget, Patience, Target
from albench.stopping.stable_predictions import ClassificationChange, StabilizingPredictions, compute_kappa
from albench.stopping.uncertainty import MaxConfidence, MinExpectedError, OverallUncertainty

GOLDEN = Path(__file__).with_name("golden")
THREE = np.array([[1.0, 0.0], [0.5, 0.5], [0.25, 0.75]])


def see(proba, previous=None, batch=None, known=None, **pool):
    empty = {"features": np.empty((0, 1)), "labelled": np.empty(0, int), "labels": np.empty(0, int)}
    return SeenRound(
        n_classes=proba.shape[1],
        n_labels=10,
        proba=proba,
        previous_predicted=previous,
        batch_proba=batch,
        predict_labelled=lambda: proba[:0] if known is None else known,
        **{**empty, **pool},
    )


def course(values=(), n_labels=None, lower=(), **scores):
    values = np.array(values if len(values) else [np.nan] * len(next(iter(scores.values()), n_labels)), float)
    labels = np.arange(10, 10 * (values.size + 1), 10) if n_labels is None else np.array(n_labels)
    arrays = {name: np.array(each, float) for name, each in scores.items()}
    return Course(values, labels, arrays, frozenset(lower))


def test_overall_uncertainty_is_the_mean_entropy_over_the_largest():
    # Entropies 0, log 2 and -(1/4 log 1/4 + 3/4 log 3/4), each over log 2.
    quarter = -(0.25 * log(0.25) + 0.75 * log(0.75)) / log(2)
    assert OverallUncertainty().observe(see(THREE), None) == pytest.approx((0 + 1 + quarter) / 3)
    assert find_stop(OverallUncertainty(threshold=0.1), course([0.3, 0.1, 0.099])) == 2


def test_max_confidence_looks_at_the_least_certain_row_of_the_next_batch():
    rule = MaxConfidence(threshold=0.6)
    assert rule.observe(see(THREE, batch=THREE[[0, 2]]), None) == pytest.approx(log(4) - 0.75 * log(3))
    assert rule.observe(see(THREE), None) is None
    assert find_stop(rule, course([np.nan, 0.6, 0.56, np.nan])) == 2


def test_min_expected_error_is_the_mean_of_one_less_the_top_probability():
    assert MinExpectedError().observe(see(THREE), None) == pytest.approx((0 + 0.5 + 0.25) / 3)
    assert find_stop(MinExpectedError(threshold=0.2), course([0.25, 0.2, 0.19])) == 2


def test_classification_change_is_the_share_that_is_predicted_otherwise():
    rule = ClassificationChange()
    assert rule.observe(see(THREE), None) is None
    # Predicted are 0, 0 (the first of equal ones) and 1.
    assert rule.observe(see(THREE, np.array([0, 1, 1])), None) == pytest.approx(1 / 3)
    assert find_stop(rule, course([np.nan, 1 / 3, 0.0])) == 2
    assert find_stop(ClassificationChange(threshold=0.1), course([np.nan, 0.11, 1 - 0.9])) == 2


def test_stabilizing_predictions_averages_kappa_over_a_window():
    # A table of 20, 5, 10, 15: p_o = 0.7, p_e = (25 * 30 + 25 * 20) / 50^2 = 0.5, kappa = 0.4.
    first = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    second = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    assert compute_kappa(first, second, 2) == pytest.approx(0.4)
    assert compute_kappa(first * 0, first * 0, 2) == 1
    rule = StabilizingPredictions(cutoff=0.9, window=2)
    # The mean of two is 0.9 at the fourth value; the not-a-number of the first round counts for none.
    assert find_stop(rule, course([np.nan, 0.95, 0.8, 1.0, 0.99])) == 3


def test_contradictory_information_waits_for_falls_in_a_row():
    rule = ContradictoryInformation(rounds=2)
    assert rule.observe(see(THREE), None) == pytest.approx((1 + 0.5 + 0.75) / 3)
    # Rows of the stop set stay in it when they are labelled.
    labelled = np.array([[0.1, 0.9], [0.8, 0.2]])
    assert rule.observe(see(THREE, known=labelled), None) == pytest.approx((1 + 0.5 + 0.75 + 0.9 + 0.8) / 5)
    assert find_stop(rule, course([0.5, 0.6, 0.55, 0.58, 0.57, 0.56, 0.5])) == 5
    assert find_stop(rule, course([0.6, 0.5, 0.5, 0.4])) is None


def test_performance_gradient_waits_for_a_new_maximum_that_hardly_rises():
    rule = PerformanceGradient(threshold=0.01, window=2)
    assert rule.observe(see(THREE), None) == pytest.approx(0.75)
    # Means of two: .5, .65, .715, .7175: the gradients .15, .065, .0025; the last is no new maximum below.
    assert find_stop(rule, course([0.4, 0.6, 0.7, 0.73, 0.705])) is None
    assert find_stop(rule, course([0.4, 0.6, 0.7, 0.705, 0.715])) == 4
    # A fall is no small rise.
    assert find_stop(rule, course([0.7, 0.7, 0.699, 0.7])) is None


def test_the_bound_of_error_stability_is_that_of_lambert():
    for divergence in (0.0, 1e-11, 1e-9, 0.01, 0.3, 1.0, 5.0):
        r = bound_change(divergence)
        assert (1 + r) * log(1 + r) - r == pytest.approx(divergence, abs=1e-12)
    # At D = 1 Lambert's W is that of 0.
    assert bound_change(1.0) == pytest.approx(e - 1)
    # No two distributions of a loss in {0, 1} differ by more: Bernoulli(q) against Bernoulli(p).
    for p, q in ((0.1, 0.2), (0.5, 0.9), (0.01, 0.6)):
        divergence = q * log(q / p) + (1 - q) * log((1 - q) / (1 - p))
        assert q - p <= bound_change(divergence)


def test_error_stability_measures_how_far_a_batch_moves_the_posterior():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((9, 2)), np.array([0, 1, 1, 0, 1, 0, 0, 1, 1])
    rule = ErrorStability(noise=0.3)
    memory = rule.start()
    rounds = [np.arange(3), np.arange(5), np.array([0, 1, 2, 3, 4, 6, 8])]
    seen = [see(THREE, features=X, labelled=rows, labels=y[rows]) for rows in rounds]
    bounds = [rule.observe(each, memory) for each in seen]
    assert bounds[0] is None
    # Over the weights of the linear kernel, with the covariances written out: the same divergence.
    Z = np.column_stack([X, np.ones(9)]) / np.sqrt(3)

    def posterior(rows):
        precision = np.eye(3) + Z[rows].T @ Z[rows] / 0.3
        targets = np.eye(2)[y[rows]] - 0.5
        return np.linalg.inv(precision), np.linalg.solve(precision, Z[rows].T @ targets / 0.3)

    def diverge(of, to):
        (S, m), (T, k) = of, to
        P = np.linalg.inv(T)
        same = np.trace(P @ S) - 3 + np.linalg.slogdet(T)[1] - np.linalg.slogdet(S)[1]
        return 0.5 * sum(same + (m - k)[:, j] @ P @ (m - k)[:, j] for j in range(2))

    for before, after, bound in zip(
        map(posterior, rounds), map(posterior, rounds[1:]), bounds[1:], strict=False
    ):
        there, back = diverge(after, before), diverge(before, after)
        assert bound == pytest.approx(bound_change(there) + bound_change(back))


def test_the_bound_of_error_stability_by_hand():
    # Rows (1, 1) and (-1, 1) over sqrt(2) tell nothing of each other: before the second label k = 1, m = 0.
    # With noise v = 1 and e = 1/2 or -1/2 for either class, the authors' code of 2021 has for each of them
    # 1/2 (k / v - log(1 + k / v) + k (1 + k / v) / (k + v)^2 e^2) = 1/2 (1 - log 2 + 1/8), and
    # 1/2 (log(1 + k / v) - k / (k + v) + k / (k + v)^2 e^2) = 1/2 (log 2 - 1/2 + 1/16).
    rule, memory = ErrorStability(noise=1), []
    X, y = np.array([[1.0], [-1.0]]), np.array([0, 1])
    assert rule.observe(see(THREE, features=X, labelled=np.array([0]), labels=y[:1]), memory) is None
    bound = rule.observe(see(THREE, features=X, labelled=np.array([0, 1]), labels=y), memory)
    assert bound == pytest.approx(bound_change(9 / 8 - log(2)) + bound_change(log(2) - 7 / 16))


def test_error_stability_stops_at_a_share_of_the_first_bound():
    assert find_stop(ErrorStability(threshold=0.1), course([np.nan, 2.0, 0.5, 0.2, 0.1])) == 3
    assert find_stop(ErrorStability(threshold=0.1), course([np.nan, np.nan])) is None
    # The authors' code divides by the least of the first bounds, and does not stop among them.
    values = [np.nan, 2.0, 1.0, 0.09, 0.1, 0.009]
    assert find_stop(ErrorStability(threshold=0.1, window=2), course(values)) == 3
    assert find_stop(ErrorStability(threshold=0.1, window=3), course(values)) == 5


def test_a_budget_is_a_number_of_labels():
    assert find_stop(Budget(labels=25), course(n_labels=[10, 20, 30, 40])) == 2
    assert find_stop(Budget(labels=50), course(n_labels=[10, 20, 30, 40])) is None


def test_a_target_is_reached_from_below_or_where_less_is_better_from_above():
    assert find_stop(Target(metric="accuracy", value=0.8), course(accuracy=[0.7, 0.79, 0.8])) == 2
    assert find_stop(Target(metric="loss", value=0.5), course(loss=[0.9, 0.6, 0.5], lower=["loss"])) == 2
    with pytest.raises(TrialError, match="'f1' on the validation part"):
        decide(Target(metric="f1", value=0.5), course(accuracy=[0.7]))


def test_patience_waits_for_rounds_without_a_new_best_value():
    rule = Patience(metric="accuracy", rounds=2)
    assert find_stop(rule, course(accuracy=[0.5, 0.6, 0.55, 0.61, 0.61, 0.6, 0.7])) == 5
    assert find_stop(Patience(metric="loss", rounds=1), course(loss=[0.5, 0.4, 0.4], lower=["loss"])) == 2
    assert find_stop(Patience(metric="accuracy", rounds=1, min_gain=0.2), course(accuracy=[0.5, 0.6])) == 1


def test_a_rule_that_answers_neither_true_nor_false_is_refused():
    class Vague(Budget):
        def stops(self, course):
            return np.bool_(True)

    with pytest.raises(TrialError, match="True or False"):
        decide(Vague(labels=1), course(n_labels=[10]))


@pytest.mark.parametrize("case", json.loads((GOLDEN / "small_text.json").read_text(encoding="utf-8")))
def test_three_rules_stop_where_small_text_does(case):
    sequence = make_sequence(case["seed"], case["n_classes"])
    predicted = sequence.argmax(axis=2)
    seen = [see(proba, None if i == 0 else predicted[i - 1]) for i, proba in enumerate(sequence)]

    def answer(rule):
        values = [np.nan if (value := rule.observe(each, None)) is None else value for each in seen]
        whole = course(values)
        return [decide(rule, whole.until(i + 1)) for i in range(len(seen))]

    for key, stops in case["stabilizing_predictions"].items():
        cutoff, window = key.split("-")
        assert answer(StabilizingPredictions(cutoff=float(cutoff), window=int(window))) == stops
    for key, stops in case["classification_change"].items():
        assert answer(ClassificationChange(threshold=float(key))) == stops
    for key, stops in case["overall_uncertainty"].items():
        assert answer(OverallUncertainty(threshold=float(key))) == stops


def make_sequence(seed, n_classes):
    """As `golden/make_small_text.py` makes it, which imports small-text."""
    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((40, n_classes))
    rounds = []
    for number in range(30):
        logits = logits * 1.25 + rng.standard_normal(logits.shape) / (number + 1)
        proba = np.exp(logits - logits.max(axis=1, keepdims=True))
        rounds.append(proba / proba.sum(axis=1, keepdims=True))
    return np.round(rounds, 6)
