"""Settings are declared once: a field is read, explained, described to editors and written out."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Annotated

import pytest
import yaml
from pydantic import Field

from albench.errors import SpecError
from albench.registry.build import read_field_docs
from albench.spec.context import Context
from albench.spec.costs import Costs, RowPrice
from albench.spec.document import build_tree
from albench.spec.messages import Problems
from albench.spec.read import load_experiment_text
from albench.spec.repeats import Repeats, UntilDecided
from albench.spec.resolved import resolve_experiment
from albench.spec.schema import build_schema
from albench.spec.settings import Baseline, Execution, Expected, Settings
from albench.spec.validation import validate_settings

SMALLEST = {"datasets": "iris", "models": "knn", "strategies": "margin", "budgets": 50}


class WiderExecution(Execution):
    """What a new key of `execution` takes: one field."""

    niceness: Annotated[int, Field(ge=0, le=19)] = 0
    """Priority of the workers."""


def read(**settings):
    return load_experiment_text({**SMALLEST, **settings}, import_user_code=False)


def mistakes(**settings):
    with pytest.raises(SpecError) as caught:
        read(**settings)
    return str(caught.value)


def validate(cls, **values):
    problems = Problems("spec")
    context = Context(problems, Path(), import_user_code=False)
    return validate_settings(cls, build_tree(values).value, context), problems.format_errors()


@pytest.mark.parametrize(
    "cls", [Settings, Repeats, UntilDecided, Baseline, Costs, RowPrice, Execution, Expected]
)
def test_every_field_says_what_it_means(cls):
    assert set(read_field_docs(cls)) == {field for field in cls.__annotations__ if field != "model_config"}


def test_a_new_field_is_read_with_messages_and_described_by_its_docstring():
    assert validate(WiderExecution, niceness=3, retry=1)[0] == WiderExecution(niceness=3, retry=1)
    assert "'niceness' must be at most 19, not 20" in validate(WiderExecution, niceness=20)[1]
    schema = WiderExecution.model_json_schema()["properties"]["niceness"]
    assert (schema["description"], schema["maximum"], schema["default"]) == (
        "Priority of the workers.",
        19,
        0,
    )


def test_every_setting_is_in_the_schema_and_in_a_resolved_spec():
    names = {field.name for field in fields(Settings)}
    assert names <= set(build_schema()["properties"])
    # What is no pilot says nothing of one.
    assert names - {"pilot"} <= set(resolve_experiment(read()))
    assert names <= set(resolve_experiment(read(pilot=100)))


def test_what_python_alone_may_set_is_no_key_of_a_spec():
    assert "error[unknown-key]: 'execution' has no 'scheduler'" in mistakes(
        execution={"scheduler": "tcp://10.0.0.1:8786"}
    )
    assert "scheduler" not in build_schema()["$defs"]["setting.Execution"]["properties"]
    elsewhere = read().execution.model_copy(update={"scheduler": "tcp://10.0.0.1:8786"})
    assert "scheduler" not in elsewhere.model_dump()


def test_one_mistake_hides_no_other_in_the_same_setting():
    text = mistakes(baseline={"arms": 0, "second": "margn"})
    assert "'arms' must be at least 1, not 0" in text
    assert "the second baseline 'margn' is not among the strategies" in text


def test_a_misspelt_key_is_one_mistake():
    text = mistakes(repeats={"split": 3})
    assert text.count("error[") == 1
    assert "did you mean 'splits'?" in text


@pytest.mark.parametrize("key", ["repeats", "random_state"])
def test_a_whole_number_with_a_point_is_told_how_to_be_one(key):
    assert "write 5" in mistakes(**{key: 5.0})
    assert "write 5" in mistakes(strategies={"qbc": {"members": 5.0}})


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("timeout", "90s", 90.0),
        ("timeout", "1.5h", 5400.0),
        ("timeout", "2 d", 172800.0),
        ("timeout", 30, 30.0),
        ("timeout", None, None),
        ("memory", "4GiB", 4294967296),
        ("memory", ".5MiB", 524288),
        ("memory", "4GB", 4_000_000_000),
        ("memory", "1.5 kB", 1500),
        ("memory", 1000, 1000),
        ("failure_budget", 0.25, 0.25),
    ],
)
def test_quantities_are_read_in_their_smallest_unit(key, text, value):
    assert getattr(read(execution={key: text}).execution, key) == value


@pytest.mark.parametrize("text", ["10", "m", "10 minutes", "1.2.3s", "-1s", 0, "9" * 400 + "d"])
def test_what_is_no_time(text):
    assert "'timeout' must be a positive number with a unit of 's', 'm', 'h' or 'd'" in mistakes(
        execution={"timeout": text}
    )


@pytest.mark.parametrize(("key", "text", "hint"), [("memory", "4gib", "4GiB"), ("timeout", "2H", "2h")])
def test_a_unit_in_other_letters_is_told_how_it_is_written(key, text, hint):
    assert f"write {hint}" in mistakes(execution={key: text})


def test_all_units_of_memory_are_told():
    units = "'B', 'kB', 'MB', 'GB', 'TB', 'KiB', 'MiB', 'GiB' or 'TiB'"
    assert f"'memory' must be a positive number with a unit of {units}" in mistakes(
        execution={"memory": "4G"}
    )


def test_a_share_in_percent_is_written_as_it_was_read():
    spec = yaml.safe_load("expected: {means: {file: data/means.csv, within: 2, matched: 12.5%}}")
    experiment = load_experiment_text({**SMALLEST, **spec}, folder=Path(__file__).parent / "valid")
    assert experiment.expected[0].matched == 0.125
    assert resolve_experiment(experiment)["expected"][0]["means"]["matched"] == "12.5%"


def test_half_a_character_has_no_place_in_a_spec():
    for setting in ({"title": "\ud800"}, {"baseline": {"second": "a\udfff"}}):
        assert "has no place in a spec: no UTF-8" in mistakes(**setting)


def test_repeats_until_decided_have_defaults():
    repeats = read(repeats={"until": "decided"}).repeats
    assert (repeats.up_to, repeats.at_least, repeats.precision, repeats.starts) == (100, 5, None, 1)
    assert resolve_experiment(read(repeats={"until": "decided", "up_to": 40, "precision": 0.01}))[
        "repeats"
    ] == {
        "until": "decided",
        "up_to": 40,
        "at_least": 5,
        "precision": 0.01,
        "starts": 1,
    }


@pytest.mark.parametrize(
    ("repeats", "sentence"),
    [
        ({"up_to": 100}, "'repeats' must say until when they go on"),
        ({"until": "dcided"}, "did you mean 'decided'?"),
        ({"until": "decided", "up_to": 8, "at_least": 9}, "'at_least' must be at most 'up_to', 8, not 9"),
        ({"until": "decided", "up_to": 4}, "'up_to' must be at least 5, not 4"),
        ({"until": "decided", "precision": 0}, "'precision' must be above 0, not 0"),
        ({"until": "decided", "upto": 9}, "did you mean 'up_to'?"),
        ({"until": "decided", "splits": 9}, "'repeats' has no 'splits'"),
        ({"splits": 3, "folds": 2}, "'repeats' has no 'folds'"),
    ],
)
def test_repeats_that_cannot_be_are_one_mistake(repeats, sentence):
    text = mistakes(repeats=repeats)
    assert sentence in text
    assert text.count("error[") == 1


def test_published_numbers_are_of_fixed_repeats(tmp_path):
    (tmp_path / "a.csv").write_text("x\n", encoding="utf-8")
    text = mistakes(repeats={"until": "decided"}, expected={"areas": {"file": "a.csv", "digits": 3}})
    assert "published numbers are of a fixed number of repeats" in text
