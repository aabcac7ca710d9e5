"""Where trials start: prefixes of one order, as balanced as they say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from albench.errors import TrialError
from albench.registry.lookup import get_builtin, list_names

METHODS = ["per_class", "random", "stratified"]
OTHERS = ["density", "k_center", "k_means", "rows", "skewed", "typiclust"]
SEED_SETS: dict[str, Any] = {method: get_builtin("seed_set", method)() for method in METHODS}
pools = st.lists(st.integers(0, 4), min_size=1, max_size=60).map(np.array)


def choose(method: str, labels: np.ndarray, size: int, seed: int = 0, n_classes: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return SEED_SETS[method].choose(labels, n_classes, size, split=0, start=0, rng=rng)


def test_every_method_is_listed_and_says_whether_it_looks_at_labels():
    assert list_names("seed_set") == sorted([*METHODS, *OTHERS])
    assert [get_builtin("seed_set", name).looks_at_labels for name in METHODS] == [True, False, True]


@pytest.mark.parametrize("method", METHODS)
@given(labels=pools, seed=st.integers(0, 9))
def test_a_smaller_seed_set_is_a_prefix(method: str, labels: np.ndarray, seed: int):
    order = choose(method, labels, labels.size, seed)
    assert_array_equal(np.sort(order), np.arange(labels.size))
    for size in {0, 1, labels.size // 2}:
        seeds = choose(method, labels, size, seed)
        assert np.issubdtype(seeds.dtype, np.integer)
        assert_array_equal(seeds, order[:size])


@given(labels=pools, seed=st.integers(0, 9))
def test_stratified_prefixes_are_proportional(labels: np.ndarray, seed: int):
    order = choose("stratified", labels, labels.size, seed)
    n, counts = labels.size, np.bincount(labels, minlength=5)
    present = int((counts > 0).sum())
    for size in range(n + 1):
        chosen = np.bincount(labels[order[:size]], minlength=5)
        # Each class is within half a row of its way, and the way within half a row for each class.
        bound = 0.5 + counts / n * present / 2
        assert (np.abs(chosen - size * counts / n) <= bound + 1e-9).all()


def test_a_stratified_seed_set_by_hand():
    labels = np.repeat([0, 1, 2], [6, 3, 1])
    order = choose("stratified", labels, 10, n_classes=3)
    # On the way: 0 at 1/12, 3/12, ..., 11/12; 1 at 2/12, 6/12, 10/12; 2 at 6/12, tied with the second 1.
    wanted = [[0, 1, 0, 0, 1, 2, 0, 0, 1, 0], [0, 1, 0, 0, 2, 1, 0, 0, 1, 0]]
    assert labels[order].tolist() in wanted


@given(labels=pools, seed=st.integers(0, 9))
def test_per_class_prefixes_are_balanced_while_rows_last(labels: np.ndarray, seed: int):
    order = choose("per_class", labels, labels.size, seed)
    counts = np.bincount(labels, minlength=5)
    for size in range(labels.size + 1):
        chosen = np.bincount(labels[order[:size]], minlength=5)
        assert (chosen[chosen < counts] >= chosen.max() - 1).all()


@pytest.mark.parametrize("method", METHODS)
def test_every_row_of_a_class_is_as_likely(method: str):
    labels = np.tile([0, 1], 6)
    times = np.zeros(12)
    for seed in range(1500):
        times[choose(method, labels, 4, seed, n_classes=2)] += 1
    # 1500 draws with probability 1/3: five standard deviations are 91.
    assert np.abs(times - 500).max() < 91


@pytest.mark.parametrize("method", ["stratified", "per_class"])
def test_among_equals_every_class_comes_first_as_often(method: str):
    labels = np.repeat([0, 1, 2], 4)
    first = [labels[choose(method, labels, 1, seed, n_classes=3)[0]] for seed in range(900)]
    # 900 draws with probability 1/3: five standard deviations are 71.
    assert np.abs(np.bincount(first) - 300).max() < 71


@pytest.mark.parametrize("method", METHODS)
def test_the_same_random_state_chooses_the_same_rows(method: str):
    labels = np.arange(60) % 3
    assert_array_equal(choose(method, labels, 20, 1), choose(method, labels, 20, 1))
    assert not np.array_equal(choose(method, labels, 20, 1), choose(method, labels, 20, 2))


def test_random_does_not_look_at_labels():
    assert_array_equal(choose("random", np.zeros(30, int), 10), choose("random", np.arange(30) % 5, 10))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [-1, 6])
def test_sizes_that_the_pool_cannot_give(method: str, size: int):
    with pytest.raises(TrialError, match=f"a seed set of {size} rows cannot come from a pool of 5"):
        choose(method, np.arange(5), size)
