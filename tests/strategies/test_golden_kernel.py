"""QUIRE and McPAL: the libraries' numbers, and the papers' formulas written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pydantic import ValidationError

from albench.strategies.mcpal import KernelFrequencies, McPal, compute_cost_reduction
from albench.strategies.numerics.gaussian_kernel import compute_gaussian_kernel
from albench.strategies.quire import Quire


def split_labelled(labels):
    rows = np.array([row for row, label in enumerate(labels) if label is not None])
    return rows, np.array([labels[row] for row in rows])


def test_quire_golden(round_of, golden):
    checked = 0
    for case in golden("kernel")["quire"]:
        X = np.array(case["X"])
        rows, labels = split_labelled(case["labels"])
        n_classes = int(labels.max()) + 1
        view = round_of(X, rows, labels, n_classes)
        utilities = Quire(gamma=case["gamma"]).utilities(view, None)
        if "utilities" in case:
            assert_allclose(utilities, case["utilities"], rtol=1e-9)
            (pick,) = np.flatnonzero(view.candidates == case["pick"])
            assert utilities[pick] == pytest.approx(utilities.max(), rel=1e-9)
            checked += 1
        elif "scores" in case:
            direct = quire_of_the_paper(X, rows, labels, view.candidates, n_classes, case["gamma"], 1.0)
            assert_allclose(utilities, direct, rtol=1e-9)
            assert not np.allclose(utilities, case["scores"]), "the wrong algebra is not matched"
    assert checked == 3


def quire_of_the_paper(X, rows, labels, candidates, n_classes, gamma, ridge):
    """min over real labels of the unlabelled of y' (K + lambda I)^-1 y, with the candidate's label +1."""
    n = X.shape[0]
    kernel = np.array([[np.exp(-gamma * np.sum((a - b) ** 2)) for b in X] for a in X])
    inverse = np.linalg.inv(kernel + ridge * np.eye(n))
    utilities = []
    for s in candidates:
        worst = -np.inf
        for code in range(n_classes):
            fixed = [*rows, s]
            y = np.append(np.where(labels == code, 1.0, -1.0), 1.0)
            free = [row for row in range(n) if row not in fixed]
            z = np.linalg.solve(inverse[np.ix_(free, free)], -inverse[np.ix_(free, fixed)] @ y)
            whole = np.zeros(n)
            whole[fixed], whole[free] = y, z
            worst = max(worst, whole @ inverse @ whole)
        utilities.append(-worst)
    return np.array(utilities)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(5, 12),
    st.integers(1, 4),
    st.integers(2, 4),
    st.sampled_from([0.1, 1.0, 5.0]),
    st.sampled_from([0.05, 1.0]),
)
def test_quire_is_the_formula_of_the_paper(round_of, seed, n, d, n_classes, gamma, ridge):
    rng = np.random.default_rng(seed)
    X = np.round(rng.normal(size=(n, d)), 1)
    rows = np.sort(rng.permutation(n)[: n // 2])
    labels = rng.integers(0, n_classes, rows.size)
    view = round_of(X, rows, labels, n_classes)
    actual = Quire(gamma=gamma, ridge=ridge).utilities(view, None)
    direct = quire_of_the_paper(X, rows, labels, view.candidates, n_classes, gamma, ridge)
    assert_allclose(actual, direct, rtol=1e-9)


def test_quire_of_two_classes_is_one_plus_the_absolute_prediction(round_of):
    """Binary, both signs of the unknown label: (1 + |f|)^2, the paper's own case."""
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(30, 3)), np.arange(8) % 2
    view = round_of(X, np.arange(8), labels, 2)
    inside = compute_gaussian_kernel(X[:8], X[:8], 1 / 3) + np.eye(8)
    cross = compute_gaussian_kernel(X[8:], X[:8], 1 / 3)
    y = np.where(labels == 1, 1.0, -1.0)
    f = cross @ np.linalg.solve(inside, y)
    v = 1 - np.einsum("nl,ln->n", cross, np.linalg.solve(inside, cross.T))
    direct = y @ np.linalg.solve(inside, y) + (1 + np.abs(f)) ** 2 / (1 + v)
    assert_allclose(Quire().utilities(view, None), -direct, rtol=1e-10)


