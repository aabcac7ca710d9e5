"""The small grids that same_numbers.py runs with two revisions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from every_strategy import DATASETS, entry
from same_numbers_files import write_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Spec = dict[str, Any]
BASE: Spec = {
    "models": "logistic_regression",
    "strategies": ["margin"],
    "seed_sizes": 10,
    "batch_sizes": 5,
    "budgets": 25,
    "repeats": 2,
    "execution": {"n_jobs": 1, "backend": "inline"},
}
SMALL = {"holdout": {"max_pool": 150, "max_test": 200}}
NEEDS_TORCH = "mc_dropout"
GENERATORS: dict[str, Spec] = {
    "imbalanced_blobs": {"separation": 2.0},
    "make_classification": {"n_classes": 3, "flip_y": 0.1},
    "banana": {"seed": 1},
}
"""What is not left at its default; every other generator is drawn as it is."""
FILES: list[Spec] = [
    {"csv": {"path": "data/mixed.csv", "target": "kind", "drop": ["body"], "separator": ";", "decimal": ","}},
    {"tsv": {"path": "data/mixed.tsv", "target": "kind", "text": ["body"], "precision": "single"}},
    {"parquet": {"path": "data/mixed.parquet", "target": "kind", "text": ["body"], "categorical": ["code"]}},
    {"arff": {"path": "data/mixed.arff", "target": "kind", "drop": ["colour"]}},
    {"libsvm": "data/sparse.libsvm"},
    {"npz": "data/arrays.npz"},
]
TEXTS: Spec = {"parquet": {"path": "data/mixed.parquet", "target": "kind", "text": ["body"]}}
SKLEARN = "sklearn.preprocessing"
PREPROCESSING: list[tuple[Any, Any]] = [
    ("wine", "passthrough"),
    ("wine", f"{SKLEARN}.RobustScaler"),
    ("wine", {"then": {"sklearn.decomposition.PCA": {"n_components": 4}}}),
    ("wine", {"numeric": [f"{SKLEARN}.MinMaxScaler", {f"{SKLEARN}.PolynomialFeatures": {"degree": 2}}]}),
    (
        TEXTS,
        {
            "numeric": [{"sklearn.impute.SimpleImputer": {"strategy": "mean"}}, f"{SKLEARN}.StandardScaler"],
            "categorical": {"sklearn.impute.SimpleImputer": {"strategy": "most_frequent"}},
            "text": {"sklearn.feature_extraction.text.HashingVectorizer": {"n_features": 64}},
        },
    ),
    (
        TEXTS,
        {
            "text": [
                {"sklearn.feature_extraction.text.TfidfVectorizer": {"max_features": 60}},
                {"sklearn.decomposition.TruncatedSVD": {"n_components": 5}},
            ]
        },
    ),
]
POOLS: list[tuple[str, Spec]] = [
    ("digits", {"long_tail": 10, "max_pool": 300, "max_test": 200}),
    ("iris", {"duplicates": 0.5}),
    ("iris", {"covariate_shift": {"column": "petal length (cm)", "keep": 0.5}}),
    ("digits", {"label_shift": {"3": 0.2}, "max_pool": 200, "max_test": 200}),
    ("digits", {"irrelevant": ["8", "9"], "max_pool": 200, "max_test": 200}),
]
CLASSIFIERS = [
    "logistic_regression",
    {"logistic_regression": {"C": 10, "class_weight": "balanced"}},
    {"logistic_regression": {"refit_every": 2, "warm_start": True}, "label": "seldom"},
    {"random_forest": {"n_estimators": 20}},
    {"extra_trees": {"n_estimators": 20}},
    {"task": {"random_forest": {"n_estimators": 20}}, "query": "logistic_regression", "label": "transfer"},
    "gaussian_nb",
    "knn",
    {"mlp": {"hidden_layer_sizes": [10], "max_iter": 50}},
    "decision_tree",
    "linear_discriminant_analysis",
    {"hist_gradient_boosting": {"max_iter": 10}},
    {"svm_rbf": {"calibrated": {"method": "sigmoid"}}, "label": "calibrated"},
    {"self_training": {"estimator": "logistic_regression"}},
    {"sklearn.tree.DecisionTreeClassifier": {"min_samples_leaf": 3}},
]
DECIDERS = ["svm_linear", "svm_rbf", "ridge_classifier", "perceptron", "sgd"]


@dataclass(frozen=True)
class Part:
    """Some experiments that are reported in one line; the specs of one run into the same results folder."""

    title: str
    runs: Mapping[str, tuple[Spec, ...]]
    may_fail: bool = False


def build_parts(listed: dict[str, dict[str, Any]], *, with_torch: bool) -> Iterator[Part]:
    """Yield what is run, for the components that ``albench list --json`` has."""
    known = {name: facts for name, facts in listed["strategies"].items() if name != "random"}
    yield Part(f"{len(listed['strategies'])} strategies", dict(build_strategies(known)))
    choices = dict(build_choices(known))
    n_choices = sum(len(spec["strategies"]) for specs in choices.values() for spec in specs)
    yield Part(f"{n_choices} choices of strategies", choices)
    yield Part(f"{len(CLASSIFIERS) + len(DECIDERS)} models", dict(build_models()))
    if with_torch:
        yield Part("torch", {"torch": (build_torch(known),)})
    generators = [name for name, facts in listed["datasets"].items() if "seed" in facts["parameters"]]
    entries = [{name: GENERATORS[name]} if name in GENERATORS else name for name in generators]
    yield Part(f"{len(entries)} generators", {"generators": (build_generators(entries),)})
    seed_sets = [
        name
        for name, facts in listed["seed_sets"].items()
        if all("default" in parameter for parameter in facts["parameters"].values())
    ]
    yield Part(f"{len(seed_sets)} seed sets", {"seed_sets": (build_seed_sets(seed_sets),)})
    yield Part("files, texts", dict(build_files()))
    yield Part(f"{len(PREPROCESSING)} preprocessings", {"preprocessing": (build_preprocessing(),)})
    yield Part("splits, pools, oracles", dict(build_splits()))
    yield Part("settings", dict(build_settings()))
    yield Part("random numbers, ties", dict(build_own()))
    yield Part("failures", {"failures": (build_failures(),)}, may_fail=True)


def build_strategies(known: dict[str, dict[str, Any]]) -> Iterator[tuple[str, tuple[Spec, ...]]]:
    """Yield every strategy on the data sets of every_strategy.py; those that refit on a small pool."""
    slow = {name for name, facts in known.items() if is_slow(facts)}
    for data, (source, n_classes) in DATASETS.items():
        for kind, names in (("slow", slow), ("plain", known.keys() - slow)):
            spec = {
                "datasets": [source],
                "strategies": [entry(name, known[name], n_classes) for name in sorted(names)],
                "seed_sizes": 20,
                "batch_sizes": 4 if kind == "slow" else [3, 8],
                "budgets": 28 if kind == "slow" else 44,
                "repeats": 1,
                "split": {"holdout": {"max_pool": 60 if kind == "slow" else 300, "max_test": 200}},
            }
            yield f"strategies_{data}_{kind}", (BASE | spec,)


def build_choices(known: dict[str, dict[str, Any]]) -> Iterator[tuple[str, tuple[Spec, ...]]]:
    """Yield every strategy with every choice that is not its default."""
    for kind in ("slow", "plain"):
        entries = []
        for name, facts in known.items():
            for choice in list_choices(facts) if is_slow(facts) == (kind == "slow") else ():
                base = entry(name, facts, 3)
                params = (base[name] if isinstance(base, dict) else {}) | choice
                if NEEDS_TORCH not in choice.values():
                    entries.append({name: params})
        models: Any = {"mlp": {"max_iter": 50}}
        split: Spec = SMALL
        if kind == "slow":
            models, split = "logistic_regression", {"holdout": {"max_pool": 40}}
        spec = {"datasets": ["wine"], "models": models, "strategies": entries, "repeats": 1, "split": split}
        yield f"choices_{kind}", (BASE | spec,)


def is_slow(facts: dict[str, Any]) -> bool:
    return bool(facts["cost"] == "refits" or facts["family"] == "control")


def list_choices(facts: dict[str, Any]) -> list[Spec]:
    """Return a parameter and its value for each choice of a strategy that is not the default."""
    choices = []
    for name, schema in facts["parameters"].items():
        values = [True, False] if schema.get("type") == "boolean" else schema.get("enum", [])
        choices += [{name: value} for value in values if value != schema.get("default")]
    return choices


def build_models() -> Iterator[tuple[str, tuple[Spec, ...]]]:
    rest = {"datasets": ["wine", DATASETS["nine_to_one"][0]], "split": SMALL, "repeats": 1}
    classifiers = {
        "models": CLASSIFIERS,
        "strategies": ["margin", "qbc", "badge"],
        "metrics": ["roc_auc", "average_precision"],
        "validation": 0.1,
    }
    yield "models_proba", (BASE | rest | classifiers,)
    yield (
        "models_decision",
        (BASE | rest | {"models": DECIDERS, "strategies": ["distance_to_boundary", "qbc"]},),
    )


def build_torch(known: dict[str, dict[str, Any]]) -> Spec:
    """Return what only a network can do: its dropout as committee, its last hidden layer."""
    sampled = [
        {name: choice}
        for name, facts in known.items()
        for choice in list_choices(facts)
        if NEEDS_TORCH in choice.values()
    ]
    return BASE | {
        "datasets": ["wine"],
        "models": {"torch_mlp": {"epochs": 10}},
        "strategies": ["margin", "bait", {"badge": {"space": "embedding"}}, *sampled],
        "repeats": 1,
    }


def build_generators(entries: list[Any]) -> Spec:
    """Return so many data sets and repeats that every test and interval is made."""
    return BASE | {
        "datasets": entries,
        "strategies": ["margin", "k_center", "qbc"],
        "budgets": 30,
        "repeats": {"splits": 5, "starts": 2},
        "baseline": {"arms": 2, "second": "margin"},
        "split": {"holdout": {"max_pool": 100, "max_test": 150}},
    }


def build_seed_sets(names: list[str]) -> Spec:
    return BASE | {
        "datasets": ["iris", "wine"],
        "strategies": ["margin", "k_center"],
        "seed_sets": names,
        "seed_sizes": [0, 7, "10%", {"per_class": 3}],
        "batch_sizes": [3, 6],
        "budgets": [20, "35%"],
        "repeats": {"splits": 1, "starts": 2},
    }


def build_files() -> Iterator[tuple[str, tuple[Spec, ...]]]:
    yield "files", (BASE | {"datasets": FILES, "strategies": ["margin", "k_center", "qbc"]},)
    mails = {"tsv": {"path": "data/mixed.tsv", "target": "kind", "text": ["body"]}}
    mails["tsv"]["drop"] = ["size", "code", "colour"]
    texts = {
        "datasets": [mails],
        "models": ["logistic_regression", "multinomial_nb"],
        "strategies": ["margin", "k_center", "badge", "typiclust", "information_density"],
    }
    yield "texts", (BASE | texts,)


def build_preprocessing() -> Spec:
    datasets = []
    for place, (source, declared) in enumerate(PREPROCESSING):
        ((name, params),) = source.items() if isinstance(source, dict) else ((source, {}),)
        datasets.append({name: params | {"preprocessing": declared}, "label": f"{name}_{place}"})
    everywhere = {"preprocessing": {"numeric": f"{SKLEARN}.MaxAbsScaler"}}
    return BASE | {"datasets": [*datasets, "iris"], "strategies": ["margin", "k_center"]} | everywhere


def build_splits() -> Iterator[tuple[str, tuple[Spec, ...]]]:
    both = {"datasets": ["iris", "wine"]}
    yield "k_fold", (BASE | both | {"split": {"k_fold": 3}, "repeats": {"splits": 4, "starts": 2}},)
    loose = {"holdout": {"test": 0.4, "stratified": False, "max_test": 30}}
    yield "loose", (BASE | both | {"split": loose, "seed_sets": "random"},)
    parts = {"csv": {"path": "data/parts.csv", "target": "kind", "split": "part", "drop": ["body"]}}
    declared = {"datasets": [parts], "split": "declared", "repeats": {"splits": 1, "starts": 3}}
    yield "declared", (BASE | declared,)
    pools = [
        {name: {"pool": pool}, "label": f"{name}_{place}"}
        for place, (name, pool) in enumerate(POOLS)
        if "irrelevant" not in pool
    ]
    yield "pools", (BASE | {"datasets": pools},)
    irrelevant = [{name: {"pool": pool}} for name, pool in POOLS if "irrelevant" in pool]
    oracles = ["perfect", {"refusing": ["irrelevant"]}, {"refusing": ["irrelevant", "0"]}]
    yield "oracles", (BASE | {"datasets": irrelevant, "oracles": oracles},)


def build_settings() -> Iterator[tuple[str, tuple[Spec, ...]]]:
    both = {"datasets": ["iris", "wine"], "strategies": ["margin", "entropy", "qbc"]}
    other = {
        "random_state": 7,
        "ties": "first",
        "baseline": {"arms": 3},
        "primary_metric": "log_loss",
        "metrics": ["roc_auc"],
        "signals": ["agreement", "mean_entropy", "mean_top_probability"],
    }
    audited = {"execution": BASE["execution"] | {"audit": "probabilities"}}
    yield "settings", (BASE | both | other | audited,)
    wider = {"budgets": 40, "metrics": ["average_precision"], "repeats": 3}
    yield "grown", (BASE | both, BASE | both | {"metrics": ["roc_auc"]}, BASE | both | wider)


def build_own() -> Iterator[tuple[str, tuple[Spec, ...]]]:
    names = [f"./own.py:{name}" for name in ("Draws", "Keys", "Level")]
    spec = {"datasets": ["iris", "wine"], "strategies": [*names, {"epsilon_greedy": {"strategy": "margin"}}]}
    yield "own", (BASE | spec | {"execution": {"n_jobs": 2, "backend": "loky"}},)


def build_failures() -> Spec:
    return BASE | {
        "datasets": ["iris"],
        "models": ["random_forest", "knn"],
        "strategies": ["./own.py:Broken"],
    }


def write_specs(parts: list[Part], folder: Path) -> None:
    """Write the specs of all runs, and what they read."""
    write_files(folder)
    for part in parts:
        for run, specs in part.runs.items():
            for place, spec in enumerate(specs):
                file = folder / f"{run}-{place}.yaml"
                file.write_text(json.dumps({"name": run, **spec}, indent=1), encoding="utf-8")
