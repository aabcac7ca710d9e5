from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from albench.errors import SpecError
from albench.spec.read import load_experiment, load_experiment_text
from albench.spec.resolved import render_resolved

VALID = Path(__file__).parent / "valid"
LABELS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=8
).filter(lambda text: bool(text.strip()))


def entry(name, **parameters):
    """An entry of the spec with any subset of its parameters."""
    params = st.fixed_dictionaries({}, optional=parameters)
    return st.just(name) | params.map(lambda given: {name: given})


@st.composite
def axis(draw, *entries):
    """Different entries, some of them with labels."""
    values = draw(st.lists(st.one_of(*entries), min_size=1, max_size=4, unique_by=canonical))
    names = draw(st.lists(LABELS, min_size=len(values), max_size=len(values), unique=True))
    labelled = draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    return [with_label(*each) if each[2] else each[0] for each in zip(values, names, labelled, strict=True)]


def canonical(entry):
    """Tell `margin` and `{margin: {}}` for the same."""
    return json.dumps({entry: {}} if isinstance(entry, str) else entry, sort_keys=True)


def with_label(entry, name, labelled):
    return {**({entry: {}} if isinstance(entry, str) else entry), "label": name}


MODEL = st.one_of(
    entry("logistic_regression", C=st.floats(1e-6, 1e6), max_iter=st.integers(1, 5000)),
    entry("knn", n_neighbors=st.integers(1, 50), weights=st.sampled_from(["uniform", "distance"])),
    entry("sklearn.naive_bayes.GaussianNB", priors=st.lists(st.floats(0, 1), max_size=3)),
    entry("sklearn.linear_model.LogisticRegression", max_iter=st.just(1000)),
)
SIZE = st.one_of(
    st.integers(1000, 10**9),
    st.floats(10, 100).map(lambda value: f"{value}%"),
    st.builds(lambda k: {"per_class": k}, st.integers(100, 1000)),
)
SEED_SIZE = st.one_of(
    st.integers(0, 999),
    st.floats(0.001, 9).map(lambda value: f"{value:f}%"),
    st.builds(lambda k: {"per_class": k}, st.integers(1, 99)),
)
SPECS = st.fixed_dictionaries(
    {
        "datasets": axis(
            entry("iris"),
            entry("two_moons", n_rows=st.integers(10, 10**6), seed=st.integers(0, 100)),
            entry("csv", path=st.just("data/flowers.csv"), target=st.just("species"), drop=st.just(["length"])).filter(
                lambda entry: not isinstance(entry, str)
            ),
        ),
        "models": axis(MODEL, st.builds(lambda task, query: {"task": task, "query": query}, MODEL, MODEL)),
        "strategies": axis(
            entry("random"),
            entry("margin"),
            entry("k_center"),
            entry("qbc", disagreement=st.sampled_from(["vote_entropy", "kl"]), members=st.integers(2, 50)),
        ),
        "budgets": st.lists(SIZE | st.just("all"), min_size=1, max_size=3, unique_by=canonical),
    },
    optional={
        "title": LABELS,
        "name": st.from_regex(r"[a-z0-9_]{1,12}", fullmatch=True),
        "seed_sizes": st.lists(SEED_SIZE, min_size=1, max_size=3, unique_by=canonical),
        "seed_sets": axis(entry("random"), entry("stratified"), entry("per_class")),
        "batch_sizes": st.lists(st.integers(1, 1000), min_size=1, max_size=3, unique=True),
        "split": st.builds(lambda test: {"holdout": {"test": test}}, st.floats(0.01, 0.49)),
        "repeats": st.integers(1, 100) | st.fixed_dictionaries({"splits": st.integers(1, 9), "starts": st.integers(1, 9)}),
        "metrics": st.lists(st.sampled_from(["accuracy", "log_loss", "roc_auc", "average_precision"]), unique=True),
        "signals": st.lists(st.sampled_from(["agreement", "mean_entropy"]), unique=True),
        "primary_metric": st.sampled_from(["accuracy", "f1_macro", "brier"]),
        "baseline": st.fixed_dictionaries({"arms": st.integers(1, 5)}),
        "validation": st.floats(0, 0.5),
        "random_state": st.integers(0, 2**32 - 1),
        "execution": st.fixed_dictionaries(
            {}, optional={"n_jobs": st.sampled_from([-1, 1, 8]), "backend": st.just("inline"), "audit": st.just("probabilities")}
        ),
    },
)  # fmt: skip


def content(experiment):
    return replace(experiment, text="")


@given(SPECS)
def test_a_resolved_spec_reads_back_to_an_equal_experiment(spec):
    try:
        experiment = load_experiment_text(spec, folder=VALID, import_user_code=False)
    except SpecError:
        assume(False)  # one model under two names, a label that another entry has by itself
    again = load_experiment_text(render_resolved(experiment), folder=VALID, import_user_code=False)
    assert content(again) == content(experiment)
    assert render_resolved(again) == render_resolved(experiment)


@pytest.mark.parametrize("name", ["every_axis", "smallest", "own", "warned"])
def test_specs_of_files_read_back(name):
    experiment = load_experiment(VALID / f"{name}.yaml", import_user_code=True)
    again = load_experiment_text(render_resolved(experiment), folder=VALID, name=name)
    assert content(again) == content(experiment)


def test_unresolved_components_stay_what_they_are():
    experiment = load_experiment(VALID / "unwilling.yaml", import_user_code=False)
    again = load_experiment_text(
        render_resolved(experiment), folder=VALID, name="unwilling", import_user_code=False
    )
    assert content(again) == content(experiment)


def test_every_default_is_written_out():
    spec = {"datasets": "iris", "models": "knn", "strategies": "margin", "budgets": 50}
    resolved = yaml.safe_load(render_resolved(load_experiment_text(spec, name="smallest")))
    split = resolved.pop("split")
    assert split["holdout"]["test"] == 0.3
    assert split["holdout"]["stratified"] is True
    expected = {
        "name": "smallest",
        "title": "smallest",
        "datasets": ["iris"],
        "models": ["knn"],
        "strategies": ["random", "margin"],
        "seed_sizes": [10],
        "seed_sets": ["stratified"],
        "batch_sizes": [10],
        "budgets": [50],
        "oracles": ["perfect"],
        "repeats": {"splits": 10, "starts": 1},
        "metrics": ["accuracy", "balanced_accuracy", "f1_macro"],
        "signals": [],
        "primary_metric": "accuracy",
        "baseline": {"arms": 2},
        "validation": 0.0,
        "random_state": 0,
        "execution": {"n_jobs": -1, "backend": "loky", "audit": "picks", "retry": 0},
    }
    assert {key: resolved[key] for key in expected} == expected


def test_percentages_keep_their_digits():
    spec = {
        "datasets": "iris",
        "models": "knn",
        "strategies": "margin",
        "budgets": ["33.333333333333336%", "20.0%"],
    }
    text = render_resolved(load_experiment_text(spec, import_user_code=False))
    assert "budgets: [33.333333333333336%, 20%]" in text
