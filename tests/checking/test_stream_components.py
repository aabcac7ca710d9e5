"""`albench check` of the strategies, budget managers and drifts of streams: what breaks a contract is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import albench
from albench.cli import cli
from albench.cli.check import load_component
from albench.registry.lookup import get_builtin, list_names

FILES = Path(__file__).with_name("files")


@pytest.fixture
def check(tmp_path, monkeypatch):
    shutil.copy(FILES / "stream_components.py", tmp_path)
    monkeypatch.chdir(tmp_path)

    def list_failures(entry):
        report = albench.check_component(load_component(entry))
        return {each.name: each.remark for each in report.checks if each.tried and not each.passed}

    return list_failures


@pytest.mark.parametrize("kind", ["stream_strategy", "budget_manager", "drift"])
def test_what_is_built_in_keeps_its_contract(kind):
    for name in list_names(kind):
        report = albench.check_component(get_builtin(kind, name)())
        assert report.passed, [vars(each) for each in report.checks if not each.passed]


@pytest.mark.parametrize("name", ["Unsure", "Third", "Mirrored"])
def test_components_that_keep_their_contract_pass(check, name):
    assert check(f"./stream_components.py:{name}") == {}


@pytest.mark.parametrize(
    ("name", "test", "words"),
    [
        ("Overspends", "two classes", "the budget manager did not allow"),
        ("Forgets", "two classes", "recorded []"),
        ("Draws", "two classes", "random.random is the same for all"),
        ("Remembers", "keeps its memory in its decider", "while another trial runs"),
        ("Misfit", "goes with its budget manager", "would both set the threshold"),
        ("Writes", "two classes", "read-only"),
        ("Generous", "every row is wanted", "'promises' says never more than"),
        ("Toggles", "every row is wanted", "changes its answer"),
        ("Loses", "two classes", "has shape (399,) for 400 rows"),
        ("MarksBeyond", "two classes", "marks (400,)"),
        ("Invents", "two classes", "returned 2"),
        ("Renames", "two classes", "keeps_labels() says that every row keeps its label"),
        ("FailsOnGaps", "missing numbers", "a value is missing"),
    ],
)
def test_what_breaks_a_contract_is_named(check, name, test, words):
    assert words in check(f"./stream_components.py:{name}")[test]


def test_the_command_finds_them_by_name(check):
    for name, n in (("split", 11), ("balanced_quantile", 5), ("{sudden: 0.3}", 5)):
        called = CliRunner().invoke(cli, ["check", name], standalone_mode=False)
        assert called.return_value == 0
        assert called.stdout.endswith(f"\n\n{n} passed\n")


def test_show_says_with_what_manager_a_strategy_was_published_and_whether_one_keeps_its_budget():
    shown = {
        (kind, name): CliRunner().invoke(cli, ["show", kind, name]).stdout
        for kind, name in (("stream_strategy", "split"), ("budget_manager", "estimated"))
    }
    assert "published with budget manager estimated\n" in shown["stream_strategy", "split"]
    assert "keeps a budget no: it may be exceeded\n" in shown["budget_manager", "estimated"]
