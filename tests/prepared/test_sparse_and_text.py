"""Sparse columns stay sparse, texts become TF-IDF, declared steps see the pool alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from albench.contracts import Table
from albench.contracts.preprocessing import Preprocessing, Step
from albench.errors import DatasetError, ModelError, StrategyError
from albench.prepared.matrices import VisibleFeatures
from albench.prepared.preprocess import preprocess
from albench.prepared.split_arrays import SplitArrays
from albench.prepared.transformers import is_stateless
from albench.splits.division import SplitRows

WORDS = ("win money now", "meet me now", "", "cash cash win", "see you at home", "zebra")


def rows(*positions: int) -> np.ndarray:
    return np.array(positions, dtype=np.intp)


DIVISION = SplitRows(pool=rows(0, 1, 2, 3), test=rows(4, 5), validation=rows())
NUMERIC = Table(
    numeric=np.array([[1.0], [3], [np.nan], [8], [5], [np.nan]]),
    categorical=np.array([[0], [1], [-1], [0], [1], [-1]], dtype=np.int32),
    numeric_names=("a",),
    categorical_names=("k",),
    categories=(("p", "q"),),
    labels=np.array([0, 1, 0, 1, 0, 1]),
    classes=("x", "y"),
)
SPARSE = replace(
    NUMERIC,
    sparse=csr_matrix([[0.0, 2], [0, -4], [0, 0], [0, 1], [3, 0], [0, 8]]),
    sparse_names=("s", "t"),
)
TEXT = replace(
    NUMERIC,
    numeric=np.empty((6, 0)),
    categorical=np.empty((6, 0), np.int32),
    numeric_names=(),
    categorical_names=(),
    categories=(),
    text=(WORDS,),
    text_names=("words",),
)


def step(path: str, **params: object) -> Step:
    return Step(transformer=path, params=params)


def test_sparse_columns_are_scaled_by_the_pool_and_stay_sparse():
    arrays, names = preprocess(SPARSE, DIVISION)
    assert names == ("a", "s", "t", "k=p", "k=q")
    assert isinstance(arrays.pool_features, csr_matrix)
    # s has no value in the pool, so it is divided by 1; t by 4.
    assert_array_equal(arrays.pool_features.toarray()[:, 1:3], [[0, 0.5], [0, -1], [0, 0], [0, 0.25]])
    assert_array_equal(arrays.test_features.toarray()[:, 1:3], [[3, 0], [0, 2]])
    assert arrays.validation_features.shape == (0, 5)
    dense = preprocess(NUMERIC, DIVISION).arrays
    assert_array_equal(arrays.pool_features.toarray()[:, [0, 3, 4]], dense.pool_features)


def test_text_is_tf_idf_of_the_pool():
    arrays, names = preprocess(TEXT, DIVISION)
    vectorizer = TfidfVectorizer().fit(WORDS[:4])
    assert_array_equal(arrays.pool_features.toarray(), vectorizer.transform(WORDS[:4]).toarray())
    assert_array_equal(arrays.test_features.toarray(), vectorizer.transform(WORDS[4:]).toarray())
    assert names == ("words:cash", "words:me", "words:meet", "words:money", "words:now", "words:win")
    assert arrays.test_features.nnz == 0


def test_texts_outside_the_pool_change_nothing_in_it():
    other = replace(TEXT, text=((*WORDS[:4], "win win cash", "lion"),))
    before, after = (preprocess(table, DIVISION).arrays.pool_features for table in (TEXT, other))
    assert_array_equal(before.toarray(), after.toarray())


def test_a_pool_without_words_is_told():
    with pytest.raises(DatasetError, match="column 'words': the pool's texts hold no word"):
        preprocess(replace(TEXT, text=(("", "", "", "", "a word", "b"),)), DIVISION)


def test_sparse_arrays_are_mapped_read_only_and_equal(tmp_path):
    arrays = preprocess(SPARSE, DIVISION).arrays
    arrays.save(tmp_path)
    again = SplitArrays.load(tmp_path)
    assert_array_equal(again.pool_features.toarray(), arrays.pool_features.toarray())
    for part in ("data", "indices", "indptr"):
        assert not getattr(again.pool_features, part).flags.writeable
        assert not getattr(arrays.pool_features, part).flags.writeable
    assert again.pool_features.has_canonical_format
    assert_array_equal(again.pool_features[rows(1, 3)].toarray(), arrays.pool_features.toarray()[[1, 3]])


def test_single_precision_stays_and_is_what_a_standard_scaler_gives():
    rng = np.random.default_rng(0)
    values = rng.normal(3, 2, (60, 20)).astype(np.float32)
    values[::7, 3] = np.nan
    table = replace(
        NUMERIC,
        numeric=values,
        numeric_names=tuple(f"x{i}" for i in range(20)),
        categorical=np.zeros((60, 1), np.int32),
        labels=np.arange(60) % 2,
    )
    division = SplitRows(pool=np.arange(40), test=np.arange(40, 60), validation=rows())
    single = preprocess(table, division).arrays
    double = preprocess(replace(table, numeric=values.astype(np.float64)), division).arrays
    assert single.pool_features.dtype == single.test_features.dtype == np.float32
    assert_allclose(single.pool_features, double.pool_features, atol=1e-5)
    assert_allclose(single.test_features, double.test_features, atol=1e-5)
    assert values[0, 3] != values[0, 3]


def test_passthrough_leaves_numbers_and_codes_as_they_are():
    arrays, names = preprocess(SPARSE, DIVISION, Preprocessing(numeric=(), categorical=()))
    assert names == ("a", "s", "t", "k")
    expected = [[1, 0, 2, 0], [3, 0, -4, 1], [np.nan, 0, 0, np.nan], [8, 0, 1, 0]]
    assert_array_equal(arrays.pool_features.toarray(), expected)


def test_declared_steps_are_fitted_on_the_pool():
    how = Preprocessing(
        numeric=(
            step("sklearn.impute.SimpleImputer", strategy="constant", fill_value=0.0),
            step("sklearn.preprocessing.MinMaxScaler"),
        )
    )
    arrays, names = preprocess(NUMERIC, DIVISION, how)
    assert_allclose(arrays.pool_features[:, 0], [1 / 8, 3 / 8, 0, 1])
    assert_allclose(arrays.test_features[:, 0], [5 / 8, 0])
    assert names == ("numeric_1", "k=p", "k=q")


def test_a_last_step_sees_all_columns_and_has_the_seed():
    how = Preprocessing(then=(step("sklearn.decomposition.TruncatedSVD", n_components=2),))
    arrays, names = preprocess(TEXT, DIVISION, how, seed=7)
    words = preprocess(TEXT, DIVISION).arrays
    svd = TruncatedSVD(2, random_state=7).fit(words.pool_features)
    assert_allclose(arrays.pool_features, svd.transform(words.pool_features), atol=1e-12)
    assert_allclose(arrays.test_features, svd.transform(words.test_features), atol=1e-12)
    assert names == ("then_1", "then_2")


def test_what_is_ready_takes_the_place_of_the_first_text_step():
    how = Preprocessing(text=(step("sklearn.feature_extraction.text.HashingVectorizer", n_features=8),))
    assert is_stateless(how.text[0])
    assert not is_stateless(step("sklearn.feature_extraction.text.TfidfVectorizer"))
    computed = preprocess(TEXT, DIVISION, how).arrays
    ready = np.arange(12.0).reshape(6, 2)
    given = preprocess(TEXT, DIVISION, how, embeddings={"words": ready}).arrays
    assert computed.pool_features.shape == (4, 8)
    assert_array_equal(given.pool_features, ready[:4])
    assert_array_equal(given.test_features, ready[4:])


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (Preprocessing(numeric=(step("sklearn.preprocessing.Nothing"),)), "has no 'Nothing'"),
        (Preprocessing(numeric=(step("sklearn.svm.SVC"),)), "'sklearn.svm.SVC' is no transformer"),
        (
            Preprocessing(numeric=(step("sklearn.decomposition.PCA"),)),
            "preprocessing by sklearn.decomposition.PCA: ",
        ),
        (
            Preprocessing(numeric=(step("sklearn.preprocessing.MinMaxScaler", range=2),)),
            "has no parameter 'range'",
        ),
    ],
)
def test_steps_that_cannot_work_are_told(how, message):
    with pytest.raises(ModelError, match=message):
        preprocess(NUMERIC, DIVISION, how)


def test_a_step_that_ends_the_program_is_told(tmp_path):
    quits = "import sys\n\nclass Quits:\n    transform = None\n    def fit_transform(self, X):\n        sys.exit(0)\n"
    (tmp_path / "quits.py").write_text(quits, encoding="utf-8")
    how = Preprocessing(numeric=(step(f"{tmp_path}/quits.py:Quits"),))
    with pytest.raises(ModelError, match=r"Quits: SystemExit: 0"):
        preprocess(NUMERIC, DIVISION, how)


def test_identity_says_what_is_not_standard():
    assert Preprocessing().fragment() == {"name": "standard", "version": 1}
    assert Preprocessing(numeric=()).fragment()["params"] == {"numeric": []}
    how = Preprocessing(text=(step("/home/me/embed.py:Embed", size=3),))
    assert how.fragment() == {
        "name": "declared",
        "version": 1,
        "params": {"text": [{"embed.py:Embed": {"size": 3}}]},
    }


def test_sparse_features_are_made_dense_once_for_a_strategy_that_needs_that_or_refused():
    X = csr_matrix(np.eye(3))
    assert VisibleFeatures(X, "k_center", accepts_sparse=True).features is X
    shown = VisibleFeatures(X, "k_center", accepts_sparse=False)
    assert_array_equal(shown.features, np.eye(3))
    assert shown.features is shown.features
    assert not shown.features.flags.writeable
    large = csr_matrix((200_000, 1_000))
    with pytest.raises(StrategyError, match=r"'k_center' needs dense .* would take 1.5 GiB: cap the pool"):
        _ = VisibleFeatures(large, "k_center", accepts_sparse=False).features


def test_many_categories_are_sparse_where_dense_ones_would_be_too_large(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(0)
    codes = np.stack([rng.integers(-1, 14_700, 40_000), rng.integers(-1, 3, 40_000)], axis=1).astype(np.int32)
    table = Table(
        numeric=rng.normal(size=(40_000, 1)),
        categorical=codes,
        numeric_names=("a",),
        categorical_names=("many", "few"),
        categories=(tuple(f"{i:05}" for i in range(14_700)), ("p", "q", "r")),
        labels=np.arange(40_000) % 2,
        classes=("x", "y"),
    )
    division = SplitRows(pool=np.arange(30_000), test=np.arange(30_000, 40_000), validation=rows())
    arrays, names = preprocess(table, division)
    parts = (arrays.pool_features, arrays.test_features)
    assert all(isinstance(part, csr_matrix) and part.data.nbytes < 1 << 20 for part in parts)
    assert parts[0].shape == (30_000, len(names))
    # Each row has the number and, of each column, the cell of its category if the pool has that.
    many = codes[division.test, 0]
    known = np.isin(many, codes[division.pool, 0]) | (many < 0)
    assert_array_equal(np.diff(arrays.test_features.indptr), 2 + known)

    few = replace(
        table,
        numeric=table.numeric[:90],
        categorical=codes[:90, 1:],
        categorical_names=("few",),
        categories=(table.categories[1],),
        labels=table.labels[:90],
    )
    division = SplitRows(pool=np.arange(60), test=np.arange(60, 90), validation=rows())
    dense = preprocess(few, division)
    monkeypatch.setattr("albench.prepared.defaults.DENSE_CELLS", 100)
    sparse = preprocess(few, division)
    assert isinstance(dense.arrays.pool_features, np.ndarray)
    assert_array_equal(sparse.arrays.pool_features.toarray(), dense.arrays.pool_features)
    assert_array_equal(sparse.arrays.test_features.toarray(), dense.arrays.test_features)
    assert sparse.feature_names == dense.feature_names
