"""Every built-in strategy keeps the contract, on every awkward pool."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from albench.checking.no_global_random import forbid_global_randomness
from albench.checking.pools import make_awkward_pools, make_blobs
from albench.contracts import Need
from albench.registry.lookup import get_builtin, list_names, load_catalogue
from albench.trial.execute import run_trial
from albench.trial.loop import Trial

AWKWARD_POOLS = {awkward_pool.name: awkward_pool for awkward_pool in make_awkward_pools()}
NAMES = list_names("strategy")
PARAMETERS = {
    "albl": {"strategies": ["margin", "random", "k_center"]},
    "anchor_subsampling": {"strategy": "entropy", "size": 20, "neighbours": 5, "anchors": 2},
    "epsilon_greedy": {"strategy": "k_center", "epsilon": 0.4},
    "oracle_greedy": {"tried": 3},
    "random_subsampling": {"strategy": {"qbc": "kl"}, "share": 0.3},
    "rank_sampling": {"strategy": "distance_to_boundary"},
    "seals": {"strategy": "margin", "neighbours": 4},
}


@cache
def make_strategy(name, n_classes=3):
    cls = get_builtin("strategy", name)
    params = dict(PARAMETERS.get(name, {}))
    if name == "cost_sensitive":
        params["costs"] = (2 * (1 - np.eye(n_classes))).tolist()
    elif "strategy" in cls.model_fields:
        params.setdefault("strategy", "margin")
    return cls(**params)


@pytest.mark.parametrize("pool_name", AWKWARD_POOLS)
@pytest.mark.parametrize("name", NAMES)
def test_a_strategy_works_on_an_awkward_pool(name, pool_name):
    at = AWKWARD_POOLS[pool_name]
    record = run_trial(at.build_task(make_strategy(name, at.n_classes)), at.build_arrays())
    assert record.status == "done", record.traceback
    assert "RuntimeWarning" not in (record.notes or "")
    queried = list_asked(record)
    assert len(queried) == at.n_labels
    assert len(set(queried)) == at.n_labels or get_builtin("strategy", name).asks_again
    assert np.unique(record.queries["row"]).size == record.queries["row"].size
    assert record.curve["n_labels"][-1] == at.n_labels


# They compute distances, similarities or clusters; all others make do with what the query model says.
BY_DISTANCE = {
    "anchor_subsampling", "badge", "bait", "clue", "cluster_margin", "contrastive_al",
    "density_weighted", "density_weighted_meta", "discriminative_al", "drop_query",
    "expected_gradient_length", "facility_location", "graph_density", "hierarchical_sampling",
    "info_div", "information_density", "k_center", "k_means", "lightweight_coreset", "max_herding",
    "mcm", "mcpal", "prob_cover", "quire", "ranked_batch", "representative_sampling", "seals", "tcm",
    "typiclust", "uncertainty_herding", "weighted_k_means",
}  # fmt: skip


# Two trials of it take over ten seconds.
REFITS = "expected_error_reduction"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name == REFITS else name for name in NAMES]
)
def test_no_strategy_that_needs_no_features_makes_sparse_ones_dense(name, monkeypatch):
    at = AWKWARD_POOLS["sparse features"]
    inner = {"albl": {"strategies": ["margin", "random"]}, "epsilon_greedy": {"strategy": "margin"}}
    strategy = get_builtin("strategy", name)(**inner[name]) if name in inner else make_strategy(name)
    task = at.build_task(strategy)
    rows = run_trial(task, at.build_arrays()).queries["row"]
    # Above the limit, whatever the size of the pool.
    monkeypatch.setattr("albench.prepared.matrices.DENSE_CELLS", 0)
    record = run_trial(task, at.build_arrays())
    if name in BY_DISTANCE:
        assert "needs dense features" in record.notes
    else:
        assert record.status == "done", record.notes
        assert record.queries["row"].tolist() == rows.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_picks_without_global_randomness_and_whatever_the_length(name):
    at = AWKWARD_POOLS["three classes"]
    strategy = make_strategy(name)
    first = rows(strategy, at)
    with forbid_global_randomness():
        assert rows(strategy, at) == first
    shorter = replace(at, rounds=1)
    assert rows(strategy, shorter) == first[: shorter.n_labels]


def rows(strategy, at):
    record = run_trial(at.build_task(strategy), at.build_arrays())
    assert record.status == "done", record.traceback
    return list_asked(record)


def list_asked(record):
    """Rows in the order of the rounds; in each of them new ones before those that are asked again."""
    parts = [record.queries] if record.repeated is None else [record.queries, record.repeated]
    order = np.argsort(np.concatenate([part["round"] for part in parts]), kind="stable")
    return np.concatenate([part["row"] for part in parts])[order].tolist()


SCORING = [
    name
    for name in NAMES
    if load_catalogue()["strategy"][name]["family"] in {"uncertainty", "committee", "lookahead"}
    and name != "power_bald"
]


@pytest.mark.parametrize("name", SCORING)
def test_equal_candidates_are_tied(name):
    at = AWKWARD_POOLS["all rows equal"]
    record = run_trial(at.build_task(make_strategy(name, 2)), at.build_arrays())
    assert record.curve["n_tied"][1] == at.labels.size - at.seed_size
    assert record.queries["tied"][at.seed_size : at.seed_size + at.batch_size].all()


@pytest.mark.slow
def test_picks_are_the_same_in_another_process():
    """All strategies, in one new process with another hash seed and another number of threads than here."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); import test_contract;"
        "print(json.dumps({name: test_contract.picks(name) for name in test_contract.NAMES}))"
    )
    here = __file__.rpartition("/")[0]
    process = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, here],
        capture_output=True,
        text=True,
        check=True,
        env={
            "PYTHONHASHSEED": "7",
            "OPENBLAS_NUM_THREADS": "2",
            "OMP_NUM_THREADS": "2",
            "PATH": "/usr/bin:/bin",
        },
    )
    there = json.loads(process.stdout)
    for name in NAMES:
        assert there[name] == picks(name), name


