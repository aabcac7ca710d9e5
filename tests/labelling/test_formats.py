"""What is written for people: the formats against documented examples."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest

# labelstud.io/guide/tasks, "Basic Label Studio JSON format": what a task for text classification looks like.
DOCUMENTED_TASK = json.loads(
    """
    {"data": {"my_text": "Opossums are great", "ref_id": 456},
     "annotations": [{"result": [{"from_name": "sentiment_class", "to_name": "message", "type": "choices",
                                  "readonly": false, "hidden": false,
                                  "value": {"choices": ["Positive"]}}]}],
     "predictions": [{"result": [{"from_name": "sentiment_class", "to_name": "message", "type": "choices",
                                  "readonly": false, "hidden": false, "value": {"choices": ["Neutral"]}}],
                      "score": 0.95}]}
    """
)
# What is optional there; model_version is documented in labelstud.io/guide/predictions, meta in /guide/export.
OPTIONAL = {"annotations", "readonly", "hidden", "model_version", "meta"}
# docs.argilla.io, rg.Record.to_dict: keys, and those of a suggestion.
DOCUMENTED_RECORD = {"id", "fields", "metadata", "suggestions", "responses", "vectors", "_server_id"}
DOCUMENTED_SUGGESTION = {"value", "score", "agent"}


@pytest.fixture
def write(plants, albench_in):
    """Return a function that writes proposed rows in a format: what was written, and what was said."""

    def call(form, *arguments):
        done = albench_in(
            plants.folder, *("next", "my.yaml", "--strategy", "margin", "-n", 3), "--format", form, *arguments
        )
        assert done.returncode == 0, done.stderr
        return done

    return call


def check_shape(value, documented):
    """See that a value has the keys of a documented one, at every depth, and values of the same types."""
    if isinstance(documented, dict):
        assert set(value) - OPTIONAL == set(documented) - OPTIONAL
        for name in set(value) & set(documented) - {"data"}:
            check_shape(value[name], documented[name])
    elif isinstance(documented, list):
        assert len(value) == len(documented)
        for item, example in zip(value, documented, strict=True):
            check_shape(item, example)
    else:
        assert type(value) is type(documented)


def test_tasks_are_those_that_label_studio_documents(write, plants):
    tasks = json.loads(write("label-studio", "--show-predictions").stdout)
    assert len(tasks) == 3
    for place, task in enumerate(tasks):
        check_shape(task, DOCUMENTED_TASK)
        row = plants.rows[int(task["data"]["albench_row"]) - 1]
        assert task["data"]["note"] == row[3]
        assert task["meta"]["order"] == place + 1
        assert "kind" not in task["data"]


def test_predictions_are_shown_on_demand_alone(write):
    assert all("predictions" not in task for task in json.loads(write("label-studio").stdout))
    assert all(record["suggestions"] == {} for record in json.loads(write("argilla").stdout))
    assert "albench_predicted" not in write("csv").stdout
    assert "albench_predicted" in write("csv", "--show-predictions").stdout


def test_the_labelling_interface_has_the_names_of_the_tasks(write):
    done = write("label-studio", "--show-predictions")
    view = ET.fromstring(re.search("<View>.*</View>", done.stderr, re.DOTALL)[0])  # noqa: S314 - ours
    (result,) = json.loads(done.stdout)[0]["predictions"][0]["result"]
    choices = view.find("Choices")
    assert (choices.get("name"), choices.get("toName")) == (result["from_name"], result["to_name"])
    assert [choice.get("value") for choice in choices] == ["iris", "lily", "rose"]
    assert view.find("Text").get("name") == result["to_name"]
    assert view.find("Text").get("value") == f"${result['to_name']}"


def test_records_are_those_that_argilla_documents(write, plants):
    records = json.loads(write("argilla", "--show-predictions").stdout)
    for record in records:
        assert set(record) <= DOCUMENTED_RECORD
        assert set(record["suggestions"]["kind"]) == DOCUMENTED_SUGGESTION
        assert record["suggestions"]["kind"]["value"] in ("iris", "lily", "rose")
        assert record["fields"]["note"] == plants.rows[int(record["id"]) - 1][3]
        assert all(isinstance(text, str) for text in record["fields"].values())
        assert {"reason", "order", "utility", "strategy", "round"} == set(record["metadata"])


def test_json_lines_say_what_csv_says(write):
    lines = [json.loads(line) for line in write("jsonl").stdout.splitlines()]
    assert [line["albench_order"] for line in lines] == [1, 2, 3]
    header = write("csv").stdout.splitlines()[0]
    assert header == ",".join(lines[0])
