"""scikit-activeml's classes through the adapter: their own picks, without what would spoil a benchmark."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from albench.checking.no_global_random import forbid_global_randomness
from albench.checking.pools import make_awkward_pools
from albench.contracts import Need, Strategy
from albench.registry.lookup import ImportPathError, import_user_class, make_recipe, restore_component
from albench.spec.read import load_experiment
from albench.trial.execute import run_trial

pytest.importorskip("skactiveml", reason="needs the extra albench[skactiveml]")

from albench.strategies.epsilon_greedy import EpsilonGreedy
from albench.strategies.random_subsampling import RandomSubsampling
from albench.strategies.skactiveml import adapter

AWKWARD_POOLS = {awkward_pool.name: awkward_pool for awkward_pool in make_awkward_pools()}
BINARY = {"EpistemicUncertaintySampling"}
SLOW = {"MonteCarloEER", "ValueOfInformationEER"}
# With more clusters than distinct rows it looks for a typical row in none.
BROKEN = {("TypiClust", "duplicated rows"), ("TypiClust", "all rows equal")}
# The support vector regression that it fits draws a seed that it does not use.
UNSEEDED = {"CostEmbeddingAL"}


def make_strategy(name, **params):
    return import_user_class(Strategy, f"skactiveml.pool.{name}", Path()).model_validate(params)


def picks(strategy, at, random_state=0):
    record = run_trial(at.build_task(strategy, random_state), at.build_arrays())
    assert record.status == "done", record.traceback
    return record.queries["row"][at.seed_size :]


@pytest.mark.parametrize("pool_name", AWKWARD_POOLS)
@pytest.mark.parametrize("name", sorted(set(adapter.CLASSES) - SLOW))
def test_every_class_on_every_awkward_pool(name, pool_name):
    at = AWKWARD_POOLS[pool_name]
    if (name in BINARY and at.n_classes != 2) or (name, pool_name) in BROKEN:
        record = run_trial(at.build_task(make_strategy(name)), at.build_arrays())
        assert record.status == "failed"
        return
    assert np.unique(picks(make_strategy(name), at)).size == at.n_labels - at.seed_size


@pytest.mark.parametrize("name", sorted(SLOW))
def test_classes_that_refit_pick_a_batch(name):
    at = replace(AWKWARD_POOLS["two classes"], features=AWKWARD_POOLS["two classes"].features[:22], rounds=1)
    at = replace(at, labels=at.labels[:22], batch_size=2)
    assert picks(make_strategy(name), at).size == 2


@pytest.mark.parametrize("name", sorted(set(adapter.CLASSES) - SLOW))
def test_same_seed_same_picks(name):
    at = AWKWARD_POOLS["two classes" if name in BINARY else "three classes"]
    first = picks(make_strategy(name), at)
    assert_array_equal(first, picks(make_strategy(name), at))
    if name not in UNSEEDED:
        with forbid_global_randomness():
            assert_array_equal(first, picks(make_strategy(name), at))


def loop_of_scikit_activeml(name, at, params, rounds):
    """Their own loop: their wrapper of the same estimator, their strategy, one object for the whole trial."""
    from skactiveml import pool
    from skactiveml.classifier import SklearnClassifier
    from sklearn.linear_model import LogisticRegression

    extra = {"classes": list(range(at.n_classes))} if name == "Quire" else {}
    strategy = getattr(pool, name)(**extra, **params)
    y = np.full(at.labels.size, np.nan)
    y[: at.seed_size] = at.labels[: at.seed_size]
    queried = []
    for _ in range(rounds):
        model = SklearnClassifier(LogisticRegression(max_iter=1000), classes=list(range(at.n_classes)))
        takes = adapter.CLASSES[name].model_argument
        more = {takes: model} if takes else {}
        rows = np.ravel(strategy.query(at.features, y, batch_size=at.batch_size, **more))
        y[rows] = at.labels[rows]
        queried += rows.tolist()
    return np.array(queried)


@pytest.mark.filterwarnings("ignore::UserWarning:skactiveml.classifier._wrapper")
@pytest.mark.parametrize(
    ("name", "params", "changes"),
    [
        ("UncertaintySampling", {"method": "margin_sampling"}, {}),
        ("UncertaintySampling", {"method": "entropy"}, {"seed_size": 0, "batch_size": 1, "rounds": 25}),
        ("RandomSampling", {}, {"seed_size": 0, "batch_size": 1, "rounds": 25}),
        ("CoreSet", {}, {"seed_size": 0, "batch_size": 1, "rounds": 25}),
        ("Quire", {"lmbda": 2.0}, {}),
        ("Falcun", {"gamma": 5}, {}),
        ("ContrastiveAL", {}, {}),
        ("MaxHerding", {}, {}),
        ("TypiClust", {}, {}),
    ],
)
def test_picks_are_those_of_their_own_loop(name, params, changes):
    at = replace(AWKWARD_POOLS["three classes"], **changes)
    theirs = loop_of_scikit_activeml(name, at, {**params, "random_state": 42}, at.rounds)
    assert_array_equal(picks(make_strategy(name, **params, random_state=42), at), theirs)


@pytest.mark.parametrize("name", ["Clue", "DropQuery"])
def test_inner_clusterings_have_a_seed(name):
    at = AWKWARD_POOLS["three classes"]
    assert len({tuple(picks(make_strategy(name), at)) for _ in range(4)}) == 1
    assert len({tuple(picks(make_strategy(name), at, state)) for state in range(4)}) > 1


def test_a_batch_is_flattened_freed_of_duplicates_and_filled_up():
    keys, places = np.linspace(0, 1, 5), np.array([2, 3, 5, 7, 8])
    utilities = np.full((3, 9), np.nan)
    utilities[:, places] = [[0.1, 0.9, 0.2, 0.3, 0.4]] * 2 + [[0.5, np.nan, 0.6, 0.7, 0.4]]
    batch = adapter.repair_batch([[3], [3], [7]], utilities, places, keys, 3)
    assert batch.candidates.tolist() == [1, 3, 2]
    assert batch.utilities.tolist() == [0.9, 0.7, 0.6]
    whole = adapter.repair_batch([8, 2], utilities[:2], places, keys, 2)
    assert whole.candidates.tolist() == [4, 0]
    assert whole.utilities.tolist() == [0.4, 0.1]
    flat = adapter.repair_batch([8, 8], utilities[0], places, keys, 2)
    assert flat.candidates.tolist() == [4, 1]


def test_candidates_of_a_wrapper_are_the_only_ones():
    at = AWKWARD_POOLS["three classes"]
    strategy = RandomSubsampling(strategy={"skactiveml.pool.Quire": {"lmbda": 2}}, size=6)
    assert picks(strategy, at).size == at.n_labels - at.seed_size
    assert strategy.identity()["params"]["strategy"] == {"skactiveml.pool.Quire": {"lmbda": 2}}
    assert restore_component(make_recipe(strategy)) == strategy
    cover = EpsilonGreedy(
        strategy={"random_subsampling": {"strategy": "skactiveml.pool.ProbCover", "size": 9}}
    )
    assert picks(cover, at).size == at.n_labels - at.seed_size


def test_a_fit_that_fails_is_a_failed_trial_there_too():
    """Their wrapper warns and predicts the shares of the labels; here the error is the trial's."""
    at = AWKWARD_POOLS["three classes"]
    task = at.build_task(make_strategy("MonteCarloEER"))
    broken = task.query_model.model_copy(update={"params": {"C": -1.0}})
    record = run_trial(replace(task, query_model=broken), at.build_arrays())
    assert record.status == "failed"
    assert "InvalidParameterError" in record.notes


