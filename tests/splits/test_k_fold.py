"""Folds: a partition, even in size and in classes, the same for all splits of one shuffle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

import albench
from albench.contracts import Table
from albench.errors import DatasetError
from albench.registry.lookup import get_builtin
from albench.spec.read import load_experiment_text
from albench.splits.division import divide

KFold = get_builtin("split", "k_fold")


def table(labels):
    codes = np.asarray(labels, dtype=np.intp)
    classes = tuple(f"{code:02}" for code in range(codes.max() + 1))
    none = np.empty((codes.size, 0), np.int32)
    return Table(np.zeros((codes.size, 1)), none, ("x",), (), (), codes, classes)


def parts_of(data, shuffle, **settings):
    splitter = KFold(**settings)
    every = range(shuffle * splitter.folds, (shuffle + 1) * splitter.folds)
    return [
        divide(splitter, data, dataset="d", split=fold, validation=0, random_state=fold).test
        for fold in every
    ]


@given(st.lists(st.integers(0, 3), min_size=12, max_size=60), st.integers(2, 5), st.booleans())
def test_folds_are_a_partition_of_even_sizes(labels, folds, stratified):
    labelled = table(labels)
    tests = parts_of(labelled, 0, folds=folds, stratified=stratified)
    counts = np.bincount(labelled.labels)
    lone = np.flatnonzero(counts[labelled.labels] == 1) if stratified else []
    assert_array_equal(np.sort(np.concatenate([*tests, lone])), np.arange(len(labels)))
    sizes = [rows.size for rows in tests]
    assert max(sizes) - min(sizes) <= 1 + len(lone)
    if stratified:
        by_class = np.array([np.bincount(labelled.labels[rows], minlength=counts.size) for rows in tests])
        assert (np.ptp(by_class, axis=0) <= 1).all()


def test_the_next_shuffle_is_another():
    labelled = table(np.arange(50) % 2)
    first, second = parts_of(labelled, 0), parts_of(labelled, 1)
    assert any(not np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert any(
        not np.array_equal(a, b) for a, b in zip(first, parts_of(labelled, 0, random_state=1), strict=True)
    )


def test_fewer_rows_than_folds():
    with pytest.raises(DatasetError, match="4 rows are too few for 5 folds"):
        parts_of(table([0, 1, 0, 1]), 0)


def test_cross_validation_through_a_run(tmp_path):
    spec = {
        "datasets": "iris",
        "models": "gaussian_nb",
        "strategies": "margin",
        "budgets": 30,
        "split": {"k_fold": 3},
        "repeats": 3,
        "execution": {"backend": "inline"},
    }
    results = albench.run(load_experiment_text(spec), results=tmp_path)
    assert results.trials["n_test"].unique().to_list() == [50]
    assert results.trials["n_pool"].unique().to_list() == [100]
