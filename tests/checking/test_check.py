"""`albench check`: what is wrong with a strategy is found, and said."""

from __future__ import annotations

import json
import random
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import albench
from albench.checking.cost import CostCurve, measure_cost_curve
from albench.checking.no_global_random import forbid_global_randomness
from albench.checking.other_process import collect_picks
from albench.checking.pools import list_suitable_pools, make_awkward_pools
from albench.cli import cli
from albench.errors import StrategyError
from albench.registry.lookup import get_builtin, import_user_class, make_recipe, restore_component

FILES = Path(__file__).with_name("files")


@pytest.fixture(autouse=True)
def picks_here(request, monkeypatch):
    """Make the picks of the other process in this one, but for tests that ask for ``another_process``."""

    def collect_picks_here(strategy):
        sent = restore_component(json.loads(json.dumps(make_recipe(strategy))))
        return collect_picks(sent, list_suitable_pools(sent)[0], 0)

    if "another_process" not in request.fixturenames:
        monkeypatch.setattr("albench.checking.strategies.collect_picks_elsewhere", collect_picks_here)


@pytest.fixture
def another_process():
    """Start the process, which takes a second or two."""


def make_strategy(name, **params):
    return import_user_class(albench.Strategy, f"./strategies.py:{name}", FILES)(**params)


def failed(name, **params):
    report = albench.check_strategy(make_strategy(name, **params), measure_cost=False)
    assert report.passed == all(check.passed for check in report.checks)
    return {check.name: check.remark for check in report.checks if not check.passed}


def test_a_strategy_that_keeps_the_contract_passes(another_process):
    assert failed("Far") == {}
    assert failed("Far", power=2) == {}


def test_a_misspelt_declaration_is_told_to_be_no_parameter_either(albench_in, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from albench import Need, Strategy\n\n\nclass Mine(Strategy):\n    need = frozenset({Need.PROBA})\n"
    )
    done = albench_in(tmp_path, "check", "./mine.py:Mine")
    assert done.returncode == 2
    assert "`need = " in done.stderr
    assert "has a name that its kind declares, as 'needs' (misspelt?)" in done.stderr
    assert "PydanticUserError" not in done.stderr


def test_a_class_without_a_docstring_is_told_to_have_one():
    assert list(failed("Silent")) == ["describes itself"]


def test_global_randomness_is_found():
    failures = failed("Global")
    assert set(failures) == {
        "same seed, same picks",
        "same picks in another process",
        "a longer trial begins like a shorter one",
        "no random numbers but from pool.rng",
    }
    assert "numpy.random.rand" in failures["no random numbers but from pool.rng"]


def test_a_generator_without_a_seed_is_found_even_if_it_changes_nothing():
    assert list(failed("Unseeded")) == ["no random numbers but from pool.rng"]


def test_picks_that_depend_on_the_process_are_found(another_process):
    failures = failed("Hashed")
    assert list(failures) == ["same picks in another process"]
    assert "hash()" in failures["same picks in another process"]


def test_what_is_no_picks_is_told():
    assert (
        "StrategyError: select() returned a list; it returns albench.Picks"
        in failed("Listed")["three classes"]
    )


def test_repeated_picks_are_found():
    failures = failed("Twice")
    assert "4 of 5 picks are repeated" in failures["three classes"]
    assert "one candidate a round" not in failures


def test_a_model_that_is_fitted_again_or_changed_is_found():
    failures = failed("ChangesModel")
    assert list(failures) == ["leaves the model as it is"]
    assert "it changes pool.model, in round 0" in failures["leaves the model as it is"]


def test_what_breaks_with_two_classes_is_found():
    assert {"two classes", "two classes, nine to one", "all rows equal"} == set(failed("OfThree"))


def test_what_breaks_with_nothing_labelled_is_found():
    failures = failed("NeedsLabels")
    assert list(failures) == ["no label at the start"]
    assert "IndexError" in failures["no label at the start"]


OF_TWO = {"two classes", "two classes, nine to one", "all rows equal"}


