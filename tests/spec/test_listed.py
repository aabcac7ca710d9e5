"""A spec that is only checked is judged as one that is read: built-in components by their catalogue entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from albench.errors import SpecError
from albench.registry.catalogue import load_catalogue
from albench.registry.lookup import get_builtin
from albench.spec.components import get_base_label
from albench.spec.listed import ListedComponent
from albench.spec.read import check_spec, read_spec

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BROKEN = sorted(path.name for path in (HERE / "broken").glob("*.yaml") if not path.name.startswith("import_"))
EXPERIMENTS = sorted((ROOT / "experiments").rglob("*.yaml"))
MADE_TABLES = "path: data/"
"""Written by experiments/make_data.py; tests/test_docs_commands.py reads the experiments that name them."""
GOOD = [
    *sorted((HERE / "valid").glob("*.yaml")),
    *(path for path in EXPERIMENTS if MADE_TABLES not in path.read_text(encoding="utf-8")),
]
BARE = [
    (kind, name)
    for kind, components in load_catalogue().items()
    for name, facts in components.items()
    if kind != "model" and not facts["required"]
]


def both(kind, name):
    return ListedComponent(kind, name, load_catalogue()[kind][name]), get_builtin(kind, name)()


@pytest.mark.parametrize(("kind", "name"), BARE)
def test_listed_is_the_component_with_its_defaults(kind, name):
    listed, component = both(kind, name)
    assert get_base_label(listed) == get_base_label(component) == name
    assert listed.parameters() == component.parameters()
    assert listed == component
    assert component == listed
    assert (listed != component) is False


@pytest.mark.parametrize("name", [name for kind, name in BARE if kind == "strategy"])
def test_what_a_strategy_needs(name):
    listed, component = both("strategy", name)
    assert listed.required() == component.required()


@pytest.mark.parametrize("name", [name for kind, name in BARE if kind == "metric"])
def test_whether_a_metric_needs_probabilities(name):
    listed, component = both("metric", name)
    assert listed.needs_proba == component.needs_proba


@pytest.mark.parametrize("name", [name for kind, name in BARE if kind == "split"])
def test_the_default_of_a_split(name):
    listed, component = both("split", name)
    assert listed.default("test") == getattr(component, "test", None)


@pytest.mark.parametrize("name", [name for kind, name in BARE if kind == "dataset"])
def test_a_dataset_without_parameters_is_one_and_needs_no_file(name, tmp_path):
    dataset = get_builtin("dataset", name)()
    assert dataset.members(tmp_path) == ((name, dataset),)
    assert (dataset.files(tmp_path), dataset.header(tmp_path), dataset.preprocessing) == ((), None, None)


def test_parameters_make_a_difference():
    listed, _ = both("strategy", "qbc")
    other = get_builtin("strategy", "qbc")(members=3)
    assert listed != other
    assert listed != both("strategy", "margin")[0]


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_has_the_same_message_without_an_import(name, monkeypatch):
    monkeypatch.chdir(HERE / "broken")
    with pytest.raises(SpecError) as caught:
        check_spec(Path(name))
    assert f"{caught.value}\n" == Path(name).with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_warnings_are_the_same_without_an_import(path):
    assert check_spec(path) == read_spec(path, import_user_code=False).warnings


@pytest.mark.parametrize("entries", ["qbc, {qbc: {members: 5}}", "{qbc: vote_entropy}, qbc", "qbc, qbc"])
def test_twins_are_found_however_they_are_written(entries, tmp_path):
    path = tmp_path / "twins.yaml"
    text = f"datasets: iris\nmodels: knn\nbudgets: 50\nstrategies: [{entries}]\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as read:
        read_spec(path, import_user_code=True)
    with pytest.raises(SpecError) as checked:
        check_spec(path)
    assert "'qbc' stands twice" in str(checked.value)
    assert str(checked.value) == str(read.value)
