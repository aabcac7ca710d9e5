"""`albench check` of metrics, signals, oracles, seed set methods and models: what breaks a contract is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import albench
from albench.cli import cli
from albench.cli.check import load_component
from albench.registry.catalogue import load_catalogue
from albench.registry.lookup import get_builtin, list_names

FILES = Path(__file__).with_name("files")
PARAMETERS = {
    "confusion": {"matrix": {"a": {"b": 0.1}}},
    "weighted_error": {"costs": {"1": 9}},
    "annotators": {"who": {"anna": {"skill": 0.9}, "ben": {"skill": 0.6}}},
    "columns": {"who": {"llm": {"column": "llm"}}},
    "rows": {"list": tuple(range(29, -1, -1))},
}


@pytest.fixture
def check(tmp_path, monkeypatch):
    shutil.copy(FILES / "components.py", tmp_path)
    monkeypatch.chdir(tmp_path)

    def checked(entry):
        report = albench.check_component(load_component(entry))
        assert report.passed == all(each.passed for each in report.checks if each.tried)
        return {each.name: each.remark for each in report.checks if each.tried and not each.passed}

    return checked


@pytest.mark.parametrize("name", ["Kappa", "Spread", "Honest", "Early", "Seen", "Good"])
def test_components_that_keep_their_contract_pass(check, name):
    assert check(f"./components.py:{name}") == {}


@pytest.mark.parametrize("kind", ["metric", "signal", "oracle", "seed_set", "stopping_rule"])
def test_what_is_built_in_keeps_its_contract(check, kind):
    for name in list_names(kind):
        needed = dict.fromkeys(load_catalogue()[kind][name]["required"], "1")
        parameters = PARAMETERS.get(name, needed)
        report = albench.check_component(get_builtin(kind, name).model_validate(parameters))
        assert report.passed, [vars(each) for each in report.checks if not each.passed]


@pytest.mark.parametrize(
    "name", ["logistic_regression", "gaussian_nb", "svm_rbf", "sklearn.linear_model.Perceptron"]
)
def test_models_are_checked_by_short_name_and_by_import_path(check, name):
    assert check(name) == {}


@pytest.mark.parametrize(
    ("name", "test", "words"),
    [
        ("OutOfBounds", "all wrong and certain", "'bounds' say between 0 and 1"),
        ("Sorts", "two classes", "read-only, at line"),
        ("Undeclared", "two classes", "set needs_proba to True"),
        ("Backwards", "right answers score best", "greater_is_better says True"),
        ("FirstRow", "three classes", "depends on the order of the rows"),
        ("Random", "two classes", "draw"),
        ("Infinite", "two classes", "returned inf"),
        ("Coded", "two classes", "returned 2"),
        ("Writes", "two classes", "read-only"),
        ("Moody", "two classes", "draw from rng alone"),
        ("NoPrefix", "two classes", "are not the first"),
        ("Twice", "two classes", "repeated"),
        ("Hidden", "two classes", "set looks_at_features to True"),
        ("Secret", "declares that it looks at labels", "set looks_at_labels to True"),
        ("NoReturn", "fit returns the estimator", "it returns self"),
        ("Logs", "three classes", "no probabilities"),
        ("Contradicts", "three classes", "90 of 90 predictions"),
        ("AllClasses", "a class that is not among the labels yet", "not the most probable class"),
    ],
)
def test_what_breaks_a_contract_is_named(check, name, test, words):
    failures = check(f"./components.py:{name}")
    assert words in failures[test]


def test_the_command_tells_kinds_apart(check):
    def call(*arguments):
        return CliRunner().invoke(cli, ["check", *arguments], standalone_mode=False)

    passed = call("./components.py:Kappa")
    assert passed.return_value == 0
    assert passed.stdout.endswith("\n\n11 passed\n")
    failed = call("./components.py:Coded", "--json")
    assert failed.return_value == 4
    assert json.loads(failed.stdout)["oracle"] == {"name": "components.py:Coded"}
    assert json.loads(failed.stdout)["cost"] is None
    nothing = CliRunner().invoke(cli, ["check", "./components.py:np"])
    assert nothing.exit_code == 2
    assert "neither a component of albench nor an estimator" in nothing.output


@pytest.mark.parametrize("name", ["Kappa", "Tired", "Shuffled", "WideBayes"])
def test_the_examples_of_contributing_keep_their_contracts(check, name):
    text = (Path(albench.__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (code,) = (block for block in text.split("```python\n") if "class Kappa" in block)
    Path("mine.py").write_text(code.partition("```")[0], encoding="utf-8")
    assert check(f"./mine.py:{name}") == {}
