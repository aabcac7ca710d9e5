"""Looking ahead: the libraries' numbers, and the formulas written out with plain refits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from albench.strategies.expected_error_reduction import ExpectedErrorReduction
from albench.strategies.expected_gradient_length import ExpectedGradientLength, compute_gradient_lengths
from albench.strategies.numerics.softmax import convert_to_softmax
from albench.strategies.numerics.softmax_refits import Refits

EXACT = {"solver": "newton-cholesky", "tol": 1e-12, "max_iter": 1000}


def loss_of(proba, loss):
    if loss == "zero_one":
        return 1 - proba.max(axis=1)
    return -np.sum(np.where(proba > 0, proba * np.log(np.where(proba > 0, proba, 1)), 0), axis=1)


def errors_written_out(X, rows, labels, make, loss, evaluation):
    """Expected loss after each candidate, by one plain refit for each of its labels."""
    candidates = np.setdiff1d(np.arange(X.shape[0]), rows)
    model = make().fit(X[rows], labels)
    errors = []
    for x in candidates:
        judged = {
            "rest": [u for u in candidates if u != x],
            "unlabelled": list(candidates),
            "all": list(range(X.shape[0])),
        }[evaluation]
        expected = 0.0
        for label, p in zip(model.classes_, model.predict_proba(X[[x]])[0], strict=True):
            if p > 0:
                refit = make().fit(X[[*rows, x]], [*labels, label])
                expected += p * loss_of(refit.predict_proba(X[judged]), loss).mean()
        errors.append(expected)
    return np.array(errors)


def problem(seed, n=14, d=2, n_classes=3, n_labelled=6):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    labels = np.concatenate([np.arange(n_classes), rng.integers(0, n_classes, n_labelled - n_classes)])
    return X, np.arange(n_labelled), labels


def test_every_case_of_the_libraries(round_of, golden):
    numbers = golden("lookahead")
    X = np.array(numbers["X"])
    for case in numbers["expected_error_reduction"]:
        view = round_of(X, numbers["labelled"], numbers["labels"], 3)
        actual = ExpectedErrorReduction(loss=case["loss"], evaluation=case["evaluation"]).utilities(
            view, None
        )
        order = view.candidates[np.argsort(-actual)]
        if "utilities" in case:
            assert spearmanr(actual, case["utilities"])[0] > 0.99
            assert_allclose(actual * X.shape[0], case["utilities"], rtol=1e-3)
        if "batch" in case:
            assert order[:5].tolist() == case["batch"]
        if "expected_error" in case:
            best = np.sort(-actual)[:5] * (view.candidates.size - 1)
            assert_allclose(best, case["expected_error"], rtol=1e-3)
        if "pick" in case:
            assert order[0] == case["pick"]
    assert len(numbers["expected_error_reduction"]) == 7


@settings(max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([2, 3, 4]),
    st.sampled_from([0.1, 1.0, 20.0]),
    st.sampled_from(["zero_one", "log"]),
    st.sampled_from(["rest", "unlabelled", "all"]),
    st.booleans(),
)
def test_refits_solved_together_are_plain_refits(
    round_of, seed, n_classes, strength, loss, evaluation, intercept
):
    X, rows, labels = problem(seed, n_classes=n_classes)
    params = {**EXACT, "C": strength, "fit_intercept": intercept}
    view = round_of(X, rows, labels, n_classes, **params)
    actual = ExpectedErrorReduction(loss=loss, evaluation=evaluation).utilities(view, None)
    direct = errors_written_out(X, rows, labels, lambda: LogisticRegression(**params), loss, evaluation)
    assert_allclose(-actual, direct, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("evaluation", ["rest", "unlabelled", "all"])
@pytest.mark.parametrize("loss", ["zero_one", "log"])
def test_any_other_model_is_refitted_plainly(round_of, loss, evaluation):
    X, rows, labels = problem(3, n=20, n_labelled=9)
    view = round_of(X, rows, labels, 3, model="gaussian_nb")
    actual = ExpectedErrorReduction(loss=loss, evaluation=evaluation).utilities(view, None)
    direct = errors_written_out(X, rows, labels, GaussianNB, loss, evaluation)
    assert_allclose(-actual, direct, rtol=1e-10)


@pytest.mark.parametrize(
    "params",
    [{"class_weight": "balanced"}, {"solver": "liblinear"}, {"C": np.inf}, {"l1_ratio": 1, "solver": "saga"}],
)
@pytest.mark.filterwarnings("ignore:Setting penalty=None will ignore")
def test_other_logistic_regressions_are_not_taken_for_the_plain_one(params):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 2)), rng.integers(0, 2, 40)
    assert convert_to_softmax(LogisticRegression(**params, max_iter=10_000, tol=1e-2).fit(X, y)) is None


def test_a_class_that_is_not_among_the_labels_is_no_hypothesis(round_of):
    X, rows, labels = problem(5, n_classes=2)
    two = round_of(X, rows, labels, 2, **EXACT)
    three = round_of(X, rows, labels * 2, 3, **EXACT)
    strategy = ExpectedErrorReduction()
    assert_allclose(strategy.utilities(two, None), strategy.utilities(three, None), rtol=1e-9)


def test_the_median_problem_is_solved_like_scikit_learn_solves_it(round_of):
    """A pool as users have them: digits-like sizes, every refit against scikit-learn's."""
    X, y = make_classification(120, 30, n_informative=12, n_classes=4, random_state=0)
    rows = np.arange(60)
    fitted = LogisticRegression(**EXACT).fit(X[rows], y[rows])
    candidates = X[60:66]
    theta = Refits(convert_to_softmax(fitted), X[rows], y[rows]).solve(candidates, np.ones((6, 4)))
    for place, x in enumerate(candidates):
        for label in range(4):
            plain = LogisticRegression(**EXACT).fit(np.vstack([X[rows], x]), np.append(y[rows], label))
            logits = X @ theta[place, label, :, :-1].T + theta[place, label, :, -1]
            proba = np.exp(logits - logits.max(axis=1, keepdims=True))
            proba /= proba.sum(axis=1, keepdims=True)
            assert_allclose(proba, plain.predict_proba(X), atol=1e-6)