@pytest.mark.parametrize(
    ("classes", "ordinary", "left"),
    [
        ((2, 3, 4), "three classes", set()),
        ((3, 4), "three classes", OF_TWO),
        ((2,), "two classes, four features", set()),
        ((4, 7), "4 classes", OF_TWO),
        ((10,), "10 classes", OF_TWO),
    ],
)
def test_pools_that_a_strategy_says_are_not_for_it_are_left_out(classes, ordinary, left):
    report = albench.check_strategy(make_strategy("OfSome", classes=classes), measure_cost=False)
    assert report.passed
    assert report.checks[1].name == ordinary
    assert {check.name for check in report.checks if not check.tried} == left
    assert {check.remark for check in report.checks if not check.tried} <= {"not for 2 classes"}


def test_what_breaks_in_a_pool_that_is_for_it_still_fails():
    report = albench.check_strategy(make_strategy("OfSome", classes=(3,), broken=True), measure_cost=False)
    assert not report.passed
    tried = [check for check in report.checks if check.tried]
    assert [check.name for check in tried if check.passed] == ["describes itself"]
    assert "something of its own" in tried[1].remark


def test_a_strategy_that_no_pool_is_for_does_not_pass():
    report = albench.check_strategy(make_strategy("OfSome", classes=(11,)))
    assert not report.passed
    assert [check.name for check in report.checks if check.tried] == ["describes itself"]
    assert report.cost is None


@pytest.mark.parametrize(
    ("strategy", "params"),
    [
        ("cost_sensitive", {"costs": [[0, 1], [5, 0]]}),
        ("cost_sensitive", {"costs": (5 * (1 - np.eye(4))).tolist()}),
        ("relevance", {"positive": 2}),
        ("epsilon_greedy", {"strategy": {"relevance": 3}}),
    ],
)
def test_parameters_of_some_number_of_classes_can_pass(strategy, params):
    assert albench.check_strategy(
        get_builtin("strategy", strategy).model_validate(params), measure_cost=False
    ).passed


def test_the_cost_of_two_classes_is_measured_with_two():
    curve = measure_cost_curve(get_builtin("strategy", "cost_sensitive")(costs=((0, 1), (5, 0))), seconds=0.1)
    assert curve.sizes[0] == 500
    assert curve.classes == 2
    assert measure_cost_curve(make_strategy("Far"), seconds=0.1).classes == 5


def test_dropout_is_sampled_from_a_network():
    strategy = get_builtin("strategy", "qbc")(committee="mc_dropout", members=2)
    report = albench.check_strategy(strategy, measure_cost=False)
    if find_spec("torch"):
        assert report.passed
    else:
        assert not report.passed
        assert all("pip install 'albench[torch]'" in check.remark for check in report.checks[1:])


def test_the_guard_refuses_and_then_lets_go():
    with forbid_global_randomness():
        for draw in (np.random.rand, np.random.default_rng, random.random, np.random.seed):
            with pytest.raises(StrategyError):
                draw()
        from sklearn.utils import check_random_state

        with pytest.raises(StrategyError):
            check_random_state(None).permutation(3)
        np.random.default_rng(0).random()
        np.random.default_rng(np.random.SeedSequence(1)).random()
    np.random.rand()  # noqa: NPY002
    random.random()  # noqa: S311


def test_awkward_pools_are_what_their_names_say():
    by_name = {pool.name: pool for pool in make_awkward_pools()}
    seeds = {name: pool.labels[: pool.seed_size] for name, pool in by_name.items()}
    assert set(seeds["one class among the labels"]) == {0}
    assert set(seeds["a class that is not among the labels yet"]) == {0, 1}
    assert by_name["one feature"].features.shape[1] == 1
    assert np.unique(by_name["duplicated rows"].features, axis=0).shape[0] == 6
    assert by_name["duplicated rows"].batch_size * by_name["duplicated rows"].rounds > 6
    larger = by_name["a batch larger than what is left"]
    assert larger.n_labels == larger.labels.size
    assert (larger.labels.size - larger.seed_size) % larger.batch_size
    assert np.unique(by_name["all rows equal"].features, axis=0).shape[0] == 1


