"""Rows by class: exact totals, within bounds, nearest to the quotas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albench.splits.apportion import apportion, apportion_cap, apportion_spare, compute_share

counts_of = st.lists(st.integers(0, 60), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("total", "counts", "wanted"),
    [
        (10, [50, 30, 20], [5, 3, 2]),
        (10, [1, 1, 1], [4, 3, 3]),  # the first class wins the tie
        (5, [6, 6, 2], [2, 2, 1]),  # quotas 2.14, 2.14, 0.71: the last remainder is the largest
        (0, [3, 4], [0, 0]),
        (7, [0, 0, 9], [0, 0, 7]),
    ],
)
def test_the_largest_remainders_get_what_is_left(total: int, counts: list[int], wanted: list[int]):
    big = [100] * len(counts)
    assert apportion(total, counts, [0] * len(counts), big).tolist() == wanted


def test_bounds_come_before_quotas():
    # Quotas 9.8, 0.1, 0.1: the minimum of one row each is paid for by the class that is farthest above.
    assert apportion(10, [98, 1, 1], [1, 1, 1], [97, 1, 1]).tolist() == [8, 1, 1]
    # The maximum of the first class leaves rows for the others.
    assert apportion(10, [98, 1, 1], [0, 0, 0], [5, 9, 9]).tolist() == [5, 3, 2]
    # A total out of reach is moved to the nearest that is possible.
    assert apportion(1, [5, 5], [1, 1], [4, 4]).tolist() == [1, 1]
    assert apportion(99, [5, 5], [1, 1], [4, 4]).tolist() == [4, 4]


@given(counts_of, st.integers(0, 400), st.data())
def test_exact_and_within_bounds(counts: list[int], total: int, data: st.DataObject):
    lower = [data.draw(st.integers(0, count)) for count in counts]
    given_ = apportion(total, counts, lower, counts)
    assert (given_ >= lower).all()
    assert (given_ <= counts).all()
    assert given_.sum() == min(max(total, sum(lower)), sum(counts))


@given(counts_of.filter(any), st.integers(0, 400))
def test_without_bounds_no_class_is_a_row_from_its_quota(counts: list[int], total: int):
    given_ = apportion(total, counts, [0] * len(counts), [total] * len(counts))
    quotas = total * np.array(counts) / sum(counts)
    assert (np.abs(given_ - quotas) < 1).all()


@given(counts_of, st.integers(1, 100))
def test_caps_keep_every_class_where_that_is_possible(counts: list[int], cap: int):
    kept = apportion_cap(cap, counts)
    assert kept.sum() == min(cap, sum(counts))
    present = np.array(counts) > 0
    if cap >= present.sum():
        assert (kept[present] >= 1).all()


@given(counts_of, st.data())
def test_what_is_spared_leaves_every_class_where_that_is_possible(counts: list[int], data: st.DataObject):
    total = data.draw(st.integers(0, sum(counts)))
    taken = apportion_spare(total, counts)
    assert taken.sum() == total
    if total <= sum(max(count - 1, 0) for count in counts):
        assert all(count - n >= 1 for count, n in zip(counts, taken, strict=True) if count)


def test_shares_are_not_at_the_mercy_of_floating_point():
    assert compute_share(0.29, 100) == 29
    assert compute_share(0.3, 10) == 3
    assert compute_share(0.1, 30) == 3
    assert compute_share(0.3, 149) == 44
    for percent in range(1, 100):
        assert compute_share(percent / 100, 1000) == 10 * percent
