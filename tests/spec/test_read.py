from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from albench.errors import SpecError
from albench.models.fitting import fit_model
from albench.registry.lookup import load_catalogue
from albench.spec.experiment import Size
from albench.spec.read import load_experiment, load_experiment_text, read_spec
from albench.spec.repeats import Repeats
from albench.spec.settings import Execution, Expected
from albench.spec.unresolved import UnresolvedComponent

VALID = Path(__file__).parent / "valid"
SMALLEST = {"datasets": "iris", "models": "svm_rbf", "strategies": "k_center", "budgets": 50}
CHEAP = ["accuracy", "balanced_accuracy", "f1_macro", "brier", "ece", "log_loss"]


def labels(entries):
    return [entry.label for entry in entries]


def read(**changes):
    return load_experiment_text({**SMALLEST, **changes})


@pytest.mark.parametrize("import_user_code", [False, True])
def test_every_axis_and_every_setting(import_user_code):
    experiment = load_experiment(VALID / "every_axis.yaml", import_user_code=import_user_code)
    assert (experiment.name, experiment.title) == ("every-axis", "Every axis: a test")
    assert labels(experiment.datasets) == ["iris", "bottles", "flowers", "two_moons", "two_moons (seed=1)"]
    assert [entry.component.n_rows for entry in experiment.datasets[3:]] == [500, 500]
    assert labels(experiment.models) == [
        "logistic_regression",
        "logistic_regression (C=0.1)",
        "small forest",
        "knn (query=gaussian_nb)",
        "mixed",
        "DecisionTreeClassifier",
    ]
    assert labels(experiment.strategies) == [
        "random",
        "margin",
        "qbc",
        "qbc (disagreement=kl)",
        "qbc (disagreement=kl, members=10)",
        "far",
    ]
    assert experiment.seed_sizes == (
        Size("count", 0),
        Size("count", 10),
        Size("percent", 2),
        Size("per_class", 2),
    )
    assert labels(experiment.seed_sets) == ["stratified", "random"]
    assert experiment.batch_sizes == (5, 10)
    assert experiment.budgets == (
        Size("count", 50),
        Size("count", 100),
        Size("percent", 12.5),
        Size("per_class", 20),
        Size("all"),
    )
    assert labels(experiment.oracles) == ["perfect"]
    assert experiment.split.test == 0.25
    assert experiment.repeats == Repeats(splits=5, starts=4)
    assert labels(experiment.metrics) == [*CHEAP, "roc_auc"]
    assert labels(experiment.signals) == ["agreement"]
    assert experiment.primary_metric == "balanced_accuracy"
    assert (experiment.baseline.arms, experiment.baseline.second) == (3, "margin")
    assert (experiment.validation, experiment.random_state) == (0.1, 7)
    assert experiment.execution == Execution(n_jobs=2, backend="inline", audit="probabilities")
    assert experiment.ties == "first"
    assert experiment.expected == (
        Expected(
            kind="areas", file="data/areas.csv", digits=3, matched=0.07, area="lu2023", metric="accuracy"
        ),
        Expected(kind="means", file="data/means.csv", within=2.5),
    )
    assert experiment.text == (VALID / "every_axis.yaml").read_text(encoding="utf-8")


def test_a_smallest_spec_has_the_documented_defaults():
    experiment = load_experiment(VALID / "smallest.yaml", import_user_code=True)
    assert (experiment.name, experiment.title) == ("smallest", "smallest")
    assert labels(experiment.strategies) == ["random", "k_center"]
    assert experiment.seed_sizes == (Size("count", 10),)
    assert labels(experiment.seed_sets) == ["stratified"]
    assert experiment.batch_sizes == (10,)
    assert labels(experiment.oracles) == ["perfect"]
    assert experiment.split.test == 0.3
    assert experiment.repeats == Repeats(splits=10, starts=1)
    assert (experiment.ties, experiment.expected) == ("random", ())
    assert experiment.signals == ()
    assert (experiment.baseline.arms, experiment.baseline.second) == (2, None)
    assert (experiment.validation, experiment.random_state) == (0, 0)
    assert experiment.execution == Execution(n_jobs=-1, backend="loky", audit="picks")


