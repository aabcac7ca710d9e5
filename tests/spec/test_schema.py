from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from albench.spec import schema
from albench.spec.messages import Problems
from albench.spec.schema import build_schema
from albench.spec.template import render_template
from albench.spec.yaml_reader import compose

HERE = Path(__file__).parent
QUICKSTART = HERE.parents[1] / "experiments" / "quickstart.yaml"
SPECS = [QUICKSTART, *sorted((HERE / "valid").glob("*.yaml"))]
VALIDATOR = Draft7Validator(build_schema())
# What an editor can see without knowing datasets, models, classes or the sizes of anything.
SEEN = [
    "a_list", "boolean_for_number", "empty_list", "entries_of_no_kind", "fraction_for_percent", "label_is_no_text",
    "metric_with_label", "missing_keys", "missing_parameter", "misspelt_strategy", "no_main_parameter", "of_another_kind",
    "out_of_range", "parameters_beside_the_name", "repeats_without_splits", "several_names_in_one_entry", "sizes_of_no_kind",
    "task_without_query", "two_mistakes", "unknown_key", "unknown_keys_of_settings", "unknown_metric", "unknown_parameter",
    "wrong_choice", "wrong_parameter_types", "wrong_type",
]  # fmt: skip


def data(path):
    text = path.read_text(encoding="utf-8")
    return compose(text, Problems(path.name, text)).plain


def test_the_schema_is_a_schema():
    Draft7Validator.check_schema(build_schema())


def test_the_committed_schema_is_current():
    """`python -m albench.spec.schema` writes it anew."""
    committed = Path(schema.__file__).with_name("experiment.schema.json")
    assert json.loads(committed.read_text(encoding="utf-8")) == build_schema()


def test_every_reference_leads_somewhere():
    schema = build_schema()
    text = json.dumps(schema)
    targets = [part.partition('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]]
    assert targets
    assert set(targets) <= set(schema["$defs"])


def test_no_tuples_which_editors_do_not_know():
    assert "prefixItems" not in json.dumps(build_schema())


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_it_accepts_what_albench_accepts(path):
    assert [error.message for error in VALIDATOR.iter_errors(data(path))] == []


def test_it_accepts_the_template():
    text = render_template("mine")
    VALIDATOR.validate(compose(text, Problems("mine", text)).plain)


@pytest.mark.parametrize("name", SEEN)
def test_it_refuses_what_an_editor_can_see(name):
    assert not VALIDATOR.is_valid(data(HERE / "broken" / f"{name}.yaml"))


def test_descriptions_come_from_the_components():
    strategies = build_schema()["$defs"]["strategy"]["oneOf"]
    assert {
        "const": "margin",
        "description": build_schema()["$defs"]["strategy.margin"]["description"],
    } in strategies
