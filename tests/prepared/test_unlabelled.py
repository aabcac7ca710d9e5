"""What models see where unlabelled rows take part in preprocessing, and where they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MaxAbsScaler, OneHotEncoder, StandardScaler

from albench.contracts import Table
from albench.contracts.preprocessing import Preprocessing, Step
from albench.datasets.unlabelled import DENSITY_STRATEGIES, separate_unlabelled
from albench.datasets.where import Where
from albench.prepared.embedding import load_embeddings, write_embeddings
from albench.prepared.preprocess import preprocess
from albench.prepared.shared_arrays import SharedArrays
from albench.prepared.split_arrays import SplitArrays
from albench.registry.catalogue import load_catalogue
from albench.registry.lookup import get_builtin
from albench.splits.division import SplitRows
from albench.strategies.numerics.pool_clusters import PoolClusters
from albench.strategies.numerics.similarity_sums import SimilaritySums
from albench.strategies.uncertainty import Margin

N = 40
POOL, TEST, UNLABELLED = np.arange(14), np.arange(14, 20), np.arange(20, N)
DIVISION = SplitRows(pool=POOL, test=TEST, validation=np.array([], dtype=np.intp))
FITTED = np.concatenate([POOL, UNLABELLED])
WORDS = ["ham", "egg", "tea", "milk", "rye", "jam"]


def make_table(uses: tuple[str, ...], **parts) -> Table:
    """Rows of which the first twenty are labelled; their numbers and words differ from the others'."""
    labels = np.where(np.arange(N) < 20, np.arange(N) % 2, -1)
    table = Table(
        numeric=np.empty((N, 0)),
        categorical=np.empty((N, 0), dtype=np.int32),
        numeric_names=(),
        categorical_names=(),
        categories=(),
        labels=labels,
        classes=("x", "y"),
    )
    return separate_unlabelled(replace(table, **parts), uses, Where("t"))


def make_numeric() -> dict:
    numeric = np.random.default_rng(0).normal(size=(N, 3)) + (np.arange(N) >= 20)[:, np.newaxis]
    numeric[::7, 1] = np.nan
    return {"numeric": numeric, "numeric_names": ("a", "b", "c")}


def make_categorical() -> dict:
    codes = np.random.default_rng(1).integers(0, 3, (N, 1)).astype(np.int32)
    codes[20:] += 1  # one category of theirs is no labelled row's
    return {"categorical": codes, "categorical_names": ("k",), "categories": (("p", "q", "r", "s"),)}


def make_text() -> dict:
    rng = np.random.default_rng(2)
    lists = [WORDS[:4]] * 20 + [WORDS[2:]] * 20
    return {"text": (tuple(" ".join(rng.choice(words, 6)) for words in lists),), "text_names": ("note",)}


def transform(parts, preprocessing=Preprocessing(), uses=("preprocessing",), **more):  # noqa: B008
    arrays, names = preprocess(make_table(uses, **parts), DIVISION, preprocessing, **more)
    assert arrays.pool_labels.tolist() == (POOL % 2).tolist()
    return arrays, names


def test_numbers_are_imputed_and_scaled_by_pool_and_unlabelled_rows():
    parts = make_numeric()
    arrays, _ = transform(parts)
    imputer = SimpleImputer(strategy="median").fit(parts["numeric"][FITTED])
    scaler = StandardScaler().fit(imputer.transform(parts["numeric"][FITTED]))
    for rows, features in ((POOL, arrays.pool_features), (TEST, arrays.test_features)):
        assert_allclose(features, scaler.transform(imputer.transform(parts["numeric"][rows])), atol=1e-12)


def test_categories_of_unlabelled_rows_are_columns():
    parts = make_categorical()
    arrays, names = transform(parts)
    assert names == ("k=p", "k=q", "k=r", "k=s")
    encoder = OneHotEncoder(sparse_output=False).fit(parts["categorical"][FITTED])
    assert_array_equal(arrays.pool_features, encoder.transform(parts["categorical"][POOL]))
    assert not arrays.pool_features[:, 3].any()


def test_words_are_weighed_by_their_rarity_in_both():
    parts = make_text()
    arrays, names = transform(parts)
    texts = np.array(parts["text"][0])
    vectorizer = TfidfVectorizer().fit(texts[FITTED])
    assert len(names) == len(WORDS)
    for rows, features in ((POOL, arrays.pool_features), (TEST, arrays.test_features)):
        assert_allclose(features.toarray(), vectorizer.transform(texts[rows]).toarray(), atol=1e-12)


def test_sparse_columns_are_scaled_by_both():
    matrix = csr_matrix(np.arange(2 * N).reshape(N, 2) % 5 * (1.0 + (np.arange(N) >= 20)[:, np.newaxis]))
    arrays, _ = transform({"sparse": matrix, "sparse_names": ("s", "t")})
    scaler = MaxAbsScaler().fit(matrix[FITTED])
    assert_allclose(arrays.test_features.toarray(), scaler.transform(matrix[TEST]).toarray())


