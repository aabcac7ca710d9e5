"""Pool, test and validation part: what is planned is what comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from albench.contracts import Split
from albench.errors import DatasetError, TrialError
from albench.splits.division import compute_division_sizes, divide
from albench.splits.holdout import Holdout

counts_of = (
    st.lists(st.integers(1, 40), min_size=2, max_size=9).map(tuple).filter(lambda counts: max(counts) > 1)
)
caps = st.one_of(st.none(), st.integers(2, 60))


def parts(component: Split, table, *, split: int = 0, validation: float = 0.0, random_state: int = 0):
    return divide(
        component, table, dataset="content", split=split, validation=validation, random_state=random_state
    )


@settings(deadline=None)
@given(
    counts_of,
    st.floats(0.05, 0.95),
    st.booleans(),
    caps,
    caps,
    st.sampled_from([0.0, 0.1, 0.25, 0.9]),
    st.integers(0, 3),
)
def test_the_plan_is_what_comes(
    with_counts, counts, share, stratified, max_pool, max_test, validation, split
):
    component = Holdout(test=share, stratified=stratified, max_pool=max_pool, max_test=max_test)
    table = with_counts(counts)
    if not 0 < component.sizes(counts)[1] < sum(counts):
        with pytest.raises(DatasetError, match=r"too few rows: the (pool|test part) is empty"):
            parts(component, table, split=split, validation=validation)
        with pytest.raises(DatasetError, match="too few rows"):
            compute_division_sizes(component, counts, validation)
        return
    division = parts(component, table, split=split, validation=validation)
    assert (division.pool.size, division.test.size, division.validation.size) == compute_division_sizes(
        component, counts, validation
    )
    everything = np.concatenate([division.pool, division.test, division.validation])
    assert np.unique(everything).size == everything.size
    for rows in (division.pool, division.test, division.validation):
        assert (np.diff(rows) > 0).all()
    in_pool = np.bincount(table.labels[division.pool], minlength=len(counts))
    if max_pool is not None:
        assert division.pool.size <= max_pool
    if stratified and division.pool.size >= len(counts):
        assert (in_pool >= 1).all()


def test_sizes_worked_out_by_hand(with_counts):
    # 100 rows: 30 test, 10 validation out of the 70 others, 60 left, caps at 40 and 20.
    component = Holdout(max_pool=40, max_test=20)
    table = with_counts((60, 30, 10))
    division = parts(component, table, validation=0.1)
    assert compute_division_sizes(component, (60, 30, 10), 0.1) == (40, 20, 10)
    assert [
        np.bincount(table.labels[rows]).tolist()
        for rows in (division.pool, division.test, division.validation)
    ] == [
        [24, 12, 4],
        [12, 6, 2],
        [6, 3, 1],
    ]


def test_a_lone_row_stays_in_the_pool(with_counts):
    table = with_counts((30, 30, 1))
    for split in range(20):
        division = parts(Holdout(max_pool=5), table, split=split, validation=0.3)
        assert (table.labels[division.pool] == 2).sum() == 1


def test_caps_and_validation_leave_the_split_alone(with_counts):
    table = with_counts((60, 40))
    plain = parts(Holdout(), table)
    capped = parts(Holdout(max_pool=20), table)
    both = parts(Holdout(max_pool=20, max_test=10), table)
    assert_array_equal(capped.test, plain.test)
    assert np.isin(capped.pool, plain.pool).all()
    assert_array_equal(both.pool, capped.pool)
    assert np.isin(both.test, plain.test).all()
    apart = parts(Holdout(), table, validation=0.2)
    assert_array_equal(apart.test, plain.test)
    assert_array_equal(np.union1d(apart.pool, apart.validation), plain.pool)


def test_what_the_rows_depend_on(with_counts):
    table = with_counts((60, 40))

    def pool(**changes):
        arguments = {"dataset": "content", "split": 0, "validation": 0.0, "random_state": 0} | changes
        return divide(Holdout(), table, **arguments).pool.tolist()

    assert pool() == pool()
    others = [pool(split=1), pool(dataset="other"), pool(random_state=1)]
    assert len({tuple(rows) for rows in [pool(), *others]}) == 4


class Given(Split):
    """Rows that the test gives."""

    pool: tuple[int, ...] | tuple[float, ...]
    test: tuple[int, ...]
    promised: tuple[int, int] | None = None

    def sizes(self, class_counts):
        return self.promised or (len(self.pool), len(self.test))

    def divide(self, table, *, split, rng):
        return np.array(self.pool), np.array(self.test)


def test_the_order_of_a_component_is_kept(with_counts):
    table = with_counts((5, 5))
    division = parts(Given(pool=(7, 3, 9, 1), test=(0, 2)), table)
    assert division.pool.tolist() == [7, 3, 9, 1]
    capped = parts(Given(pool=(7, 3, 9, 1), test=(8, 2, 0), max_pool=2, max_test=2), table)
    assert capped.pool.tolist() in [[7, 3], [7, 9], [7, 1], [3, 9], [3, 1], [9, 1]]
    assert capped.test.tolist() in [[8, 2], [8, 0], [2, 0]]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"pool": (0, 1, 2), "test": (2, 3)}, "row 2 comes twice"),
        ({"pool": (0, 1, 1), "test": (2, 3)}, "row 1 comes twice"),
        ({"pool": (0, 1), "test": (2, 10)}, "row 10 is not in 0..9"),
        ({"pool": (0, -1), "test": (2, 3)}, "row -1 is not in 0..9"),
        ({"pool": (0.5, 1.5), "test": (2, 3)}, "rows of the pool are float64 of shape (2,), not integers"),
        ({"pool": (0, 1), "test": (2, 3), "promised": (3, 2)}, "2 and 2 rows, where sizes() promised (3, 2)"),
    ],
)
def test_answers_that_are_no_division(with_counts, answer: dict, message: str):
    with pytest.raises(TrialError) as caught:
        parts(Given(**answer), with_counts((5, 5)))
    assert str(caught.value).endswith(f"Given': {message}")


def test_an_empty_part_is_an_error_of_the_data(with_counts):
    with pytest.raises(DatasetError, match="too few rows: the test part is empty"):
        parts(Holdout(), with_counts((1, 1)))
    with pytest.raises(DatasetError, match="too few rows: the pool is empty"):
        parts(Given(pool=(), test=(1, 2)), with_counts((5, 5)))


def test_rows_are_read_only(with_counts):
    division = parts(Holdout(), with_counts((9, 9)), validation=0.2)
    for rows in (division.pool, division.test, division.validation):
        with pytest.raises(ValueError):
            rows[0] = 0