def test_a_cost_curve_doubles_the_pool_until_its_time_is_up():
    curve = measure_cost_curve(make_strategy("Quadratic"), seconds=1.0)
    assert curve.sizes == tuple(500 * 2**i for i in range(len(curve.sizes)))
    assert len(curve.seconds) == len(curve.sizes)


def test_growth_needs_two_measurements_above_the_noise():
    assert CostCurve((500, 1000), (0.001, 0.002)).growth is None
    assert CostCurve((500, 1000, 2000), (0.001, 0.1, 0.2)).growth == pytest.approx(1)
    assert CostCurve((500, 1000, 2000), (0.1, 0.4, 1.6)).growth == pytest.approx(2)


@pytest.fixture
def called(tmp_path, monkeypatch):
    shutil.copy(FILES / "strategies.py", tmp_path / "my.py")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli, ["check", *arguments], standalone_mode=False)


def test_the_command_prints_and_ends_with_0_or_4(called, another_process):
    good = called("./my.py:Far", "--no-cost")
    assert good.return_value == 0
    assert "20 passed" in good.stdout
    bad = called("./my.py:Twice", "--no-cost")
    assert bad.return_value == 4
    assert "FAILED  three classes" in bad.stdout


RAISES = """from albench import Strategy


class Raises(Strategy):
    def utilities(self, pool, state):
        return pool.no_such_thing
"""


def test_a_failure_is_told_once_with_its_line(called, tmp_path):
    (tmp_path / "raises.py").write_text(RAISES, encoding="utf-8")
    lines = called("./raises.py:Raises", "--no-cost").stdout.splitlines()
    failed_lines = [line for line in lines if "no_such_thing" in line]
    assert failed_lines[0].startswith("  FAILED  three classes ")
    assert failed_lines[0].endswith(", at line 6 of raises.py")
    # With no labels at the start the sentence is another one.
    assert len(failed_lines) == 2
    assert re.search(r"^  FAILED  one feature +as for three classes$", "\n".join(lines), re.MULTILINE)


def test_the_command_says_what_was_not_tried(called):
    result = called('{"./my.py:OfSome": {classes: [3]}}', "--no-cost")
    assert result.return_value == 0
    assert re.search(r"^  -       two classes +not tried: not for 2 classes$", result.stdout, re.MULTILINE)
    assert result.stdout.endswith("\n\n17 passed, 3 not tried\n")
    refused = called('{"./my.py:OfSome": {classes: [11]}}', "--no-cost")
    assert refused.return_value == 4
    assert refused.stdout.endswith("\n\n1 passed, 19 not tried: nothing was run\n")


def test_the_command_takes_parameters_and_gives_json(called):
    result = called('{"./my.py:Far": {power: 3}}', "--no-cost", "--json")
    data = json.loads(result.stdout)
    assert data["passed"] is True
    assert data["strategy"] == {"name": "my.py:Far", "params": {"power": 3.0}}
    assert data["cost"] is None


def test_the_command_measures_the_cost(called, monkeypatch):
    monkeypatch.setattr("albench.checking.cost.SIZES", (500, 1000))
    text = called("./my.py:Far").stdout
    assert "CPU seconds of a query (20 features, 5 classes, batches of 10):" in text
    assert "its growth is too small to measure; declared: linear" in text


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("margn", "did you mean 'margin'?"),
        ("./my.py:Nobody", "has no 'Nobody'"),
        ("{margin: {widht: 3}}", "'margin': no parameter 'widht'"),
        ("{margin", "{margin is no YAML: no ',' or '}' before this"),
        ("./other.py:Far", "no file './other.py'"),
    ],
)
def test_what_is_no_strategy_is_a_usage_error(called, entry, message):
    result = called(entry)
    assert message in str(result.exception)
    assert type(result.exception).__name__ == "UsageError"
