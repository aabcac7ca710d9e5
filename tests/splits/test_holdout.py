"""The hold-out split: exact sizes, every class where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from pydantic import ValidationError

from albench.registry.lookup import get_builtin
from albench.splits.holdout import Holdout

counts_of = (
    st.lists(st.integers(1, 40), min_size=2, max_size=9).map(tuple).filter(lambda counts: max(counts) > 1)
)
shares = st.floats(0.01, 0.99)


@pytest.mark.parametrize(
    ("test", "counts", "pool", "wanted"),
    [
        (0.3, (50, 50, 50), (35, 35, 35), (15, 15, 15)),
        (0.3, (59, 71, 48), (41, 50, 34), (18, 21, 14)),  # 53 rows; quotas 17.57, 21.14, 14.29
        (0.3, (1, 20, 10), (1, 14, 7), (0, 6, 3)),  # 9 rows of the two classes that can give some
        (0.1, (100, 2, 3), (92, 1, 2), (8, 1, 1)),
        (0.9, (2, 2), (1, 1), (1, 1)),
        (0.01, (5, 5), (4, 4), (1, 1)),
    ],
)
def test_class_sizes_are_those_worked_out_by_hand(test: float, counts: tuple, pool: tuple, wanted: tuple):
    assert Holdout(test=test).class_sizes(counts) == (pool, wanted)
    assert Holdout(test=test).sizes(counts) == (sum(pool), sum(wanted))


@given(counts_of, shares, st.integers(0, 5))
def test_divisions_have_the_promised_sizes(with_counts, counts: tuple, share: float, seed: int):
    split, table = Holdout(test=share), with_counts(counts)
    pool, test = split.divide(table, split=seed, rng=np.random.default_rng(seed))
    assert_array_equal(np.sort(np.concatenate([pool, test])), np.arange(table.n_rows))
    for rows in (pool, test):
        assert (np.diff(rows) > 0).all()
    counts_of_parts = [np.bincount(table.labels[rows], minlength=len(counts)) for rows in (pool, test)]
    assert_array_equal(counts_of_parts, split.class_sizes(counts))
    assert split.sizes(counts) == (pool.size, test.size)
    assert (counts_of_parts[0] >= 1).all()
    assert_array_equal(counts_of_parts[1] >= 1, np.array(counts) > 1)


@given(counts_of, shares)
def test_the_total_is_the_floor_unless_a_class_needs_its_row(counts: tuple, share: float):
    able = [count for count in counts if count > 1]
    total = int(share * sum(counts) + 1e-9)
    wanted = min(max(total, len(able)), sum(able) - len(able))
    assert Holdout(test=share).sizes(counts)[1] == wanted


@given(counts_of, shares)
def test_without_strata_only_the_total_is_fixed(with_counts, counts: tuple, share: float):
    split, table = Holdout(test=share, stratified=False), with_counts(counts)
    pool, test = split.divide(table, split=0, rng=np.random.default_rng(0))
    assert_array_equal(np.sort(np.concatenate([pool, test])), np.arange(table.n_rows))
    assert split.sizes(counts) == (pool.size, test.size)
    assert test.size == int(share * sum(counts) + 1e-9)
    assert split.class_sizes(counts) is None


@pytest.mark.parametrize("stratified", [True, False])
def test_every_row_is_as_likely_to_be_tested(with_counts, *, stratified: bool):
    table, split = with_counts((10, 20)), Holdout(test=0.3, stratified=stratified)
    rng = np.random.default_rng(1)
    times = np.zeros(30)
    for index in range(2000):
        times[split.divide(table, split=index, rng=rng)[1]] += 1
    # 2000 draws with probability 0.3: five standard deviations are 102.
    assert np.abs(times - 600).max() < 102


def test_holdout_has_its_name_and_refuses_impossible_shares():
    assert get_builtin("split", "holdout") is Holdout
    assert Holdout().parameters() == {}
    assert Holdout.main == "test"
    for wrong in ({"test": 0}, {"test": 1}, {"max_pool": 1}, {"max_test": 0}, {"share": 0.2}):
        with pytest.raises(ValidationError):
            Holdout(**wrong)