def test_what_only_models_with_probabilities_can_give_is_not_recorded_where_none_has_them():
    assert labels(read(models="svm_rbf").metrics) == CHEAP[:3]
    assert labels(read(models=["svm_rbf", "knn"]).metrics) == CHEAP


def test_a_declared_metric_that_is_recorded_anyway_is_recorded_once():
    assert labels(read(models="knn", metrics=["log_loss", "roc_auc", "accuracy"]).metrics) == [
        *CHEAP,
        "roc_auc",
    ]


def test_svc_gives_probabilities_if_told_to():
    experiment = read(models={"sklearn.linear_model.SGDClassifier": {"loss": "log_loss"}}, metrics="roc_auc")
    assert "roc_auc" in labels(experiment.metrics)
    with pytest.raises(SpecError, match=r"needs class probabilities, which 'SGDClassifier' does not give"):
        read(models="sklearn.linear_model.SGDClassifier", metrics="roc_auc")


@pytest.mark.parametrize(
    ("model", "strategy"),
    [
        ("knn", {"qbc": {"models": ["gaussian_nb", "perceptron"]}}),
        ("svm_rbf", {"bald": {"models": ["gaussian_nb", "knn"]}}),
        (
            "knn",
            {"bald": {"models": ["knn", {"sgd": {"loss": "log_loss"}}, {"svm_rbf": {"probability": True}}]}},
        ),
        ("knn", {"bald": {"models": ["knn", {"estimator": "sklearn.svm.SVC", "calibrated": "sigmoid"}]}}),
        ("knn", {"bald": {"models": ["knn", "somewhere.Classifier"]}}),
        ("torch_mlp", {"bald": {"committee": "mc_dropout"}}),
        ("somewhere.Network", {"bald": {"committee": "mc_dropout"}}),
    ],
)
def test_a_committee_that_may_work_is_let_be(model, strategy, tmp_path):
    path = tmp_path / "committee.json"
    path.write_text(json.dumps({**SMALLEST, "models": model, "strategies": [strategy]}), encoding="utf-8")
    assert not read_spec(path, import_user_code=False).warnings


def test_random_stays_where_the_spec_puts_it():
    assert labels(read(strategies=["k_center", "random"]).strategies) == ["k_center", "random"]
    assert labels(read(strategies=["k_center", {"random": {}, "label": "R"}]).strategies) == ["k_center", "R"]


def test_a_short_name_and_its_import_path_are_one_model():
    short = read(models={"knn": {"n_neighbors": 3}}).models[0].task.component
    path = (
        read(models={"sklearn.neighbors.KNeighborsClassifier": {"n_neighbors": 3}}).models[0].task.component
    )
    assert short == path
    assert path.identity() == {
        "estimator": "sklearn.neighbors.KNeighborsClassifier",
        "params": {"n_neighbors": 3},
    }


def test_the_defaults_of_a_short_name_can_be_overridden():
    experiment = read(models=["logistic_regression", {"logistic_regression": {"max_iter": 50}}])
    assert [entry.task.component.params for entry in experiment.models] == [
        {"max_iter": 1000},
        {"max_iter": 50},
    ]
    assert labels(experiment.models) == [
        "logistic_regression (max_iter=1000)",
        "logistic_regression (max_iter=50)",
    ]


def test_task_and_query_model():
    entry = read(models={"task": "svm_rbf", "query": {"knn": {"n_neighbors": 3}}}).models[0]
    assert not entry.same
    assert (entry.label, entry.task.label, entry.query.label) == ("svm_rbf (query=knn)", "svm_rbf", "knn")
    same = read(models={"task": "knn", "query": "knn"}).models[0]
    assert same.same
    assert same.label == "knn"


