"""BAIT: traces written out with the matrices of the paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from rounds import golden

from albench.errors import StrategyError
from albench.strategies.bait import Bait, FisherBatch, check_size, compute_information


def written_out(z, proba):
    """Fisher information of each row: sum over labels of p_y times the outer product of the gradient."""
    information = []
    for row, p in zip(z, proba, strict=True):
        total = 0.0
        for label in range(p.size):
            gradient = np.outer(p - np.eye(p.size)[label], row).ravel()
            total = total + p[label] * np.outer(gradient, gradient)
        information.append(total)
    return np.array(information)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(2, 4), st.sampled_from([0.05, 1.0]))
def test_every_step_is_the_trace_written_out(seed, d, n_classes, ridge):
    rng = np.random.default_rng(seed)
    z = np.column_stack([rng.normal(size=(9, d)), np.ones(9)])
    proba = rng.dirichlet(np.ones(n_classes), size=9)
    each = written_out(z, proba)
    assert_allclose(compute_information(z, proba), each.sum(axis=0), atol=1e-12)
    labelled = written_out(z[:3] + 1, proba[:3]).sum(axis=0)
    start = labelled + ridge * np.eye(labelled.shape[0])

    def trace(batch):
        return np.trace(np.linalg.inv(start + each[batch].sum(axis=0)) @ each.sum(axis=0))

    fisher, batch = FisherBatch(z, proba, labelled, ridge), []
    for _ in range(5):
        gains = fisher.compute_gains()
        direct = [-np.inf if i in batch else trace(batch) - trace([*batch, i]) for i in range(9)]
        assert_allclose(gains, direct, rtol=1e-7, atol=1e-9)
        batch.append(int(np.argmax(gains)))
        fisher.add(batch[-1])
    while len(batch) > 2:
        losses = fisher.compute_losses(np.array(batch))
        direct = [trace([j for j in batch if j != i]) - trace(batch) for i in batch]
        assert_allclose(losses, direct, rtol=1e-7, atol=1e-9)
        fisher.remove(batch.pop(int(np.argmin(losses))))


def test_a_batch_is_forward_and_backward_greedy(round_of):
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(30, 2)), np.arange(9) % 3
    view = round_of(X, np.arange(9), labels, 3)
    picks = Bait(ridge=0.5).select(view, None, 4)
    z = np.column_stack([X, np.ones(30)])
    each = written_out(z, view.proba_of(np.arange(30)))
    start, target = each[:9].sum(axis=0) + 0.5 * np.eye(9), each[9:].sum(axis=0)

    def trace(batch):
        return np.trace(np.linalg.inv(start + each[np.array(batch, int)].sum(axis=0)) @ target)

    batch = []
    for _ in range(8):
        batch.append(min(set(range(9, 30)) - set(batch), key=lambda i: trace([*batch, i])))
    while len(batch) > 4:
        batch.remove(min(batch, key=lambda i: trace([j for j in batch if j != i])))
    assert view.candidates[picks.candidates].tolist() == batch


@pytest.mark.parametrize("case", ["raw", "train-posterior"])
def test_forward_greedy_of_bmdal_for_least_squares(case):
    """With p = 1/2 for all, two classes have the information of a least squares problem, halved."""
    numbers = golden("bait", case=case)
    X, labelled = numbers["X"], numbers["L"].astype(int)
    labelled_rows = X[labelled] if case == "train-posterior" else X[:0]
    fisher = FisherBatch(
        X,
        np.full((30, 2), 1 / 2),
        compute_information(labelled_rows, np.full((len(labelled_rows), 2), 1 / 2)),
        0.1**2 / 2,
    )
    batch = []
    for _ in range(5):
        gains = fisher.compute_gains()
        gains[labelled] = -np.inf
        batch.append(int(np.argmax(gains)))
        fisher.add(batch[-1])
    assert batch == list(numbers["batch"])


def test_without_oversampling_it_is_forward_greedy(round_of):
    X = np.random.default_rng(1).normal(size=(25, 2))
    view = round_of(X, np.arange(6), np.arange(6) % 2, 2)
    short = Bait(oversampling=1).select(view, None, 2).candidates
    assert Bait(oversampling=1).select(view, None, 5).candidates[:2].tolist() == short.tolist()


def test_what_does_not_fit_is_refused_with_advice(round_of):
    wide = round_of(np.random.default_rng(0).normal(size=(20, 2100)), np.arange(6), np.arange(6) % 2, 2)
    with pytest.raises(StrategyError, match="4202 are more than 4096"):
        Bait().select(wide, None, 2)
    with pytest.raises(StrategyError, match="wrap it in random_subsampling"):
        check_size(n_classes=100, n_features=5, n=10_000)
