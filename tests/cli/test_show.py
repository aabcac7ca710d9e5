"""`albench show`: one's own data, the parameters of an estimator, classes by their import path."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest
from click.testing import CliRunner

from albench.cli import cli
from albench.cli.show_facts import describe_constructor

SPEC = """\
datasets:
  - csv: {path: plants.csv, target: kind, text: [note], label: plants}
  - csv: {path: prices.csv, target: price, task: regression, label: prices}
  - npz: bits.npz
  - openml: 31
models: gaussian_nb
strategies: margin
budgets: 20
"""
PLANTS = "stem,leaf,note,kind\n1,a,x y,herb\n2,b,z,tree\n,a,x,tree\n4,,,tree\n"
MINE = '''\
from typing import ClassVar

from pydantic import Field

from albench import Need, Strategy


class Mine(Strategy):
    """Largest of something."""

    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA, Need.LABELS})
    complexity: ClassVar[str] = "O(n)"
    reference: ClassVar[str] = "me"

    power: float = Field(default=1.5, ge=0)
    """What it is raised to."""
'''


@pytest.fixture
def show(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALBENCH_CACHE", str(tmp_path / "cache"))

    def shown(*arguments):
        return CliRunner().invoke(cli, ["show", *arguments])

    return shown


@pytest.fixture
def spec(tmp_path):
    import numpy as np

    (tmp_path / "plants.csv").write_text(PLANTS, "utf-8")
    (tmp_path / "prices.csv").write_text("stem,price\n1,2.5\n2,-1\n3,0\n", "utf-8")
    np.savez(tmp_path / "bits.npz", X=np.eye(4, dtype=bool), y=np.array([0, 1, 1, 1]))
    (tmp_path / "my.yaml").write_text(SPEC, "utf-8")
    return "my.yaml"


def test_a_dataset_of_an_experiment(show, spec):
    result = show("dataset", "plants", spec)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "plants"
    for line in (
        "source         plants.csv",
        "rows           4",
        "features       1 numeric, 1 categorical, 1 text; 2 missing cells",
        "  herb       1  25.0%",
        "  tree       3  75.0%",
        "note: class 'herb' has one row: it is learnt or scored, never both",
    ):
        assert line in lines


def test_a_dataset_of_an_experiment_as_json(show, spec):
    contents = json.loads(show("dataset", "bits", spec, "--json").stdout)
    assert (contents["source"], contents["content"]["types"]) == ("bits.npz", {"numeric": 4})
    assert contents["content"]["classes"] == {"0": 1, "1": 3}
    assert len(contents["content"]["hash"]) == 64


def test_a_dataset_whose_target_is_a_number(show, spec):
    lines = show("dataset", "prices", spec).stdout.splitlines()
    assert "rows           3" in lines
    assert "features       1 numeric; 0 missing cells" in lines
    assert "classes" not in lines


def test_a_dataset_that_cannot_be_shown(show, spec):
    missing = show("dataset", "openml-31", spec)
    assert str(missing.exception) == (
        "not in the cache: openml 31: `albench fetch my.yaml` downloads what is missing"
    )
    unknown = show("dataset", "plant", spec)
    assert unknown.exit_code == 2
    assert "no dataset in my.yaml called 'plant'. Did you mean 'plants'?" in unknown.output
    wrong = show("strategy", "margin", spec)
    assert wrong.exit_code == 2
    assert "`albench show dataset LABEL SPEC` take an" in wrong.output


def test_a_strategy_of_ones_own(show, tmp_path):
    (tmp_path / "my.py").write_text(MINE, "utf-8")
    lines = show("strategy", "./my.py:Mine").stdout.splitlines()
    for line in (
        "Largest of something.",
        "needs          labels, proba",
        "cost           linear",
        "complexity     O(n)",
        "reference      me",
        "  power (default 1.5)",
        "      What it is raised to.",
    ):
        assert line in lines
    assert "'./my.py' has no 'Yours'" in str(show("strategy", "./my.py:Yours").exception)


@pytest.mark.skipif(not find_spec("skactiveml"), reason="needs the extra albench[skactiveml]")
def test_a_strategy_of_scikit_activeml(show):
    lines = show("strategy", "skactiveml.pool.Quire").stdout.splitlines()
    for line in (
        "needs          labels",
        "cost           quadratic",
        "  lmbda (default 1.0)",
        "  max_pool (default 10000)",
    ):
        assert line in lines
    assert not [line for line in lines if line.startswith(("  cls ", "  params ", "  classes "))]


def test_a_class_that_scikit_activeml_does_not_have(show):
    for command in ("show", "strategy"), ("check",):
        result = CliRunner().invoke(cli, [*command, "skactiveml.pool.Nope"])
        message = result.output + str(result.exception)
        assert (
            "no strategy for classifiers 'skactiveml.pool.Nope'; there are Badge, BatchBALD, Clue" in message
        )


def test_a_model_lists_the_parameters_of_its_estimator(show):
    lines = show("model", "svm_rbf").stdout.splitlines()
    assert {"  C (default 1.0)", '  gamma (default "scale")', "  max_iter (default -1)"} <= set(lines)
    assert "  max_iter (default 1000)" in show("model", "logistic_regression").stdout.splitlines()
    forest = show("model", "random_forest").stdout.splitlines()
    assert "  n_estimators (default 100)" in forest
    seed = forest.index("  random_state (default null)")
    assert forest[seed + 1] == "      Seeded by albench unless given."
    assert "  estimator (required)" in show("model", "one_vs_rest").stdout.splitlines()


@pytest.mark.skipif(bool(find_spec("xgboost")), reason="the extra is installed")
def test_a_model_of_an_extra_that_is_not_installed(show):
    (line,) = (line for line in show("model", "xgboost").stdout.splitlines() if line.startswith("Its "))
    assert line.startswith("Its parameters cannot be listed: cannot import 'xgboost'")
    assert line.endswith("install it with: pip install 'albench[xgboost]'")


def test_an_estimator_that_takes_any_parameter_says_itself_which():
    class Open:
        def __init__(self, *, objective="logistic", **rest):
            self.objective, self.rest = objective, rest

        def get_params(self, *, deep):
            return {"objective": self.objective, "depth": 6, "missing": abs}

    known = describe_constructor(Open)
    assert list(known) == ["objective", "depth", "missing"]
    assert known["depth"] == {"default": 6}
    assert known["missing"] == {"default": str(abs)}