def test_approximations_agree_with_the_exact_refits_where_labels_are_many(round_of):
    X, y = make_classification(260, 8, n_informative=6, n_classes=3, random_state=1)
    view = round_of(X, np.arange(150), y[:150], 3)
    exact = ExpectedErrorReduction().utilities(view, None)
    newton = ExpectedErrorReduction(approx="newton").utilities(view, None)
    chord = ExpectedErrorReduction(approx="chord").utilities(view, None)
    assert spearmanr(exact, newton)[0] > 0.9
    assert spearmanr(exact, chord)[0] > 0.99
    assert np.abs(exact - chord).max() < np.abs(exact - newton).max()
    assert not np.allclose(exact, chord, rtol=1e-8)


def test_of_the_evaluated_rows_some_can_be_drawn(round_of):
    X, rows, labels = problem(0, n=60)
    view = round_of(X, rows, labels, 3)
    strategy = ExpectedErrorReduction(evaluation_rows=20)
    drawn = strategy.draw_evaluated_rows(view)
    assert drawn.size == 20
    assert np.isin(drawn, view.candidates).all()
    first, again = (strategy.utilities(round_of(X, rows, labels, 3), None) for _ in range(2))
    assert_array_equal(first, again)
    whole = ExpectedErrorReduction(evaluation_rows=1000).utilities(view, None)
    assert_array_equal(whole, ExpectedErrorReduction().utilities(view, None))
    assert spearmanr(first, whole)[0] > 0.5


def test_the_last_candidate_has_nothing_left_to_be_judged_on(round_of):
    X, rows, labels = problem(0, n=7)
    view = round_of(X, rows, labels, 3)
    assert_array_equal(ExpectedErrorReduction().utilities(view, None), [0])


def test_gradients_golden(golden):
    numbers = golden("lookahead")
    for case in numbers["expected_gradient_length"]:
        X = np.array(numbers["X"])[case["rows"]]
        actual = compute_gradient_lengths(np.array(case["proba"]), X, intercept=case["intercept"])
        assert_allclose(actual, case["scores"], rtol=1e-9)
    assert {case["intercept"] for case in numbers["expected_gradient_length"]} == {True, False}


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(2, 5), st.booleans())
def test_gradients_are_those_of_the_loss_written_out(seed, d, n_classes, intercept):
    """The loss of a softmax regression, differentiated numerically for each class."""
    rng = np.random.default_rng(seed)
    weights, x = rng.normal(size=(n_classes, d + intercept)), rng.normal(size=d)
    row = np.append(x, 1) if intercept else x

    def log_loss(theta, label):
        logits = theta @ row
        return np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[label]

    proba = np.exp([-log_loss(weights, label) for label in range(n_classes)])
    expected = 0.0
    for label in range(n_classes):
        gradient = np.zeros_like(weights)
        for place in np.ndindex(*weights.shape):
            step = np.zeros_like(weights)
            step[place] = 1e-6
            gradient[place] = (log_loss(weights + step, label) - log_loss(weights - step, label)) / 2e-6
        expected += proba[label] * np.linalg.norm(gradient)
    assert_allclose(
        compute_gradient_lengths(proba[None], x[None], intercept=intercept), expected, rtol=1e-6, atol=1e-9
    )


def test_gradients_of_a_nearly_certain_row_keep_their_digits():
    p = 1e-12
    actual = compute_gradient_lengths(np.array([[1 - p, p / 2, p / 2]]), np.zeros((1, 2)))
    # p_1 ||p - e_1|| + 2 (p / 2) ||p - e_2||, to first order in p.
    assert_allclose(actual, p * np.sqrt(1.5) + p * np.sqrt(2), rtol=1e-9)


def test_gradients_of_a_round_are_those_of_its_model(round_of):
    X, rows, labels = problem(0)
    view = round_of(X, rows, labels, 3)
    direct = compute_gradient_lengths(view.model.predict_proba(X[6:]), X[6:])
    assert_allclose(ExpectedGradientLength().utilities(view, None), direct)
