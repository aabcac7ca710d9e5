from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from albench.errors import StrategyError
from albench.ordering import best, round_significant, top


def reference_order(utilities, keys):
    """The definition, one candidate at a time: format to 12 significant digits, sort by it, then by key."""
    rounded = [float(f"{value:.11e}") for value in utilities]
    return sorted(range(len(utilities)), key=lambda i: (-rounded[i], keys[i])), rounded


@given(
    arrays(np.float64, st.integers(1, 40), elements=st.floats(-1000, 1000, width=16)),
    st.integers(1, 40),
    st.integers(0, 2**32 - 1),
)
def test_top_follows_the_definition(utilities, n, seed):
    n = min(n, utilities.size)
    keys = np.random.default_rng(seed).random(utilities.size)
    order, rounded = reference_order(utilities, keys)
    picks = top(utilities, keys, n)
    assert picks.candidates.tolist() == order[:n]
    cut = rounded[order[n - 1]]
    group = [i for i in range(utilities.size) if rounded[i] == cut]
    cut_inside = any(i not in order[:n] for i in group)
    assert picks.n_tied == (len(group) if cut_inside else 0)
    assert picks.tied.tolist() == [cut_inside and i in group for i in order[:n]]


def test_the_thirteenth_digit_does_not_decide():
    utilities = np.array([1.0, 1.0 + 1e-13, 1.0 - 1e-13])
    assert top(utilities, np.array([0.3, 0.2, 0.1]), 1).candidates.tolist() == [2]


def test_the_eleventh_digit_does():
    utilities = np.array([1.0, 1.0 + 1e-10, 1.0 - 1e-10])
    picks = top(utilities, np.array([0.1, 0.9, 0.1]), 2)
    assert picks.candidates.tolist() == [1, 0]
    assert picks.n_tied == 0


def test_infinite_utilities_tie_with_each_other():
    utilities = np.array([np.inf, 1.0, np.inf, -np.inf])
    picks = top(utilities, np.array([0.9, 0.5, 0.1, 0.0]), 3)
    assert picks.candidates.tolist() == [2, 0, 1]
    assert best(utilities, np.array([0.9, 0.5, 0.1, 0.0])) == (2, 2)


def test_minus_infinity_comes_last_and_can_be_picked():
    utilities = np.array([-np.inf, 2.0, -np.inf])
    assert top(utilities, np.array([0.2, 0.5, 0.1]), 3).candidates.tolist() == [1, 2, 0]


def test_not_a_number_is_refused():
    with pytest.raises(StrategyError, match="1 of 2 utilities are not a number"):
        top(np.array([1.0, np.nan]), np.zeros(2), 1)


def test_a_wrong_count_is_refused():
    with pytest.raises(StrategyError, match="utilities for"):
        top(np.zeros(3), np.zeros(2), 1)


@given(arrays(np.float64, 20, elements=st.floats(allow_nan=False, allow_infinity=False)))
def test_significant_keeps_twelve_digits(values):
    expected = np.array([float(f"{value:.11e}") for value in values])
    normal = np.abs(values) > 1e-290
    np.testing.assert_allclose(round_significant(values)[normal], expected[normal], rtol=1e-15)
