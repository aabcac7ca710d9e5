"""A file of albench may move: no key, no seed and no resolved spec says where a class stands."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import albench
from albench.canonical import digest
from albench.checking.pools import FirstRows
from albench.contracts import Component, Model, Shared, class_path
from albench.contracts.preprocessing import Preprocessing
from albench.errors import ImportPathError
from albench.estimators.building import EXTRAS
from albench.lasting_names import CURRENT_MODULES
from albench.models.names import MODELS
from albench.registry.catalogue import load_catalogue
from albench.registry.imports import import_object
from albench.registry.lookup import get_builtin
from albench.rng import shared_stream, task_model_seed
from albench.spec.read import load_experiment_text
from albench.spec.resolved import resolve_experiment
from albench.strategies.skactiveml import adapter

WHERE = {"dataset": "0" * 64, "split": 0}
SHARED = {
    "albench.strategies.density.SimilaritySums": ({"similarity": "cosine"}, 762538209),
    "albench.strategies.graph_density.DensityGraph": (
        {"k": 10, "metric": "manhattan", "gamma": None},
        3304304638,
    ),
    "albench.strategies.linkage.Linkage": ({"method": "ward"}, 2535551034),
    "albench.strategies.neighbours.KNearest": ({"k": 3, "metric": "euclidean"}, 4195472907),
    "albench.strategies.pool_clusters.PoolClusters": ({"n_clusters": None}, 3353763031),
    "albench.strategies.prob_cover.Balls": (
        {"radius": None, "purity": 0.95, "n_clusters": None},
        253791570,
    ),
}
"""Parameters, and the first word of the seed with ``random_state`` 0, before any of them could move."""
TORCH_MLP = "albench.models.torch_mlp.TorchMLP"
SENTENCES = "albench.prepared.sentences.SentenceEmbedding"
FIRST_ROWS = "albench.checking.situations.FirstRows"
ADAPTED = "albench.strategies.skactiveml_adapter.SkactivemlStrategy"
PARAMETERS = {
    **{name: {"path": "a", "target": "y"} for name in ("arff", "csv", "parquet", "tsv")},
    **{name: {"path": "a"} for name in ("libsvm", "npz")},
    **{name: {"id": 1} for name in ("openml", "openml_suite", "openml_task")},
    "budget": {"labels": 100},
    "target": {"value": 0.9},
    **{name: {"class": "fraud"} for name in ("f1", "found", "pr_auc", "precision", "recall")},
    "albl": {"strategies": ["margin", "qbc"]},
    "annotators": {"who": [{"skill": 0.9}]},
    "columns": {"who": [{"column": "label"}]},
    "confusion": {"matrix": {"a": {"b": 0.1}}},
    "cost_sensitive": {"costs": [[0, 1], [2, 0]]},
    "rows": {"list": [3, 1]},
    "weighted_error": {"costs": {"fraud": 9.0}},
    "skewed": {"classes": 2},
}


def subclasses(base):
    """Yield the classes of albench below a base, those in modules that need other packages left out."""
    for info in pkgutil.walk_packages(albench.__path__, "albench."):
        if not info.name.endswith("__main__") and info.name != CURRENT_MODULES["albench.models.torch_mlp"]:
            importlib.import_module(info.name)
    below = base.__subclasses__()
    while below:
        cls = below.pop()
        below += cls.__subclasses__()
        if cls.__module__.startswith("albench."):
            yield cls


@contextmanager
def moved(cls):
    """Let a class stand in another module under another name."""
    before = cls.__module__, cls.__qualname__
    cls.__module__, cls.__qualname__ = "albench.errors", "Elsewhere"
    try:
        yield
    finally:
        cls.__module__, cls.__qualname__ = before


def needs():
    """Return what is shared by its frozen name, from whichever module it is in."""
    classes = {class_path(cls): cls for cls in subclasses(Shared)}
    return {name: cls.model_validate(SHARED[name][0]) for name, cls in classes.items() if name in SHARED}


def test_the_names_are_what_they_were():
    """Where a class stands is not in them: replacing an import path everywhere must leave them alone."""
    names = sorted([*SHARED, TORCH_MLP, SENTENCES, FIRST_ROWS, ADAPTED])
    assert digest(names) == "d4326495b49bd7533fc091644c67f11224d4525aa3c313f2e5b2ed7d758d1622"


def test_all_that_is_shared_has_a_frozen_name_and_a_golden_seed():
    assert {vars(cls).get("identity_name", cls) for cls in subclasses(Shared)} == set(SHARED)


@pytest.mark.parametrize("name", SHARED)
def test_what_is_shared_has_the_seed_that_it_always_had_wherever_it_stands(name):
    need, (params, seed) = needs()[name], SHARED[name]
    for place in (nullcontext(), moved(type(need))):
        with place:
            assert need.identity() == {"class": name, "version": 1, "params": params}
            assert shared_stream(0, **WHERE, need=need.identity()).generate_state(1)[0] == seed


def test_what_a_user_derives_from_ours_is_another_thing():
    ours = type(needs()["albench.strategies.pool_clusters.PoolClusters"])
    theirs = type("Theirs", (ours,), {"__module__": __name__})
    assert theirs().identity()["class"] == f"{__name__}.Theirs"


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, entries in load_catalogue().items() if kind != "model" for name in entries],
)
def test_a_component_has_the_same_key_and_seeds_wherever_it_stands(kind, name):
    cls = get_builtin(kind, name)
    wraps = {"strategy": "margin"} if "strategy" in load_catalogue()[kind][name]["required"] else {}
    component = cls.model_validate(PARAMETERS.get(name, wraps))
    before = component.fragment()
    assert before["name"] == name
    with moved(cls):
        assert component.fragment() == before


def test_no_class_of_albench_falls_back_on_its_import_path():
    nameless = {
        cls.__name__
        for cls in subclasses(Component)
        if cls.identity is Component.identity
        and not cls.__subclasses__()
        and not (cls.name or vars(cls).get("identity_name"))
    }
    assert not nameless


def test_the_seed_set_of_the_check_has_the_name_that_it_always_had():
    with moved(FirstRows):
        assert FirstRows().fragment() == {"name": FIRST_ROWS, "version": 1}


def test_estimators_of_albench_have_the_keys_and_seeds_that_they_always_had():
    model = MODELS["torch_mlp"].make_model({})
    assert model.fragment() == {"estimator": TORCH_MLP, "version": 1}
    assert task_model_seed(0, **WHERE, start=0, model=model.identity()) == 970420892
    steps = Preprocessing.model_validate({"text": "sentences"})
    assert steps.fragment() == {"name": "declared", "version": 1, "params": {"text": [{SENTENCES: {}}]}}


@pytest.mark.parametrize("path", [TORCH_MLP, SENTENCES, ADAPTED])
def test_the_import_paths_in_keys_and_specs_lead_to_a_file_with_the_class(path):
    module, _, name = path.rpartition(".")
    spec = importlib.util.find_spec(CURRENT_MODULES.get(module, module))
    assert spec is not None
    assert f"class {name}(" in Path(spec.origin).read_text(encoding="utf-8")


def test_extras_are_told_for_the_import_paths_in_keys():
    assert TORCH_MLP.startswith(f"{EXTRAS['torch'].prefix}.")
    assert SENTENCES.startswith(f"{EXTRAS['sentence-transformers'].prefix}.")


def test_the_old_path_of_a_module_that_has_moved_gives_the_class_and_the_new_one_the_old_key(monkeypatch):
    new = ModuleType("albench.elsewhere")
    new.TorchMLP = type("TorchMLP", (), {})
    monkeypatch.setitem(sys.modules, new.__name__, new)
    monkeypatch.setitem(CURRENT_MODULES, "albench.models.torch_mlp", new.__name__)
    assert import_object(TORCH_MLP, Path()) is new.TorchMLP
    path = "albench.elsewhere.TorchMLP"
    assert Model(estimator=path).identity() == {"estimator": TORCH_MLP}
    bagged = Model(estimator="sklearn.ensemble.BaggingClassifier", params={"estimator": {path: {}}})
    assert bagged.identity()["params"] == {"estimator": {TORCH_MLP: {}}}
    steps = Preprocessing.model_validate({"then": path})
    assert steps.fragment()["params"] == {"then": [{TORCH_MLP: {}}]}


def test_a_path_that_leads_nowhere_any_more_is_told():
    with pytest.raises(
        ImportPathError, match=r"cannot import 'albench\.strategies\.gone': there is no module"
    ):
        import_object("albench.strategies.gone.Elsewhere", Path())


@pytest.mark.parametrize("name", ["Quire", "SkactivemlStrategy"])
def test_a_resolved_spec_names_strategies_of_scikit_activeml_as_it_always_did(name, monkeypatch):
    monkeypatch.setattr(adapter, "_import_class", lambda _: object)
    path = ADAPTED.replace("SkactivemlStrategy", name)
    cls = import_object(path, Path())
    assert cls is import_object(f"{adapter.__name__}.{name}", Path()) is getattr(adapter, name)
    spec = {"datasets": "iris", "models": "gaussian_nb", "strategies": "margin", "budgets": 50}
    experiment = load_experiment_text(spec)
    entry = replace(experiment.strategies[0], component=cls(cls="Quire"))
    with moved(cls):
        (written,) = resolve_experiment(replace(experiment, strategies=(entry,)))["strategies"]
    assert next(iter(written)) == path


@pytest.mark.parametrize(
    ("before", "name"),
    [("albench.strategies.kernel.Quire", "quire"), ("albench.strategies.baseline.Random", "random")],
)
def test_a_path_that_a_strategy_had_before_a_move_still_leads_to_it(before, name):
    assert import_object(before, Path()) is get_builtin("strategy", name)
