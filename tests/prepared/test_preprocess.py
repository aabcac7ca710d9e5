"""What models see: learned from the pool, the same numbers as scikit-learn's."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from albench.contracts import Table
from albench.contracts.preprocessing import STANDARD
from albench.prepared.preprocess import preprocess
from albench.prepared.split_arrays import SplitArrays
from albench.registry.lookup import get_builtin
from albench.splits.division import SplitRows, divide
from albench.splits.holdout import Holdout

NAN = np.nan


def rows(*positions: int) -> np.ndarray:
    return np.array(positions, dtype=np.intp)


SMALL = Table(
    numeric=np.array([[1.0, 5, NAN], [3, 5, NAN], [NAN, 5, NAN], [7, 6, 4], [NAN, NAN, NAN]]),
    categorical=np.array([[2, -1], [0, -1], [-1, -1], [1, 0], [-1, -1]], dtype=np.int32),
    numeric_names=("a", "b", "c"),
    categorical_names=("k", "m"),
    categories=(("p", "q", "r"), ("u",)),
    labels=np.array([0, 1, 0, 1, 1]),
    classes=("x", "y"),
)
DIVISION = SplitRows(pool=rows(0, 1, 2), test=rows(3, 4), validation=rows())


def test_features_and_names_are_what_is_worked_out_by_hand():
    arrays, names = preprocess(SMALL, DIVISION)
    # a: 1, 3, median 2 in the pool: mean 2, deviation sqrt(2/3). b is constant. c has no value in the pool.
    # k: r, p, and p for the missing one, the first of two categories that are as frequent; m has none.
    s = np.sqrt(2 / 3)
    assert names == ("a", "b", "c", "k=p", "k=r")
    assert_allclose(arrays.pool_features, [[-1 / s, 0, 0, 0, 1], [1 / s, 0, 0, 1, 0], [0, 0, 0, 1, 0]])
    assert_allclose(arrays.test_features, [[5 / s, 1, 0, 0, 0], [0, 0, 0, 1, 0]])
    assert arrays.validation_features.shape == (0, 5)
    assert_array_equal(arrays.pool_labels, [0, 1, 0])
    assert_array_equal(arrays.test_labels, [1, 1])
    assert arrays.validation_labels.shape == (0,)
    assert_array_equal(arrays.pool_rows, [0, 1, 2])


def mixed(seed: int, n: int = 60) -> Table:
    """Columns with gaps, a rare category, a constant column."""
    rng = np.random.default_rng(seed)
    numeric = rng.normal(5, 3, (n, 4)) * [1, 100, 0.01, 0] + [0, 0, 0, 2.5]
    numeric[rng.random(numeric.shape) < 0.2] = NAN
    codes = rng.integers(0, 5, (n, 2)).astype(np.int32)
    codes[rng.random(codes.shape) < 0.2] = -1
    codes[0, 0] = 5
    categories = tuple("abcdef")
    labels = rng.integers(0, 2, n)
    return Table(
        numeric, codes, ("n0", "n1", "n2", "n3"), ("c0", "c1"), (categories, categories), labels, ("x", "y")
    )


def parts(seed: int, n: int = 60) -> SplitRows:
    order = np.random.default_rng(seed).permutation(n)
    return SplitRows(pool=np.sort(order[:30]), test=np.sort(order[30:50]), validation=np.sort(order[50:]))


def by_scikit_learn(table: Table, division: SplitRows) -> list[np.ndarray]:
    text = np.array([[*names, None] for names in table.categories], dtype=object)
    named = np.column_stack([text[i][table.categorical[:, i]] for i in range(len(text))])
    X = np.column_stack([table.numeric.astype(object), named])
    k = table.numeric.shape[1]
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    names = make_pipeline(
        SimpleImputer(strategy="most_frequent", missing_values=None),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    both = ColumnTransformer([("n", numbers, list(range(k))), ("c", names, list(range(k, X.shape[1])))])
    both.fit(X[division.pool])
    return [both.transform(X[part]) for part in (division.pool, division.test, division.validation)]


@pytest.mark.parametrize("seed", range(8))
def test_equal_to_a_column_transformer(seed: int):
    table, division = mixed(seed), parts(seed)
    arrays, names = preprocess(table, division)
    prepared = [arrays.pool_features, arrays.test_features, arrays.validation_features]
    for ours, theirs in zip(prepared, by_scikit_learn(table, division), strict=True):
        assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
    assert arrays.pool_features.shape[1] == len(names)


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_bits_of_numeric_data_are_those_of_a_standard_scaler(name: str):
    table = get_builtin("dataset", name)().load(Path())
    division = divide(Holdout(), table, dataset=name, split=0, validation=0, random_state=0)
    arrays, names = preprocess(table, division)
    scaler = StandardScaler().fit(table.numeric[division.pool])
    assert_array_equal(arrays.pool_features, scaler.transform(table.numeric[division.pool]))
    assert_array_equal(arrays.test_features, scaler.transform(table.numeric[division.test]))
    assert names == table.numeric_names


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 50), other=st.integers(51, 99))
def test_rows_outside_the_pool_change_nothing_in_it(seed: int, other: int):
    table, division, stranger = mixed(seed), parts(seed), mixed(other)
    outside = np.concatenate([division.test, division.validation])
    numeric, codes = table.numeric.copy(), table.categorical.copy()
    numeric[outside], codes[outside] = 1e6 * stranger.numeric[outside], stranger.categorical[outside]
    changed = replace(table, numeric=numeric, categorical=codes, labels=stranger.labels)
    before, after = preprocess(table, division), preprocess(changed, division)
    assert_array_equal(before.arrays.pool_features, after.arrays.pool_features)
    assert before.feature_names == after.feature_names
    # Nor does one row outside change another.
    alone = preprocess(table, replace(division, test=division.test[:1], validation=rows()))
    assert_array_equal(alone.arrays.test_features, before.arrays.test_features[:1])


def test_labels_are_not_looked_at():
    table, division = mixed(1), parts(1)
    flipped = replace(table, labels=1 - table.labels)
    for field in ("pool_features", "test_features", "validation_features"):
        ours, theirs = (getattr(preprocess(each, division).arrays, field) for each in (table, flipped))
        assert_array_equal(ours, theirs)


def test_arrays_are_contiguous_double_precision_and_read_only():
    arrays = preprocess(mixed(0), parts(0)).arrays
    for name in (field.name for field in fields(SplitArrays) if field.default is MISSING):
        values = getattr(arrays, name)
        assert values.flags.c_contiguous
        assert not values.flags.writeable
        assert values.dtype == (np.float64 if name.endswith("features") else np.intp)


def test_the_order_of_the_pool_is_kept():
    division = replace(parts(0), pool=parts(0).pool[::-1])
    arrays = preprocess(mixed(0), division).arrays
    assert_array_equal(arrays.pool_rows, division.pool)
    assert_allclose(
        arrays.pool_features, preprocess(mixed(0), parts(0)).arrays.pool_features[::-1], atol=1e-12
    )


def test_only_numeric_or_only_categorical_columns():
    table, division = mixed(2), parts(2)
    numbers = replace(table, categorical=table.categorical[:, :0], categorical_names=(), categories=())
    assert preprocess(numbers, division).feature_names == table.numeric_names
    names = replace(table, numeric=table.numeric[:, :0], numeric_names=())
    preprocessed = preprocess(names, division)
    assert_array_equal(
        preprocessed.arrays.pool_features, preprocess(table, division).arrays.pool_features[:, 4:]
    )
    assert preprocessed.arrays.pool_features.sum(axis=1).tolist() == [2.0] * 30


def test_the_standard_preprocessing_keeps_its_identity():
    assert STANDARD == {"name": "standard", "version": 1}
