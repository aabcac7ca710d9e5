"""What is written about strategies is current, and what a newcomer is told to type works."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import albench
from albench import strategies
from albench.cli import cli
from albench.registry.catalogue import load_catalogue
from albench.strategies import numerics

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="a wheel has no documentation")


def test_the_page_of_strategies_is_current():
    spec = importlib.util.spec_from_file_location("make_strategies", ROOT / "docs" / "make_strategies.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TARGET.read_text(encoding="utf-8") == module.page(), "run python docs/make_strategies.py"


def test_every_strategy_has_its_section():
    text = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (\w+)$", text, flags=re.MULTILINE) == [
        name
        for family in re.findall(r"^## (\w+)$", text, flags=re.MULTILINE)
        for name, facts in load_catalogue()["strategy"].items()
        if facts["family"] == family
    ]
    assert len(re.findall(r"^### ", text, flags=re.MULTILINE)) == len(load_catalogue()["strategy"])


def test_a_strategy_stands_in_the_file_of_its_name_or_of_its_family():
    for name, facts in load_catalogue()["strategy"].items():
        assert facts["class"].partition(":")[0].rpartition(".")[2] in {name, facts["family"]}


def test_the_maps_of_the_folders_name_every_module_that_is_no_strategy():
    for package in (strategies, numerics):
        named = {*re.findall(r"\w+", package.__doc__), *load_catalogue()["strategy"], "__init__"}
        assert {path.stem for path in Path(package.__file__).parent.glob("*.py")} <= named


def blocks(title, language):
    """Code blocks of a section of CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split(f"## {title}\n")[1].split("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, flags=re.DOTALL)


def test_the_strategy_that_a_newcomer_writes_passes_its_check(tmp_path, monkeypatch):
    (source,) = blocks("A strategy from nothing to a green check in ten minutes", "python")
    assert len(source.splitlines()) <= 30
    (tmp_path / "my.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    name = re.search(r"class (\w+)\(Strategy\)", source)[1]
    commands = " ".join(blocks("A strategy from nothing to a green check in ten minutes", "sh"))
    assert f"albench check ./my.py:{name}" in commands
    result = CliRunner().invoke(cli, ["check", f"./my.py:{name}", "--no-cost"], standalone_mode=False)
    assert result.return_value == 0, result.stdout


def test_the_batch_that_a_newcomer_builds_passes_its_check_and_without_a_push_is_margin(
    tmp_path, monkeypatch
):
    (source,) = blocks("A batch, pick by pick", "python")
    (tmp_path / "my.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    name = re.search(r"class (\w+)\(Strategy\)", source)[1]
    result = CliRunner().invoke(cli, ["check", f"./my.py:{name}", "--no-cost"], standalone_mode=False)
    assert result.return_value == 0, result.stdout
    spec = "datasets: wine\nmodels: logistic_regression\nbudgets: 20\nseed_sizes: 6\nbatch_sizes: 7\nrepeats: 2\n"
    spec += f"strategies: [margin, {{./my.py:{name}: {{push: 0, label: near}}}}, {{./my.py:{name}: {{label: far}}}}]\n"
    (tmp_path / "my.yaml").write_text(spec, encoding="utf-8")
    results = albench.run("my.yaml", backend="inline")
    queried = {}
    for row in results.queries.join(results.trials, on="key").sort("split", "round", "rank").to_dicts():
        queried.setdefault(row["strategy"], []).append((row["split"], row["round"], row["row"]))
    assert queried["margin"] == queried["near"] != queried["far"]
