"""The setting ``preprocessing``: of all datasets or of one, read, written back, checked, part of the key."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import yaml

from albench.api import plan, run
from albench.contracts.preprocessing import Preprocessing
from albench.errors import SpecError
from albench.spec.read import load_experiment_text
from albench.spec.resolved import render_resolved

SPEC = {"datasets": "iris", "models": "knn", "strategies": "margin", "budgets": 30, "repeats": 1}


def read(**more):
    return load_experiment_text({**SPEC, **more})


def keys(experiment, tmp_path):
    return {trial.identity.key for trial in plan(experiment, results=tmp_path).plan.trials}


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("standard", {}),
        ("passthrough", {"numeric": [], "categorical": []}),
        ({"numeric": "passthrough"}, {"numeric": []}),
        ("sklearn.decomposition.PCA", {"then": [{"sklearn.decomposition.PCA": {}}]}),
        (
            {"sklearn.decomposition.PCA": {"n_components": 2}},
            {"then": [{"sklearn.decomposition.PCA": {"n_components": 2}}]},
        ),
        (
            {"numeric": ["sklearn.impute.KNNImputer", {"sklearn.preprocessing.RobustScaler": None}]},
            {"numeric": [{"sklearn.impute.KNNImputer": {}}, {"sklearn.preprocessing.RobustScaler": {}}]},
        ),
    ],
)
def test_every_form_is_read_and_written_back(setting, meant):
    experiment = read(preprocessing=setting)
    assert experiment.preprocessing == Preprocessing(**meant)
    again = load_experiment_text(yaml.safe_load(render_resolved(experiment)))
    assert again.preprocessing == experiment.preprocessing
    assert experiment.preprocessing.fragment().get("params", {}) == meant


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("standart", "'standart' is none of 'standard', 'passthrough'"),
        (
            {"numerik": "passthrough", "text": "a.B"},
            "'preprocessing' has no 'numerik'\n  did you mean 'numeric'",
        ),
        ({"text": "passthrough"}, "text cannot pass through"),
        ("sklearn.decomposition.PCB", "module 'sklearn.decomposition' has no 'PCB'"),
        ("sklearn.svm.SVC", "'sklearn.svm.SVC' is no transformer"),
        ({"sklearn.decomposition.PCA": {"components": 2}}, "has no parameter 'components'"),
    ],
)
def test_mistakes_are_told_of_all_datasets_and_of_one(setting, message):
    with pytest.raises(SpecError, match=message):
        read(preprocessing=setting)
    if message.startswith("'preprocessing' has"):
        message = "has no 'numerik'"
    with pytest.raises(SpecError, match=message):
        read(datasets=[{"iris": {"preprocessing": setting}}])


def test_it_is_part_of_the_key_and_the_standard_one_changes_no_key(tmp_path):
    plain, standard = keys(read(), tmp_path), keys(read(preprocessing="standard"), tmp_path)
    assert plain == standard
    other = keys(read(preprocessing="passthrough"), tmp_path)
    own = keys(read(datasets=[{"iris": {"preprocessing": "passthrough"}}]), tmp_path)
    assert other == own
    assert not other & plain


def test_one_dataset_in_two_ways_and_the_answers_differ(tmp_path):
    data = [
        {"wine": {}, "label": "scaled"},
        {"wine": {"preprocessing": "passthrough"}, "label": "raw"},
    ]
    results = run(read(datasets=data, models="knn", execution={"backend": "inline"}), results=tmp_path)
    assert not results.problems
    curves = results.curves.join(results.trials.select("key", "dataset"), on="key")
    scores = dict(curves.group_by("dataset").agg(pl.col("accuracy").mean()).iter_rows())
    assert scores["scaled"] > scores["raw"] + 0.1


def test_texts_embedded_once_give_the_trials_of_texts_embedded_per_split(tmp_path):
    rng = np.random.default_rng(0)
    words = np.array(["cash", "win", "now", "home", "meet", "you", "zoo"])
    kinds = rng.integers(0, 2, 80)
    texts = [" ".join(rng.choice(words[:5] if kind else words[2:], 6)) for kind in kinds]
    pl.DataFrame({"words": texts, "y": np.where(kinds, "spam", "ham")}).write_parquet(tmp_path / "t.parquet")
    hashing = {"sklearn.feature_extraction.text.HashingVectorizer": {"n_features": 32}}
    spec = {
        **SPEC,
        "datasets": [{"parquet": {"path": "t.parquet", "target": "y", "text": ["words"]}}],
        "models": "logistic_regression",
        "repeats": 2,
        "execution": {"backend": "inline"},
        "preprocessing": {"text": hashing},
    }
    results = run(load_experiment_text(spec, folder=tmp_path), results=tmp_path)
    assert results.trials["status"].unique().to_list() == ["done"]
    assert results.trials["n_features"].unique().to_list() == [32]
    assert results.curves["accuracy"].mean() > 0.6