def test_an_n_x_n_matrix_is_refused_with_advice():
    at = AWKWARD_POOLS["three classes"]
    record = run_trial(at.build_task(make_strategy("Quire", max_pool=50)), at.build_arrays())
    assert "makes a matrix of 60 x 60, more than max_pool = 50" in record.notes
    assert "random_subsampling" in record.notes
    picks(RandomSubsampling(strategy=make_strategy("Quire", max_pool=50), size=20), at)
    picks(make_strategy("CoreSet", max_pool=50), at)


def test_a_strategy_is_made_again_from_its_recipe_and_known_by_its_parameters():
    strategy = make_strategy("UncertaintySampling", method="entropy")
    assert strategy.identity() == {
        "name": "skactiveml.pool.UncertaintySampling",
        "params": {"method": "entropy"},
    }
    assert strategy == restore_component(json.loads(json.dumps(make_recipe(strategy))))
    direct = adapter.SkactivemlStrategy(cls="UncertaintySampling", params={"method": "entropy"})
    assert direct.fragment() == strategy.fragment()
    assert type(strategy).model_validate({"params": {"method": "entropy"}}) == strategy
    assert make_strategy("QueryByCommittee", members=7).identity()["params"] == {"members": 7}


def test_needs_follow_the_class():
    assert make_strategy("CoreSet").required() == set()
    assert Need.PROBA in make_strategy("Badge").required()
    assert Need.COMMITTEE in make_strategy("BatchBALD").required()
    assert Need.MODEL in make_strategy("MonteCarloEER").required()