def picks(name):
    """Rows that are queried where rows are duplicated, and where all scores are tied."""
    queried = []
    for pool_name in ("duplicated rows", "all rows equal"):
        at = AWKWARD_POOLS[pool_name]
        queried += rows(make_strategy(name, at.n_classes), at)
    return queried


@pytest.mark.parametrize("name", NAMES)
def test_what_a_strategy_does_not_declare_it_does_not_ask_for(name):
    """A trial gives the truth to those alone that declare it, and the model to those that need it."""
    at = AWKWARD_POOLS["three classes"]
    strategy = make_strategy(name)
    trial = Trial(at.build_task(strategy), at.build_arrays())
    assert (trial.hidden_labels is not None) == (Need.TRUTH in strategy.required())
    assert (Need.TRUTH in strategy.required()) == (type(strategy).family == "control")


@pytest.mark.parametrize("name", NAMES)
def test_a_strategy_says_what_it_is(name):
    facts = load_catalogue()["strategy"][name]
    assert facts["family"] in {
        "uncertainty", "committee", "density", "diversity", "hybrid", "lookahead", "wrapper", "baseline",
        "control",
    }  # fmt: skip
    assert facts["complexity"]
    assert facts["reference"] or name in {"random", "balanced_random"}
    assert facts["summary"].rstrip(".")
    for parameter, schema in facts["parameters"].items():
        assert schema.get("description"), f"{name}.{parameter} is not described"


@pytest.mark.parametrize("name", [name for name in NAMES if get_builtin("strategy", name).cost != "refits"])
def test_a_strategy_works_on_a_larger_pool(name):
    X, y = make_blobs(1500, 6, 4, seed=3)
    at = replace(
        AWKWARD_POOLS["three classes"], features=X, labels=y, n_classes=4, seed_size=20, batch_size=10
    )
    record = run_trial(at.build_task(make_strategy(name, 4)), at.build_arrays())
    assert record.status == "done", record.traceback