def test_quire_in_blocks_is_quire_at_once(round_of, monkeypatch):
    X = np.random.default_rng(0).normal(size=(60, 3))
    view = round_of(X, np.arange(9), np.arange(9) % 3, 3)
    whole = Quire().utilities(view, None)
    monkeypatch.setattr("albench.strategies.numerics.gaussian_kernel._BLOCK", 40)
    assert_allclose(Quire().utilities(view, None), whole, rtol=1e-12)


def test_mcpal_golden(golden):
    cases = golden("kernel")["mcpal"]
    first, two, pool = cases
    assert_allclose(
        compute_cost_reduction(np.array(first["frequencies"]), first["prior"]), first["scores"], atol=1e-14
    )
    # With more hypothetical labels the gain can only be larger.
    more = np.array(two["scores"]) - compute_cost_reduction(np.array(two["frequencies"]), two["prior"])
    assert (more > -1e-14).all()
    assert more.max() > 0.01
    rows, labels = split_labelled(pool["labels"])
    X = np.array(pool["X"])
    counted = KernelFrequencies(X, 3, pool["gamma"])
    counted.add(rows, labels)
    rest = np.setdiff1d(np.arange(X.shape[0]), rows)
    assert_allclose(counted.counts[rest], pool["frequencies"], rtol=1e-12)
    assert_allclose(compute_cost_reduction(counted.counts[rest], 1.0), pool["scores"], rtol=1e-9, atol=1e-15)


def gain_of_the_paper(counts, prior):
    """Expected cut of the error by one label: the label from its Dirichlet mean, the decision by counts."""
    a = counts + prior
    now = a[np.argmax(counts)] / a.sum()
    then = 0.0
    for code in range(counts.size):
        more = np.eye(counts.size)[code]
        decided = np.argmax(counts + more)
        then += a[code] / a.sum() * (a + more)[decided] / (a + more).sum()
    return then - now


@given(
    st.lists(st.floats(0, 5).map(lambda v: round(v, 3)), min_size=2, max_size=5),
    st.sampled_from([0.1, 1.0, 3.0]),
)
def test_mcpal_is_the_formula_of_the_paper(counts, prior):
    actual = compute_cost_reduction(np.array([counts]), prior)[0]
    assert_allclose(actual, gain_of_the_paper(np.array(counts), prior), atol=1e-12)
    assert actual >= 0


def test_mcpal_counts_new_labels_only_once_and_keeps_the_old(round_of):
    X = np.random.default_rng(0).normal(size=(30, 2))
    first = round_of(X, np.arange(6), np.arange(6) % 3, 3)
    later = round_of(X, np.arange(15), np.arange(15) % 3, 3)
    strategy = McPal(gamma=0.7)
    state = strategy.start(first)
    strategy.utilities(first, state)
    strategy.utilities(later, state)
    fresh = strategy.start(later)
    assert_allclose(strategy.utilities(later, state), strategy.utilities(later, fresh), rtol=1e-12)
    for code in range(3):
        rows = np.arange(15)[np.arange(15) % 3 == code]
        assert_allclose(
            fresh.counts[:, code], compute_gaussian_kernel(X, X[rows], 0.7).sum(axis=1), rtol=1e-12
        )


def test_gaussian_kernel_of_equal_rows_is_one():
    X = np.random.default_rng(0).normal(size=(5, 40)) * 1e3
    assert_allclose(np.diag(compute_gaussian_kernel(X, X, 1e-9)), 1, rtol=1e-12)
    assert_array_equal(compute_gaussian_kernel(X, X[:0], 1.0).shape, (5, 0))


@pytest.mark.parametrize("params", [{"gamma": 0}, {"gamma": -1}, {"ridge": 0}])
def test_widths_and_ridges_are_positive(params):
    with pytest.raises(ValidationError) as caught:
        Quire(**params)
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [
        (tuple(params), "greater_than")
    ]