def test_committees_have_as_many_members_as_asked():
    at = AWKWARD_POOLS["two classes"]
    few, many = (picks(make_strategy("QueryByCommittee", members=n), at) for n in (2, 9))
    assert few.tolist() != many.tolist()


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("Quire", {"lambda": 1}, "'Quire' has no parameter 'lambda'; it has classes, lmbda"),
        ("Quire", {"classes": [0, 1]}, "'classes' is set from the dataset"),
        ("QueryByCommittee", {"members": 1}, "members"),
    ],
)
def test_wrong_parameters_are_told_before_the_run(name, params, message):
    with pytest.raises(ValueError, match=message):
        make_strategy(name, **params)


@pytest.mark.parametrize("name", ["ExpectedModelOutputChange", "SubSamplingWrapper", "Nobody"])
def test_classes_for_regression_and_wrappers_are_not_there(name):
    with pytest.raises(ImportPathError, match=name):
        make_strategy(name)


def test_every_class_of_the_module_is_adapted_or_known_not_to_be():
    import inspect

    import skactiveml.pool

    beyond = {
        "ExpectedErrorReduction",
        "ExpectedModelChangeMaximization",
        "ExpectedModelOutputChange",
        "ExpectedModelVarianceReduction",
        "GreedySamplingTarget",
        "KLDivergenceMaximization",
        "ParallelUtilityEstimationWrapper",
        "RegressionTreeBasedAL",
        "SubSamplingWrapper",
    }
    there = {name for name in skactiveml.pool.__all__ if inspect.isclass(getattr(skactiveml.pool, name))}
    assert there == set(adapter.CLASSES) | beyond


SPEC = """\
datasets: iris
models: logistic_regression
strategies:
  - random
  - skactiveml.pool.CoreSet
  - skactiveml.pool.UncertaintySampling: {method: margin_sampling, random_state: 3}
seed_sizes: 0
batch_sizes: 1
budgets: 20
repeats: 2
"""


def test_a_spec_names_them(tmp_path):
    path = tmp_path / "theirs.yaml"
    path.write_text(SPEC, encoding="utf-8")
    entries = load_experiment(path, import_user_code=True).strategies
    assert [entry.component.identity()["name"] for entry in entries[1:]] == [
        "skactiveml.pool.CoreSet",
        "skactiveml.pool.UncertaintySampling",
    ]
    assert entries[1].label == "CoreSet"
    assert load_experiment(path, import_user_code=False).strategies[1].label == "CoreSet"


