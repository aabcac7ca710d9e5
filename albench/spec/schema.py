"""The JSON schema of a spec, for editors; made from the catalogue alone, so that no component is imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from albench.contracts.preprocessing import SCHEMA as PREPROCESSING
from albench.registry.catalogue import catalogue
from albench.spec.field_types import PERCENT_SCHEMA
from albench.spec.settings import KINDS, OPTIONS, Expected, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.registry.catalogue import Catalogue
    from albench.spec.settings import ExpectedKind

Schema = dict[str, Any]

IMPORT_PATH = r"\."
_LABEL: Schema = {"type": "string", "minLength": 1, "description": "What tables and figures call it."}
_COUNT: Schema = {"type": "integer", "minimum": 1}
_PERCENT: Schema = {**PERCENT_SCHEMA, "description": "Of the capped pool."}
_PER_CLASS: Schema = {
    "type": "object",
    "properties": {"per_class": {**_COUNT, "description": "Labels a class of the dataset."}},
    "required": ["per_class"],
    "additionalProperties": False,
}
_AXES = {
    "datasets": ("dataset", "What is labelled."),
    "strategies": ("strategy", "Query strategies; random is always among them."),
    "seed_sets": ("seed_set", "How the rows are chosen that a trial starts from (default: stratified)."),
    "oracles": ("oracle", "What answers a query (default: perfect)."),
    "metrics": ("metric", "Metrics besides those that are always recorded."),
    "signals": ("signal", "Numbers that stopping rules watch."),
}


def json_schema() -> Schema:
    """Return the schema of an experiment file (draft 7, with ``$defs``)."""
    known = catalogue()
    kinds = ("dataset", "model", "strategy", "seed_set", "oracle", "split", "metric", "signal")
    definitions = {kind: _entry(kind, known) for kind in kinds}
    definitions["estimator"] = definitions["model"]
    definitions["model"] = {"anyOf": [{"$ref": "#/$defs/estimator"}, _two_models()]}
    settings, parts = _describe_settings(known)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "albench experiment",
        "description": "A grid of axes, repeated: every combination is a trial.",
        "type": "object",
        "properties": {**_axes(), **settings},
        "required": ["datasets", "models", "strategies", "budgets"],
        "additionalProperties": False,
        "$defs": {**definitions, **_definitions(known), **parts},
    }


def write_schema() -> Path:
    """Write ``experiment.schema.json`` beside this module."""
    target = Path(__file__).with_name("experiment.schema.json")
    target.write_text(json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return target


def _axes() -> Schema:
    axes = {name: _list_of(f"#/$defs/{kind}", text) for name, (kind, text) in _AXES.items()}
    for optional in ("metrics", "signals"):
        axes[optional]["anyOf"][1]["minItems"] = 0
    batch = {"anyOf": [_COUNT, {"type": "array", "items": _COUNT, "minItems": 1}]}
    return {
        **axes,
        "models": _list_of("#/$defs/model", "Classifiers."),
        "batch_sizes": {**batch, "description": "Labels bought per round (default: 10)."},
        "seed_sizes": _sizes("Labels to start from (default: 10).", low=0, may_be_all=False),
        "budgets": _sizes("Labels to end with, the seed set included.", low=1, may_be_all=True),
    }


def _list_of(reference: str, description: str) -> Schema:
    item = {"$ref": reference}
    return {"description": description, "anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _sizes(description: str, *, low: int, may_be_all: bool) -> Schema:
    ways = [
        {"type": "integer", "minimum": low},
        _PERCENT,
        _PER_CLASS,
        *([{"const": "all"}] if may_be_all else []),
    ]
    return {
        "description": description,
        "anyOf": [*ways, {"type": "array", "items": {"anyOf": ways}, "minItems": 1}],
    }


def _describe_settings(known: Catalogue) -> tuple[Schema, Schema]:
    """Return the schemas of what is no axis, by name, and what they refer to."""
    whole = _clean(TypeAdapter(Settings).json_schema(), "setting")
    expectation = {"oneOf": [_describe_expected(kind) for kind in KINDS]}
    suggestions = {"anyOf": [{"enum": sorted(known["metric"])}, {"type": "string"}]}
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
    body = _object({name: options[name] for name in OPTIONS[kind]})
    ways = [name for name in ("digits", "within") if name in OPTIONS[kind]]
    close = {"oneOf": [{"required": [name]} for name in ways]} if ways else {}
    return {**_object({kind: {**body, "required": ["file"], **close}}), "required": [kind]}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _entry(kind: str, known: Catalogue) -> Schema:
    """Return the schema of ``name``, ``{name: {parameter: value}}`` and ``{name: scalar}``."""
    labels = {} if kind in {"split", "metric", "signal"} else {"label": _LABEL}
    builtin = known[kind]
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
                **_one_name(labels),
            },
        ]
    }


def _one_name(labels: Schema) -> Schema:
    """Return the condition that a mapping has one key, besides the label if it may have one."""
    one = {"minProperties": 1, "maxProperties": 1}
    two = {"minProperties": 2, "maxProperties": 2}
    return {"if": {"required": ["label"]}, "then": two, "else": one} if labels else one


def _two_models() -> Schema:
    one = {"$ref": "#/$defs/estimator"}
    return {
        "description": "A task model, and the query model that the strategy consults.",
        **_object({"task": one, "query": one, "label": _LABEL}),
        "required": ["task", "query"],
    }


def _definitions(known: Catalogue) -> Schema:
    """Return what may stand behind the name of every component, as ``kind.name``, and what that refers to."""
    found: Schema = {}
    for kind, entries in known.items():
        for name, facts in entries.items():
            found[f"{kind}.{name}"] = _body(kind, f"{kind}.{name}", facts)
            for part, schema in facts.get("definitions", {}).items():
                found[f"{kind}.{name}.{part}"] = _clean(schema, f"{kind}.{name}")
    return found


def _body(kind: str, prefix: str, facts: Mapping[str, Any]) -> Schema:
    parameters = _clean(facts.get("parameters", {}), prefix)
    labels = {} if kind in {"split", "metric", "signal"} else {"label": _LABEL}
    mapping = _object({**parameters, **labels})
    if kind == "model":
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