def test_one_model_has_one_label_wherever_it_stands():
    experiment = read(models=[{"knn": {}, "label": "neighbours"}, {"task": "svm_rbf", "query": "knn"}])
    assert experiment.models[1].query.label == "neighbours"
    assert experiment.models[1].label == "svm_rbf (query=neighbours)"


def test_labels_take_the_fewest_parameters():
    experiment = read(
        datasets=[
            {"make_classification": {"n_rows": 200, "n_features": 30, "class_sep": 2.0}},
            {"make_classification": {"n_rows": 200, "n_features": 40, "class_sep": 1.5}},
            {"make_classification": {"n_rows": 200, "n_features": 40}},
        ]
    )
    assert labels(experiment.datasets) == [
        "make_classification (class_sep=2.0)",
        "make_classification (class_sep=1.5)",
        "make_classification",
    ]


def test_a_lone_entry_needs_no_parameters_in_its_label():
    assert labels(read(models="knn", strategies={"qbc": "kl"}).strategies) == ["random", "qbc"]


def test_the_second_baseline_may_stand_alone():
    assert read(baseline="k_center").baseline.second == "k_center"


def test_classes_of_the_users_are_imported_and_checked():
    experiment = load_experiment(VALID / "own.yaml", import_user_code=True)
    assert labels(experiment.strategies) == ["random", "Outermost", "Outermost (power=3.0)", "taxicab"]
    assert [entry.component.power for entry in experiment.strategies[1:]] == [2.0, 3.0, 1.0]
    assert experiment.metrics[-1].component.name == "hits"
    assert labels(experiment.models) == ["knn", "Majority"]


def test_a_model_from_a_file_is_found_from_any_folder_and_named_without_its_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(VALID)
    model = load_experiment(Path("own.yaml"), import_user_code=True).models[1].task.component
    monkeypatch.chdir(tmp_path)
    fitted = fit_model(model, np.zeros((2, 1)), np.array([1, 0]), n_classes=2, seed=0)
    assert fitted.predict(np.zeros((3, 1))).tolist() == [0, 0, 0]
    assert model.identity() == {"estimator": "own.py:Majority", "params": {"tie": "last"}}


def test_classes_of_the_users_are_kept_unresolved_without_leave_to_import():
    experiment = load_experiment(VALID / "unwilling.yaml", import_user_code=False)
    assert labels(experiment.strategies) == ["random", "Clever", "simple"]
    assert experiment.strategies[1].component == UnresolvedComponent(
        path="./unwilling.py:Clever", params={"power": 2}
    )
    assert experiment.strategies[2].component == UnresolvedComponent(
        path="./unwilling.py:Clever", main_value=3
    )
    assert labels(experiment.models) == ["Classifier"]
    assert experiment.metrics[-1].component == UnresolvedComponent(path="unheard_of_package.Metric")


def test_and_refused_with_leave_where_they_cannot_be_imported():
    with pytest.raises(SpecError) as caught:
        load_experiment(VALID / "unwilling.yaml", import_user_code=True)
    text = str(caught.value)
    assert text.count("error[import]") == 4
    assert "this module does not want to be imported" in text
    assert "unheard_of_package" in text


def test_warnings_are_returned_and_stop_nothing(monkeypatch):
    monkeypatch.chdir(VALID)
    loaded = read_spec(Path("warned.yaml"), import_user_code=False)
    assert "\n".join(loaded.warnings) + "\n" == Path("warned.txt").read_text(encoding="utf-8")
    assert read_spec(VALID / "smallest.yaml", import_user_code=False).warnings == ()


@pytest.mark.parametrize(
    ("seed_size", "budget"), [(10, 11), ("10%", "10.5%"), ({"per_class": 2}, 2), ("99%", 5), (0, 1)]
)
def test_a_seed_size_is_compared_with_budgets_said_in_the_same_way(seed_size, budget):
    read(seed_sizes=seed_size, budgets=budget)
    if not isinstance(seed_size, dict) and isinstance(seed_size, type(budget)) and seed_size:
        with pytest.raises(SpecError, match="leaves nothing of a budget"):
            read(seed_sizes=seed_size, budgets=seed_size)