COSTS = [[0, 1, 2], [5, 0, 1], [3, 1, 0]]
# As a YAML can write them: lists for arrays, entries for estimators, import paths for classes.
OTHER_PARAMETERS = [
    ("Clue", {"method": "margin_sampling", "cluster_algo": "sklearn.cluster.MiniBatchKMeans"}),
    ("ContrastiveAL", {"nearest_neighbors_dict": {"n_neighbors": 4}, "eps": 1e-6}),
    ("CoreSet", {"metric": "manhattan"}),
    (
        "CostEmbeddingAL",
        {"cost_matrix": COSTS, "base_regressor": {"sklearn.linear_model.Ridge": {"alpha": 2}}},
    ),
    ("CostEmbeddingAL", {"cost_matrix": COSTS, "mds_params": {"n_init": 1}, "embed_dim": 2}),
    ("DiscriminativeAL", {"greedy_selection": True}),
    ("DropQuery", {"dropout_rate": 0.5, "cluster_algo_dict": {"n_init": 2}}),
    ("Falcun", {"gamma": 3}),
    ("FourDs", {"lmbda": 0.4}),
    ("GreedySamplingX", {"metric": "manhattan"}),
    ("MaxHerding", {"normalize_samples": False, "metric_dict": {"gamma": 0.5}}),
    ("MonteCarloEER", {"cost_matrix": COSTS}),
    ("ProbCover", {"deltas": [0.2, 0.5, 1.0], "alpha": 0.8}),
    ("ProbabilisticAL", {"prior": 0.3, "m_max": 2}),
    ("QueryByCommittee", {"method": "vote_entropy", "members": 3}),
    ("Quire", {"lmbda": 2.0, "metric_dict": {"gamma": 0.5}}),
    ("TypiClust", {"k": 3}),
    ("UncertaintySampling", {"method": "margin_sampling", "cost_matrix": COSTS}),
    ("ValueOfInformationEER", {"cost_matrix": COSTS, "normalize": True}),
]


@pytest.mark.parametrize(("name", "params"), OTHER_PARAMETERS)
def test_parameters_other_than_the_defaults(name, params):
    at = AWKWARD_POOLS["three classes"]
    keep = np.arange(24)
    at = replace(at, features=at.features[keep], labels=at.labels[keep], rounds=1, batch_size=2)
    assert np.unique(picks(make_strategy(name, **params), at)).size == 2


@pytest.mark.parametrize("name", ["CostEmbeddingAL", "UncertaintySampling"])
def test_costs_by_name_are_those_in_the_order_of_the_classes(name):
    at = AWKWARD_POOLS["three classes"]
    method = {} if name == "CostEmbeddingAL" else {"method": "margin_sampling"}
    # The classes of the pool are a, b, c.
    named = {
        "c": {"a": 3, "b": 1},
        "a": {"b": 1, "c": 2},
        "b": {"a": 5, "b": 0, "c": 1},
    }
    placed = picks(make_strategy(name, cost_matrix=COSTS, **method), at)
    strategy = make_strategy(name, cost_matrix=named, **method)
    assert_array_equal(picks(strategy, at), placed)
    assert strategy.find_misfit(("a", "b", "d")) == "no class 'c'; there are 'a', 'b' and 'd'"
    assert strategy.explain_places(("a", "b", "c")) == ""
    assert make_strategy(name, cost_matrix=COSTS, **method).explain_places(("1", "10", "2")) == (
        "rows and columns of cost_matrix are '1', '10', '2' (sorted as text, not as numbers)"
    )
    with pytest.raises(ValueError, match="lacks the cost of 'c'"):
        make_strategy(name, cost_matrix={"a": {"b": 1}, "b": {"a": 1}, "c": {"a": 1, "b": 1}})


def test_a_matrix_of_costs_is_of_some_number_of_classes():
    strategy = make_strategy("UncertaintySampling", method="margin_sampling", cost_matrix=[[0, 1], [5, 0]])
    assert strategy.misfit(2) == ""
    assert strategy.misfit(3) == "cost_matrix of 2 classes for a dataset of 3"
    assert make_strategy("UncertaintySampling").misfit(3) == ""
