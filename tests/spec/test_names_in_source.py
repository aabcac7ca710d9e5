"""`validate` imports nothing of the user's, and yet calls classes beside the spec as `plan` does."""

from __future__ import annotations

import pytest

from albench.errors import SpecError
from albench.spec.read import check_spec, load_experiment

HEADER = """
from typing import ClassVar
import albench
from albench import Metric, Strategy
from albench.strategies.uncertainty import Margin

"""
SCORE = "    def score(self, truth):\n        return 0.5\n"
UTILITIES = "    def utilities(self, pool, state):\n        return pool.proba[:, 0]\n"
METRICS = {
    "a name": ("class Mine(Metric):\n    name = 'half'\n" + SCORE, "half"),
    "a name with its type": (
        "class Mine(albench.Metric):\n    name: ClassVar[str] = 'half'\n" + SCORE,
        "half",
    ),
    "an inherited name": (
        f"class First(Metric):\n    name = 'half'\n{SCORE}\n\nclass Mine(First):\n    pass\n",
        "half",
    ),
    "a computed name": ("class Mine(Metric):\n    name = 'ha' + 'lf'\n" + SCORE, "half"),
}
STRATEGIES = {
    "a name": ("class Mine(Strategy):\n    name = 'nice'\n" + UTILITIES, "nice"),
    "no name": ("class Mine(Strategy):\n" + UTILITIES, "Mine"),
    "the name of a built-in one": ("class Mine(Margin):\n    pass\n", "margin"),
}


@pytest.fixture
def write(tmp_path):
    def written(source, more):
        (tmp_path / "mine.py").write_text(HEADER + source, encoding="utf-8")
        path = tmp_path / "e.yaml"
        path.write_text(f"datasets: iris\nmodels: gaussian_nb\nbudgets: 30\n{more}", encoding="utf-8")
        return path

    return written


def find_errors(read, path, **options):
    try:
        read(path, **options)
    except SpecError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("what", METRICS)
def test_the_primary_metric_may_be_one_s_own_by_its_name(write, what):
    source, name = METRICS[what]
    path = write(source, f"strategies: margin\nmetrics: ./mine.py:Mine\nprimary_metric: {name}\n")
    assert find_errors(check_spec, path) == ""
    assert find_errors(load_experiment, path, import_user_code=True) == ""


@pytest.mark.parametrize("what", [what for what in METRICS if what != "a computed name"])
def test_the_name_of_a_class_that_has_another_name_is_no_metric_to_either(write, what):
    path = write(METRICS[what][0], "strategies: margin\nmetrics: ./mine.py:Mine\nprimary_metric: Mine\n")
    errors = find_errors(check_spec, path)
    assert "the primary metric 'Mine' is not among the metrics" in errors
    assert errors == find_errors(load_experiment, path, import_user_code=True)


@pytest.mark.parametrize("what", STRATEGIES)
def test_the_second_baseline_may_be_one_s_own_by_its_name(write, what):
    source, name = STRATEGIES[what]
    path = write(source, f"strategies: ./mine.py:Mine\nbaseline: {name}\n")
    assert find_errors(check_spec, path) == ""
    assert find_errors(load_experiment, path, import_user_code=True) == ""


def test_a_file_that_is_no_python_is_the_business_of_its_import(write):
    path = write("class Mine(:\n", "strategies: ./mine.py:Mine\nbaseline: nice\n")
    assert find_errors(check_spec, path) == ""
    assert "error[import]" in find_errors(load_experiment, path, import_user_code=True)


MISSING = {
    "strategy": "strategies: {epsilon_greedy: {strategy: './no.py:Mine'}}\n",
    "model": "strategies: margin\nmodels: {bagging: {estimator: './no.py:Mine'}}\n",
    "step": "strategies: margin\npreprocessing: {then: ['./no.py:Mine']}\n",
}


@pytest.mark.parametrize("what", MISSING)
def test_a_file_that_is_not_there_is_missed_within_another_component_too(write, what):
    path = write("", MISSING[what])
    if what == "model":
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("models: gaussian_nb\n", ""), encoding="utf-8")
    for read, options in ((check_spec, {}), (load_experiment, {"import_user_code": True})):
        assert "no.py' beside the spec" in find_errors(read, path, **options)