def test_a_mapping_a_text_and_a_file_say_the_same():
    path = VALID / "every_axis.yaml"
    from_file = load_experiment(path, import_user_code=True)
    from_text = load_experiment_text(from_file.text, folder=VALID, name="every_axis")
    assert from_text == from_file
    data = {key: value for key, value in vars(from_file).items() if key in {"random_state", "validation"}}
    assert data == {"random_state": 7, "validation": 0.1}


def test_the_text_of_a_mapping_reads_back_to_the_same_experiment():
    experiment = read(title="1e-3", models={"svm_rbf": {"C": 1e-05}})
    again = load_experiment_text(experiment.text)
    assert again.title == "1e-3"
    assert replace(again, text=experiment.text) == experiment


def test_a_mapping_may_hold_what_python_users_have_at_hand():
    experiment = read(budgets=np.int64(50), validation=np.float64(0.25), datasets=("iris", "wine"))
    assert experiment.budgets == (Size("count", 50),)
    assert experiment.validation == 0.25
    assert labels(experiment.datasets) == ["iris", "wine"]
    source = {"csv": {"path": Path("data") / "flowers.csv", "target": "species"}}
    assert labels(load_experiment_text({**SMALLEST, "datasets": source}, folder=VALID).datasets) == [
        "flowers"
    ]


def test_mistakes_in_a_mapping_are_named_by_their_keys():
    data = {**SMALLEST, "strategies": ["random", {"qbc": {"members": 1}}, "margn"], "budget": 3}
    with pytest.raises(SpecError) as caught:
        load_experiment_text(data, name="mine")
    assert str(caught.value) == (
        "mine: budget: error[unknown-key]: no axis or setting 'budget'\n"
        "  did you mean 'budgets'?\n"
        "mine: strategies[1].qbc.members: error[out-of-range]: 'members' must be at least 2, not 1\n"
        "mine: strategies[2]: error[unknown-strategy]: no strategy 'margn'\n"
        "  did you mean 'margin'?  (albench list strategies)\n"
        "3 errors in 1 file."
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1: 2}, "a key must be text, not 1"),
        (object(), "a spec cannot hold a object"),
        (float("nan"), "not-a-number has no place in a spec"),
        ({"a", "b"}, "a spec cannot hold a set"),
    ],
)
def test_what_a_mapping_cannot_hold(value, message):
    with pytest.raises(SpecError, match=message):
        read(title=value)


def test_a_mapping_that_holds_itself_is_refused():
    data = dict(SMALLEST)
    data["title"] = data
    with pytest.raises(SpecError, match="nested more than 32 deep"):
        load_experiment_text(data)


def test_control_characters_do_not_reach_the_terminal():
    with pytest.raises(SpecError) as caught:
        load_experiment_text('strategies: "\\e[31mred"\n', import_user_code=False)
    assert "\x1b" not in str(caught.value)
    assert r"no strategy '\x1b[31mred'" in str(caught.value)


@pytest.mark.parametrize("kind", ["strategy", "dataset", "seed_set", "oracle", "metric", "signal"])
def test_everything_built_in_can_be_named(kind):
    key = {"strategy": "strategies", "dataset": "datasets"}.get(kind, f"{kind}s")
    entries = [name for name, facts in load_catalogue()[kind].items() if not facts["required"]]
    experiment = load_experiment_text({**SMALLEST, "models": "logistic_regression", key: entries})
    axis = getattr(experiment, key)
    assert set(entries) <= set(labels(axis))


def test_validating_a_spec_of_built_in_names_imports_numpy_at_most():
    code = (
        "import sys, json; from pathlib import Path; from albench.spec.read import read_spec;"
        f"read_spec(Path({str(VALID / 'smallest.yaml')!r}), import_user_code=False);"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"scipy", "sklearn", "polars", "plotly", "joblib", "openml", "pandas"}
    assert not heavy & set(json.loads(done.stdout))