def test_declared_steps_are_fitted_on_both():
    parts = make_numeric()
    parts["numeric"] = np.nan_to_num(parts["numeric"])
    then = (Step(transformer="sklearn.decomposition.PCA", params={"n_components": 2}),)
    arrays, _ = transform(parts, Preprocessing(numeric=(), then=then), seed=3)
    pca = PCA(n_components=2, random_state=3).fit(parts["numeric"][FITTED])
    assert_allclose(arrays.test_features, pca.transform(parts["numeric"][TEST]), atol=1e-12)


def test_embeddings_of_both_are_computed_once(tmp_path):
    parts = make_text()
    steps = (
        Step(transformer="sklearn.feature_extraction.text.HashingVectorizer", params={"n_features": 16}),
        Step(transformer="sklearn.decomposition.TruncatedSVD", params={"n_components": 3}),
    )
    preprocessing = Preprocessing(text=steps)
    table = make_table(("preprocessing",), **parts)
    write_embeddings(table, preprocessing, tmp_path)
    arrays, _ = transform(parts, preprocessing, embeddings=load_embeddings(table, tmp_path))
    hashed = HashingVectorizer(n_features=16).transform(parts["text"][0])
    svd = TruncatedSVD(3, random_state=0).fit(hashed[FITTED])
    assert_allclose(arrays.pool_features, svd.transform(hashed[POOL]), atol=1e-12)


@pytest.mark.parametrize("make", [make_numeric, make_categorical, make_text])
def test_rows_that_lend_nothing_change_no_bit(make):
    arrays, names = transform(make(), uses=("keep",))
    alone, names_alone = preprocess(replace(make_table(("keep",), **make()), unlabelled=None), DIVISION)
    assert names == names_alone
    for part in ("pool_features", "test_features"):
        array, other = getattr(arrays, part), getattr(alone, part)
        assert_array_equal(getattr(array, "data", array), getattr(other, "data", other))


def share(need, arrays):
    of = {"n_classes": 2, "random_state": 0, "dataset": "d", "split": 0}
    return SharedArrays(arrays.pool_features, unlabelled=arrays.unlabelled_features, **of)[need]


@pytest.mark.parametrize("uses", [("density",), ("preprocessing", "density")])
def test_the_density_of_the_pool_is_among_unlabelled_rows(uses, tmp_path):
    parts = make_numeric()
    parts["numeric"] = np.nan_to_num(parts["numeric"])
    arrays, _ = transform(parts, uses=uses)
    scaler = StandardScaler().fit(parts["numeric"][FITTED if "preprocessing" in uses else POOL])
    pool, both = scaler.transform(parts["numeric"][POOL]), scaler.transform(parts["numeric"][FITTED])
    assert_allclose(arrays.unlabelled_features, both[POOL.size :], atol=1e-12)
    shared = share(SimilaritySums(similarity="euclidean"), arrays)
    assert_allclose(shared["sums"], (1 / (1 + cdist(pool, both))).sum(axis=1))
    assert shared["n_rows"] == FITTED.size
    arrays.save(tmp_path)
    assert_array_equal(SplitArrays.load(tmp_path).unlabelled_features, arrays.unlabelled_features)


def test_clusters_are_those_of_both_and_labels_those_of_the_pool():
    parts = {"numeric": np.repeat([[0.0], [0.1], [9.0]], [19, 1, 20], axis=0), "numeric_names": ("a",)}
    arrays, _ = transform(parts, Preprocessing(numeric=()), uses=("density",))
    clusters = share(PoolClusters(n_clusters=2), arrays)
    assert set(np.round(clusters["centres"][:, 0], 1)) == {0.0, 9.0}
    assert len(clusters["labels"]) == POOL.size
    assert len(set(clusters["labels"])) == 1


def test_the_strategies_that_are_named_are_those_that_can():
    def can(strategy):
        return any(need.row_arrays for need in strategy.shares())

    classes = {name: get_builtin("strategy", name) for name in load_catalogue()["strategy"]}
    wrapped = {"albl": {"strategies": [Margin(), Margin()]}, "cost_sensitive": {"costs": [[0, 1], [1, 0]]}}
    strategies = {}
    for name, cls in classes.items():
        params = wrapped.get(name, {"strategy": Margin()} if "strategy" in cls.model_fields else {})
        strategies[name] = cls(**params)
    assert {name for name, strategy in strategies.items() if can(strategy)} == set(DENSITY_STRATEGIES)


def test_sparse_features_of_unlabelled_rows_survive_the_disk(tmp_path):
    matrix = csr_matrix(np.arange(2.0 * N).reshape(N, 2) % 5)
    arrays, _ = transform({"sparse": matrix, "sparse_names": ("s", "t")}, uses=("density",))
    arrays.save(tmp_path)
    loaded = SplitArrays.load(tmp_path).unlabelled_features
    assert_array_equal(loaded.toarray(), arrays.unlabelled_features.toarray())
