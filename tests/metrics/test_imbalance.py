"""MCC and the geometric mean: scikit-learn's numbers, and what is undefined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import matthews_corrcoef, recall_score

from albench.checking.metrics import GivenOutputs
from albench.registry.lookup import get_builtin

pairs = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=15)


def outputs(labels, predicted):
    return GivenOutputs(np.asarray(labels), np.asarray(predicted), None, ("a", "b", "c"))


@given(pairs=pairs)
def test_mcc_equals_scikit_learns_and_is_null_where_nothing_correlates(pairs):
    labels, predicted = np.array(pairs).T
    score = get_builtin("metric", "mcc")().score(outputs(labels, predicted))
    if min(np.unique(labels).size, np.unique(predicted).size) == 1:
        assert score is None
    else:
        assert score == pytest.approx(matthews_corrcoef(labels, predicted), abs=1e-12)


@given(pairs=pairs)
def test_the_geometric_mean_is_that_of_the_recalls(pairs):
    labels, predicted = np.array(pairs).T
    recalls = recall_score(labels, predicted, labels=np.unique(labels), average=None, zero_division=0)
    score = get_builtin("metric", "g_mean")().score(outputs(labels, predicted))
    assert score == pytest.approx(np.prod(recalls) ** (1 / recalls.size), abs=1e-12)


def test_the_geometric_mean_by_hand_with_a_rare_class():
    # 9 of 10 found of the one, 1 of 4 of the other: the root of 0.225.
    labels = [0] * 10 + [1] * 4
    predicted = [0] * 9 + [1] + [1] + [0] * 3
    assert get_builtin("metric", "g_mean")().score(outputs(labels, predicted)) == pytest.approx(0.225**0.5)


def test_what_is_undefined_says_what_is_constant():
    mcc = get_builtin("metric", "mcc")()
    assert mcc.explain_undefined(outputs([1, 1], [1, 2])) == "the scored part holds one class alone"
    assert mcc.explain_undefined(outputs([1, 2], [1, 1])) == "the model predicts one class alone"
