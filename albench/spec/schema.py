"""The JSON schema of a spec, for editors; made from the catalogue alone, so that no component is imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from albench.contracts.preprocessing import SCHEMA as PREPROCESSING
from albench.registry.catalogue import load_catalogue
from albench.spec.assemble import AXES, REQUIRED
from albench.spec.scenarios import POOL_WORDS, SCENARIO, SCENARIOS
from albench.spec.setting import Setting
from albench.spec.settings import KINDS, OPTIONS, Expected, Settings
from albench.spec.stream_assemble import STREAM_AXES
from albench.spec.stream_settings import STREAM_AXES_ONLY, STREAM_ONLY, STREAM_WORDS, StreamSpecSettings
from albench.tables import STREAM_METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.registry.catalogue import Catalogue
    from albench.spec.settings import ExpectedKind

Schema = dict[str, Any]

IMPORT_PATH = r"\."
_LABEL: Schema = {"type": "string", "minLength": 1, "description": "What tables and figures call it."}


def build_schema() -> Schema:
    """Return the schema of an experiment file (draft 7, with ``$defs``)."""
    catalogue = load_catalogue()
    definitions = {kind: _describe_entry(kind, catalogue) for kind in catalogue}
    # A task model and a query model are estimators: they cannot be such pairs themselves.
    definitions["estimator"] = definitions["model"]
    definitions["model"] = {"anyOf": [{"$ref": "#/$defs/estimator"}, _describe_two_models()]}
    settings, parts = _describe_settings(catalogue)
    properties = {**{name: axis.describe() for name, axis in AXES.items()}, **settings}
    streams, stream_parts = _describe_streams()
    parts |= stream_parts
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "albench experiment",
        "description": "A grid of axes, repeated: every combination is a trial.",
        "type": "object",
        "properties": {**properties, **_describe_both(properties, streams)},
        "required": list(REQUIRED),
        "additionalProperties": False,
        "if": {"properties": {SCENARIO: {"const": "stream"}}, "required": [SCENARIO]},
        "then": {"properties": {**dict.fromkeys(POOL_WORDS, False), **streams}},
        "else": {
            "properties": {
                **dict.fromkeys(STREAM_WORDS, False),
                **{name: properties[name] for name in streams if name in properties},
            }
        },
        "$defs": {**definitions, **_describe_definitions(catalogue), **parts},
    }


def _describe_streams() -> tuple[Schema, Schema]:
    """Return the schemas of what a spec of streams has and pools have not, or otherwise."""
    whole = _clean(TypeAdapter(StreamSpecSettings).json_schema(), "setting")
    own = {name: whole["properties"][name] for name in STREAM_ONLY}
    names = ("strategies", "budgets", *STREAM_AXES_ONLY)
    metric = {"enum": list(STREAM_METRICS), "description": "The metric of the verdicts."}
    axes = {name: STREAM_AXES[name].describe() for name in names}
    return {**axes, **own, "primary_metric": metric}, {"setting.Refit": whole["$defs"]["Refit"]}


def _describe_both(pools: Schema, streams: Schema) -> Schema:
    """Return what an editor knows of these keys before it looks at the scenario."""
    scenario = {
        "enum": list(SCENARIOS),
        "description": "pool: labels are chosen from a pool; stream: rows arrive one by one (default: pool).",
    }
    both = {name: {"description": {**streams, **pools}[name]["description"]} for name in streams}
    return {SCENARIO: scenario, **both}


def write_schema() -> Path:
    """Write ``experiment.schema.json`` beside this module."""
    target = Path(__file__).with_name("experiment.schema.json")
    target.write_text(json.dumps(build_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return target


def _describe_settings(catalogue: Catalogue) -> tuple[Schema, Schema]:
    """Return the schemas of what is no axis, by name, and what they refer to."""
    # pydantic 2.12, the lowest allowed, cannot write defaults of models that it has not built yet.
    for setting in Setting.__subclasses__():
        setting.model_rebuild()
    whole = _clean(TypeAdapter(Settings).json_schema(), "setting")
    expectation = {"oneOf": [_describe_expected(kind) for kind in KINDS]}
    metrics = sorted(name for name, facts in catalogue["metric"].items() if not facts["required"])
    suggestions = {"anyOf": [{"enum": metrics}, {"type": "string"}]}
    settings = {
        **whole["properties"],
        "primary_metric": {**whole["properties"]["primary_metric"], **suggestions},
        "split": {
            "$ref": "#/$defs/split",
            "description": "How pool and test are divided (default: holdout).",
        },
        "preprocessing": {**PREPROCESSING, "description": "What is done to columns (default: standard)."},
        "expected": {
            "description": "Published numbers, in CSV files beside the spec, for albench verify.",
            "anyOf": [expectation, {"type": "array", "items": expectation}],
        },
    }
    return settings, {f"setting.{name}": schema for name, schema in whole["$defs"].items()}


def _describe_expected(kind: ExpectedKind) -> Schema:
    options = _clean(Expected.model_json_schema(), "setting")["properties"]
    body = _describe_object({name: options[name] for name in OPTIONS[kind]})
    ways = [name for name in ("digits", "within") if name in OPTIONS[kind]]
    close = {"oneOf": [{"required": [name]} for name in ways]} if ways else {}
    return {**_describe_object({kind: {**body, "required": ["file"], **close}}), "required": [kind]}


def _describe_object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _describe_entry(kind: str, catalogue: Catalogue) -> Schema:
    """Return the schema of ``name``, ``{name: {parameter: value}}`` and ``{name: scalar}``."""
    labels = {} if kind in {"split", "metric", "signal"} else {"label": _LABEL}
    builtin = catalogue[kind]
    names = [
        {"const": name, "description": facts["summary"]}
        for name, facts in builtin.items()
        if not facts.get("required")
    ]
    bodies = {name: {"$ref": f"#/$defs/{kind}.{name}"} for name in builtin}
    return {
        "oneOf": [
            *names,
            {
                "type": "string",
                "pattern": IMPORT_PATH,
                "description": "package.module.Class or ./file.py:Class",
            },
            {
                "type": "object",
                "properties": {**labels, **bodies},
                "patternProperties": {IMPORT_PATH: {"description": "A class of your own."}},
                "additionalProperties": False,
                **_require_one_name(labels),
            },
        ]
    }


def _require_one_name(labels: Schema) -> Schema:
    """Return the condition that a mapping has one key, besides the label if it may have one."""
    alone = {"minProperties": 1, "maxProperties": 1}
    beside = {"minProperties": 2, "maxProperties": 2}
    return {"if": {"required": ["label"]}, "then": beside, "else": alone} if labels else alone


def _describe_two_models() -> Schema:
    model = {"$ref": "#/$defs/estimator"}
    return {
        "description": "A task model, and the query model that the strategy consults.",
        **_describe_object({"task": model, "query": model, "label": _LABEL}),
        "required": ["task", "query"],
    }


def _describe_definitions(catalogue: Catalogue) -> Schema:
    """Return what may stand behind the name of every component, as ``kind.name``, and what that refers to."""
    definitions: Schema = {}
    for kind, entries in catalogue.items():
        for name, facts in entries.items():
            definitions[f"{kind}.{name}"] = _describe_body(kind, f"{kind}.{name}", facts)
            for part, schema in facts.get("definitions", {}).items():
                definitions[f"{kind}.{name}.{part}"] = _clean(schema, f"{kind}.{name}")
    return definitions


def _describe_body(kind: str, prefix: str, facts: Mapping[str, Any]) -> Schema:
    parameters = _clean(facts.get("parameters", {}), prefix)
    labels = {} if kind in {"split", "metric", "signal"} else {"label": _LABEL}
    mapping = _describe_object({**parameters, **labels})
    if kind == "model":
        # Estimators take more than the defaults that the catalogue knows.
        mapping["additionalProperties"] = True
    required = list(facts.get("required", ()))
    ways: list[Schema] = [{**mapping, "required": required} if required else mapping]
    main = facts.get("main")
    if set(required) <= {main}:
        ways += [parameters[main]] if main else []
    if not required:
        ways.append({"type": "null"})
    return {"description": facts["summary"], "anyOf": ways}


def _clean(schema: Any, prefix: str) -> Any:
    """Return a schema of pydantic without titles, its references made to point into ``prefix``."""
    if isinstance(schema, list):
        return [_clean(item, prefix) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: _clean(value, prefix) for key, value in schema.items() if key != "title" or _is_parameter(value)
    }
    if isinstance(reference := kept.get("$ref"), str):
        kept["$ref"] = reference.replace("#/$defs/", f"#/$defs/{prefix}.")
    return kept


def _is_parameter(value: Any) -> bool:
    """Tell a parameter that is called ``title`` from the title of a schema."""
    return isinstance(value, dict)


if __name__ == "__main__":
    write_schema()
