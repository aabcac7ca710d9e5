"""The page of metrics is current, and the metric that it writes out passes its check."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.metrics import fbeta_score

import albench
from albench.checking.metrics import GivenOutputs
from albench.cli import cli
from albench.registry.catalogue import load_catalogue
from albench.registry.imports import import_object

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "metrics.md"
pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="a wheel has no documentation")


def test_the_page_of_metrics_is_current():
    spec = importlib.util.spec_from_file_location("make_metrics", ROOT / "docs" / "make_metrics.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TARGET.read_text(encoding="utf-8") == module.format_page(), (
        "run python docs/make_metrics.py"
    )


def test_every_metric_has_its_section():
    sections = re.findall(r"^### (\w+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(sections) == list(load_catalogue()["metric"])


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (text,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    (tmp_path / "my_metric.py").write_text(text, encoding="utf-8")
    return text


def test_the_commands_of_the_page_pass(source):
    commands = re.findall(r"^albench check (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        result = CliRunner().invoke(cli, ["check", command.strip("'")], standalone_mode=False)
        assert result.return_value == 0, result.output


def test_the_metric_of_the_page_is_scikit_learns(source):
    rng = np.random.default_rng(0)
    labels, predicted = rng.integers(3, size=(2, 50))
    metric = import_object("./my_metric.py:FBeta", Path())(beta=0.5)
    score = metric.score(GivenOutputs(labels, predicted, None, ("a", "b", "c")))
    assert score == pytest.approx(fbeta_score(labels, predicted, beta=0.5, average="macro"))


def test_two_of_it_stand_in_one_experiment_each_with_its_column(source):
    spec = {
        "datasets": {"two_moons": {"n_rows": 60}},
        "models": "gaussian_nb",
        "strategies": "margin",
        "budgets": 12,
        "repeats": 1,
        "execution": {"n_jobs": 1, "backend": "inline"},
        "metrics": ["./my_metric.py:FBeta", {"./my_metric.py:FBeta": {"beta": 0.5}}],
        "primary_metric": "f_beta_0.5",
    }
    ran = albench.run(spec)
    assert {"f_beta_2", "f_beta_0.5"} <= set(ran.curves.columns)
    assert albench.plan(spec).to_run == 0
    # What was kept of the spec reads as the same.
    again = albench.load_experiment(ran.folder.read_text("resolved.yaml"))
    assert [entry.label for entry in again.metrics][-2:] == ["f_beta_2", "f_beta_0.5"]
