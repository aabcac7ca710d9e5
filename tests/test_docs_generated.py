"""Pages that are written from the code are current, and name all that the code knows."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

import albench
from albench.narrative.checks import run_checks, streams

DOCS = Path(__file__).parents[1] / "docs"
SCHEMA = json.loads((DOCS.parent / "albench/spec/experiment.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["make_yaml", "make_checks", "make_stopping"])
def test_a_page_is_what_its_script_writes(name):
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.TARGET.read_text(encoding="utf-8") == script.format_page(), f"run python docs/{name}.py"


def list_keys(schema):
    """Return the name of every property in a schema, however deep."""
    if isinstance(schema, list):
        return {key for item in schema for key in list_keys(item)}
    if not isinstance(schema, dict):
        return set()
    names = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return names | list_keys(list(schema.values()))


def read_section(title):
    """Return the text below a heading of yaml.md, up to the next heading of its level."""
    text = (DOCS / "yaml.md").read_text(encoding="utf-8")
    level, rest = re.search(rf"^(#+) {re.escape(title)}$(.*)", text, re.MULTILINE | re.DOTALL).groups()
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("name", SCHEMA["properties"])
def test_every_key_of_a_spec_stands_in_the_reference_with_all_keys_below_it(name):
    section = read_section(name)
    key = SCHEMA["properties"][name]
    parts = re.findall(r'"#/\$defs/(setting\.\w+)"', json.dumps(key))
    for below in list_keys([key, *(SCHEMA["$defs"][part] for part in parts)]):
        assert re.search(rf"`{below}`|{{{below}: ", section), f"{below} of {name}"
    assert "- *Type*: " in section
    assert "- *Default*: " in section
    assert f"\n{name}: " in section or f"\n{name}:\n" in section  # the example


KINDS = {
    "dataset": "Built-in datasets",
    "split": "Built-in splits",
    "seed_set": "Built-in seed sets",
    "oracle": "Built-in oracles",
    "metric": "Built-in metrics",
    "signal": "Built-in signals",
    "stopping_rule": "Built-in stopping rules",
    "stream_strategy": "Built-in stream strategies",
    "budget_manager": "Built-in budget managers",
    "drift": "Built-in drifts",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_component_and_parameter_stands_in_the_reference(kind):
    section = read_section(KINDS[kind])
    for name, schema in SCHEMA["$defs"].items():
        if name.startswith(f"{kind}."):
            keys = list_keys(schema) - {"numeric", "categorical", "text", "then"}  # of preprocessing
            keys -= set() if kind == "dataset" else {"label"}
            words = {*keys, name.split(".")[1]} if name.count(".") == 1 else keys
            assert [word for word in words if f"`{word}`" not in section] == [], name


def test_every_classifier_stands_in_the_reference():
    section = read_section("Built-in classifiers")
    assert {"logistic_regression", "torch_mlp", "lightgbm"} < set(re.findall(r"- `(\w+)`", section))


def test_every_check_that_the_page_makes_stands_among_the_checks():
    source = Path(run_checks.__file__).read_text(encoding="utf-8")
    n = len(re.findall(r"^        \w+\.check_\w+\(", source, re.MULTILINE))
    source = Path(streams.__file__).read_text(encoding="utf-8")
    n_of_streams = len(re.findall(r"^        check_\w+\(", source, re.MULTILINE))
    page = (DOCS / "checks.md").read_text(encoding="utf-8")
    codes = [*range(1, n + 1), *range(101, 101 + n_of_streams)]
    assert re.findall(r"^## (ALB\d+)$", page, re.MULTILINE) == [f"ALB{i:03}" for i in codes]
    assert n >= 17
    assert n_of_streams >= 4


def test_every_public_name_is_on_the_page_of_python():
    names = re.findall(r"^::: albench\.(\w+)$", (DOCS / "api.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(names) == sorted(albench.__all__)
