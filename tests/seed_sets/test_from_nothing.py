"""Seed sets that look at features are the picks of a strategy that starts from nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import albench
from albench.checking.pools import AwkwardPool, make_awkward_pools, make_blobs
from albench.contracts import SeedPool
from albench.prepared.matrices import VisibleFeatures
from albench.prepared.shared_arrays import SharedArrays
from albench.registry.lookup import get_builtin
from albench.strategies.numerics.similarity_sums import SimilaritySums
from albench.trial.loop import Trial
from albench.trial.random_streams import TrialStreams

PAIRS = {
    "k_means": "k_means",
    "typiclust": "typiclust",
    "k_center": "k_center",
    "density": "information_density",
}
X, Y = make_blobs(150, 3, 3, seed=5)


def make_pool(features=X, labels=Y) -> SeedPool:
    return SeedPool(
        labels=labels,
        classes=("a", "b", "c"),
        rows=np.arange(labels.size),
        visible_features=VisibleFeatures(features, "seed set", accepts_sparse=False),
        shared=SharedArrays(features, n_classes=3, random_state=0, dataset="d", split=0),
        split=0,
        start=0,
    )


def choose(
    name: str, size: int, seed: int = 0, pool: SeedPool | None = None, **parameters: Any
) -> np.ndarray:
    method = get_builtin("seed_set", name)(**parameters)
    return method.choose_from(pool or make_pool(), size, np.random.default_rng(seed))


def query_in_a_trial(strategy: str, n: int, batch_size: int, seed: int, monkeypatch) -> np.ndarray:
    """Return what a whole trial queries that starts with no label, its draws those of the seed set."""
    generators = np.random.default_rng(seed).spawn(2 * -(-n // batch_size))
    monkeypatch.setattr(
        TrialStreams,
        "draw_tie_keys",
        lambda self, index, n_candidates: generators[2 * index].random(n_candidates),
    )
    monkeypatch.setattr(TrialStreams, "open_strategy_rng", lambda self, index: generators[2 * index + 1])
    pool = AwkwardPool("blobs", X, Y, 3, seed_size=0, batch_size=batch_size, rounds=-(-n // batch_size))
    trial = Trial(pool.build_task(get_builtin("strategy", strategy)()), pool.build_arrays())
    return np.concatenate([batch.positions for batch in trial.run().batches])[:n]


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("size", [10, 7])
def test_they_equal_the_first_batch_of_the_strategy(name, size, monkeypatch):
    wanted = query_in_a_trial(PAIRS[name], size, 10, 3, monkeypatch)
    parameters = {"batch_size": 10} if name in ("k_means", "typiclust") else {}
    assert_array_equal(choose(name, size, 3, **parameters), wanted)


@pytest.mark.parametrize(("name", "batch_size"), [("k_means", 6), ("typiclust", 6), ("k_center", 24)])
def test_they_equal_several_batches_of_the_strategy(name, batch_size, monkeypatch):
    wanted = query_in_a_trial(name, 24, batch_size, 4, monkeypatch)
    parameters = {} if name == "k_center" else {"batch_size": 6}
    assert_array_equal(choose(name, 24, 4, **parameters), wanted)


@pytest.mark.parametrize("name", PAIRS)
def test_smaller_ones_are_prefixes_up_to_the_whole_pool(name):
    largest = choose(name, Y.size)
    assert_array_equal(np.sort(largest), np.arange(Y.size))
    for size in (0, 1, 9, 10, 11, 100):
        assert_array_equal(choose(name, size), largest[:size])


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("pool", make_awkward_pools(), ids=lambda pool: pool.name)
def test_they_cope_with_awkward_pools(name, pool):
    rows = choose(name, 12, pool=make_pool(pool.features, pool.labels))
    assert np.unique(rows).size == 12


def test_density_takes_the_rows_that_are_most_similar_to_the_pool():
    distances = np.linalg.norm(X[:, None] - X[None], axis=2)
    assert_array_equal(choose("density", 20), np.argsort(-(1 / (1 + distances)).sum(axis=1))[:20])


def test_k_center_takes_the_farthest_row_each_time():
    rows = choose("k_center", 15)
    for place in range(1, 15):
        to_chosen = np.linalg.norm(X[:, None] - X[rows[:place]][None], axis=2).min(axis=1)
        assert to_chosen[rows[place]] == pytest.approx(to_chosen.max())


def test_k_means_takes_a_row_of_each_of_far_clusters():
    far = np.repeat(100.0 * np.arange(10), 15)[:, None] + X[:, :1]
    assert sorted(choose("k_means", 10, pool=make_pool(far)) // 15) == list(range(10))
    assert sorted(choose("typiclust", 10, pool=make_pool(far)) // 15) == list(range(10))


def test_sums_over_all_pairs_of_rows_are_computed_once_a_split(tmp_path, monkeypatch):
    computed = []
    compute = SimilaritySums.compute
    monkeypatch.setattr(
        SimilaritySums,
        "compute",
        lambda self, *args, **more: computed.append(1) or compute(self, *args, **more),
    )
    spec = {
        "datasets": ["wine"], "models": ["gaussian_nb"], "strategies": ["random", "margin", "k_center"],
        "seed_sets": ["density"], "seed_sizes": 6, "batch_sizes": 6, "budgets": 12, "repeats": 2,
        "execution": {"n_jobs": 1, "backend": "inline"},
    }  # fmt: skip
    assert albench.run(spec, results=tmp_path).trials.height == 8
    assert len(computed) == 2
