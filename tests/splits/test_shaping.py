"""Pools under conditions: exactly the rows that were asked for, the test part untouched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from albench import plan
from albench.contracts import Table
from albench.contracts.conditions import CovariateShift, PoolConditions
from albench.datasets.facts import compute_dataset_hash
from albench.datasets.generators.clouds import ImbalancedBlobs
from albench.datasets.loading import load_table
from albench.errors import DatasetError
from albench.splits.division import divide
from albench.splits.holdout import Holdout
from albench.splits.shaping import count_long_tail


def table(conditions: PoolConditions | None = None, *, weights=(4, 3, 2, 1), n_rows=1000) -> Table:
    return load_table(ImbalancedBlobs(n_rows=n_rows, weights=weights, pool=conditions), Path())


def parts(shaped: Table, split: int = 0, **settings):
    return divide(Holdout(**settings), shaped, dataset="d", split=split, validation=0, random_state=0)


def sizes(shaped: Table, rows) -> list[int]:
    return np.bincount(shaped.labels[rows], minlength=len(shaped.classes)).tolist()


def test_without_conditions_the_pool_is_what_it_was():
    assert_array_equal(parts(table()).pool, parts(table(PoolConditions())).pool)


def test_a_long_tail_thins_the_classes_of_the_pool_alone():
    shaped = table(PoolConditions(long_tail=8), weights=(1, 1, 1, 1))
    division = parts(shaped)
    # 175 rows of each class in the pool; 175 * 8^(-k/3): 175, 87.5, 43.75, 21.875.
    assert sizes(shaped, division.pool) == [175, 87, 43, 21]
    assert sizes(shaped, division.test) == [75, 75, 75, 75]
    assert_array_equal(division.pool, np.sort(division.pool))
    assert set(division.pool) < set(parts(table(weights=(1, 1, 1, 1))).pool)


def test_a_tail_never_takes_more_than_there_is():
    assert count_long_tail(np.array([100, 5, 40]), 10).tolist() == [100, 5, 31]
    assert count_long_tail(np.array([10, 10]), 1000).tolist() == [10, 1]


def test_caps_of_a_dataset_keep_the_classes_in_proportion():
    shaped = table(PoolConditions(max_pool=100, max_test=50))
    division = parts(shaped)
    assert sizes(shaped, division.pool) == [40, 30, 20, 10]
    assert sizes(shaped, division.test) == [20, 15, 10, 5]


@pytest.mark.parametrize(("of_data", "of_split"), [(100, 60), (60, 100), (60, None)])
def test_the_smaller_of_two_caps_holds(of_data, of_split):
    shaped = table(PoolConditions(max_pool=of_data))
    assert parts(shaped, max_pool=of_split).pool.size == 60


def test_label_shift_keeps_shares_of_classes_in_the_pool_alone():
    shaped = table(PoolConditions(label_shift={"0": 0.25, "3": 0.001}))
    division = parts(shaped)
    assert sizes(shaped, division.pool) == [70, 210, 140, 1]
    assert sizes(shaped, division.test) == [120, 90, 60, 30]


def test_covariate_shift_prefers_large_values():
    shift = CovariateShift(column="x1", strength=4, keep=0.4)
    shaped, plain = table(PoolConditions(covariate_shift=shift)), table()
    division, usual = parts(shaped), parts(plain)
    assert division.pool.size == 280
    values = shaped.numeric[:, 0]
    assert values[division.pool].mean() > values[usual.pool].mean() + 0.5
    assert_array_equal(division.test, usual.test)
    back = table(PoolConditions(covariate_shift=CovariateShift(column="x1", strength=-4, keep=0.4)))
    assert values[parts(back).pool].mean() < values[usual.pool].mean() - 0.5
    even = table(PoolConditions(covariate_shift=CovariateShift(column="x1", strength=0, keep=0.4)))
    assert values[parts(even).pool].mean() == pytest.approx(values[usual.pool].mean(), abs=0.3)


def test_duplicates_are_copies_of_pool_rows():
    shaped = table(PoolConditions(duplicates=0.5))
    division, usual = parts(shaped), parts(table())
    assert division.pool.size == 700 + 350
    assert set(division.pool) == set(usual.pool)
    assert not set(division.pool) & set(division.test)
    assert_array_equal(division.pool, np.sort(division.pool))


def test_irrelevant_rows_are_one_class_of_the_pool_and_not_in_the_test_part():
    shaped = table(PoolConditions(irrelevant=("1", "3")))
    assert shaped.classes == ("0", "2", "irrelevant")
    division = parts(shaped)
    assert sizes(shaped, division.pool) == [280, 140, 280]
    assert sizes(shaped, division.test) == [120, 60, 0]


def test_conditions_compose_and_caps_come_last():
    conditions = PoolConditions(irrelevant=("3",), long_tail=4, duplicates=1.0)
    shaped = table(conditions)
    assert parts(shaped).pool.size == 2 * sum(count_long_tail(np.array([280, 210, 140, 70]), 4))
    assert parts(shaped, max_pool=100).pool.size == 100


def test_every_split_and_repeat_of_it_has_its_own_rows():
    shaped = table(PoolConditions(duplicates=0.5, long_tail=3))
    assert_array_equal(parts(shaped).pool, parts(shaped).pool)
    assert parts(shaped).pool.tolist() != parts(shaped, split=1).pool.tolist()


def test_conditions_are_part_of_the_identity():
    known = {
        compute_dataset_hash(table(conditions))
        for conditions in (None, PoolConditions(duplicates=0.5), PoolConditions(duplicates=0.6))
    }
    assert len(known) == 3


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (PoolConditions(irrelevant=("9",)), "there is no class '9' that could be irrelevant"),
        (PoolConditions(irrelevant=("0", "1", "2")), "fewer than two classes are left"),
        (PoolConditions(label_shift={"9": 0.5}), "label_shift names a class '9' that is not there"),
        (PoolConditions(covariate_shift=CovariateShift(column="z")), "names a numeric column 'z'"),
    ],
)
def test_conditions_that_cannot_be(conditions, message):
    with pytest.raises(DatasetError, match=message):
        parts(table(conditions))


SPEC = """
datasets:
- iris
- iris: {pool: {duplicates: 0.5}}
  label: copies
- iris: {pool: {irrelevant: [setosa], label_shift: {virginica: 0.5}}}
  label: shifted
models: [gaussian_nb]
strategies: [margin]
budgets: [20, "20%"]
repeats: 2
"""


def test_conditions_are_an_axis_of_a_spec(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(SPEC)
    planned = plan(file, results=tmp_path)
    assert {(trial.dataset, trial.n_pool) for trial in planned.plan.trials} == {
        ("iris", 105),
        ("copies", 157),
        ("shifted", 35 + 35 + 17),
    }


def test_a_run_on_a_pool_with_copies(tmp_path):
    from albench import run

    file = tmp_path / "mine.yaml"
    file.write_text(SPEC.replace("budgets: [20", "execution: {backend: inline}\nbudgets: [20"))
    results = run(file, results=tmp_path)
    assert not results.problems
    assert set(results.trials["status"]) == {"done"}


def test_a_mistake_in_conditions_is_named_with_its_place(tmp_path):
    from albench import SpecError, load_experiment

    file = tmp_path / "mine.yaml"
    file.write_text(SPEC.replace("duplicates: 0.5", "duplicats: 0.5"))
    with pytest.raises(
        SpecError, match=r"mine\.yaml:4:\d+: error\[unknown-parameter\]: 'pool' has no 'duplicats'"
    ):
        load_experiment(file)
