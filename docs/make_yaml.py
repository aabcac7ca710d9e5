"""Write ``yaml.md`` from the schema of an experiment file: ``python docs/make_yaml.py``."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic_core import PydanticUndefined

from albench.registry.catalogue import load_catalogue
from albench.spec.assemble import AXES
from albench.spec.costs import Costs, RowPrice
from albench.spec.repeats import Repeats, UntilDecided
from albench.spec.scenarios import POOL_WORDS
from albench.spec.schema import build_schema
from albench.spec.settings import Baseline, Execution, Expected, Pilot, Relabel
from albench.spec.stream_assemble import STREAM_AXES
from albench.spec.stream_settings import STREAM_AXES_ONLY, STREAM_WORDS, Refit, StreamSpecSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.spec.setting import Setting

Schema = dict[str, Any]

TARGET = Path(__file__).with_name("yaml.md")
HEAD = """\
# The experiment file

Written from the schema by `python docs/make_yaml.py`; a test holds it current. `albench init my.yaml` writes
a commented file to begin with, whose first line lets an editor complete keys and show what stands here;
`albench validate my.yaml` tells every mistake at its line and column.

Where a type says "or a list", a single value is a list of one. What has a name (a dataset, a model, a
strategy, ...) is written in one of four ways:

```yaml
strategies:
  - margin                                # by its name
  - qbc: {members: 10, label: qbc of 10}  # with parameters, and with the label that tables and figures show
  - power_sampling: bald                  # with its main parameter alone
  - skactiveml.pool.FourDs                # a class by its import path, or in a file: ./my.py:MyStrategy
```
"""
STREAMS = f"""\
## Streams

With `scenario: stream` rows arrive one by one, and each is bought at once or never ([Streams](streams.md)).
`strategies` are then [stream strategies](#built-in-stream-strategies), `budgets` shares of the rows (`10%`),
and these keys come on top. Words of pools alone are {", ".join(f"`{word}`" for word in POOL_WORDS)}.
"""
MODELS = """\
## Built-in classifiers

Parameters are those of the class that `albench show model NAME` names. Any other classifier of scikit-learn's
kind is named by its import path.
"""
EXAMPLES: dict[str, dict[str, str]] = yaml.safe_load(
    Path(__file__).with_name("yaml_examples.yaml").read_text(encoding="utf-8")
)
NONE = "none"
DEFAULTS = {
    "scenario": "`pool`",
    "refit": "`100`",
    "managers": "those of the strategies",
    "costs": "`{label: 1}`",
    "name": "the file's name",
    "title": "the name",
    "split": "`holdout`",
    "preprocessing": "`standard`",
    "expected": "nothing",
}
PARTS = {
    "repeats": Repeats,
    "baseline": Baseline,
    "execution": Execution,
    "costs": Costs,
    "relabel": Relabel,
    "pilot": Pilot,
    "refit": Refit,
}
OTHER_PARTS = {"repeats": UntilDecided}
"""Of a key that takes one of two mappings, the other one."""
DATASETS = {
    "files": "Files",
    "openml": "OpenML",
    "bundled": "Datasets of scikit-learn",
    "generators": "Generators",
}
KINDS = (
    *("split", "seed_set", "oracle", "metric", "signal", "stopping_rule"),
    *("stream_strategy", "budget_manager", "drift"),
)
SHARED = ("pool", "preprocessing", "label")
"""Parameters of every dataset, told once."""


def format_page() -> str:
    """Return the whole page."""
    schema = build_schema()
    keys = [(name, key) for name, key in _list_keys(schema).items() if name not in STREAM_WORDS]
    return "\n".join(
        [
            HEAD,
            _format_contents(schema),
            "## Axes\n\nA trial is one value of each axis, in one repeat.\n",
            *(_format_key(name, key, schema) for name, key in keys if name in AXES),
            "## Settings\n",
            *(_format_key(name, key, schema) for name, key in keys if name not in AXES),
            STREAMS,
            *(_format_key(name, key, schema) for name, key in _list_stream_keys(schema).items()),
            "## Built-in datasets\n\nEvery dataset may have:\n",
            _format_shared(schema),
            *(_format_datasets(room, schema) for room in DATASETS),
            _format_pool(schema),
            *(_format_components(kind, schema) for kind in KINDS),
            MODELS,
            *_list_summaries("model", _list_classifiers()),
            "",
        ]
    )


def _list_keys(schema: Schema) -> Schema:
    """Return the keys of an experiment on pools, with their schemas."""
    keys = schema["properties"] | schema["else"]["properties"]
    return {name: key for name, key in keys.items() if key and name not in STREAM_WORDS}


def _list_stream_keys(schema: Schema) -> Schema:
    """Return the keys that only experiments on streams have."""
    return {name: schema["then"]["properties"][name] for name in STREAM_WORDS}


def _format_contents(schema: Schema) -> str:
    rows = [
        f"| [{name}](#{name}) | {_get_default(name)} | {_format_cell(key.get('description', ''))} |"
        for name, key in (_list_keys(schema) | _list_stream_keys(schema)).items()
    ]
    return "\n".join(["| key | default | |", "|---|---|---|", *rows, ""])


def _format_key(name: str, key: Schema, schema: Schema) -> str:
    lines = [f"### {name}", "", _format_text(key["description"]), ""]
    lines += [f"- *Type*: {_describe_type(key, schema)}", f"- *Default*: {_get_default(name)}", ""]
    lines += _format_example(name)
    parts = _list_parts(name, key, schema)
    lines += _format_table(parts) if parts else []
    if name in OTHER_PARTS:
        setting = OTHER_PARTS[name]
        text = _format_text(schema["$defs"][f"setting.{setting.__name__}"]["description"])
        lines += [f"Or: {text}", "", *_format_table(_list_fields(setting, schema))]
    return "\n".join(lines)


def _format_example(name: str) -> list[str]:
    notes = EXAMPLES[name]
    return [f"```yaml\n{notes['example']}```", "", *([notes["note"], ""] if "note" in notes else [])]


def _list_fields(setting: type[Setting], schema: Schema) -> list[tuple[str, str, str, str]]:
    properties = schema["$defs"][f"setting.{setting.__name__}"]["properties"]
    fields_of = setting.model_fields.items()
    defaults = {key: field.get_default(call_default_factory=True) for key, field in fields_of}
    return _list_rows(properties, defaults, schema)


def _list_parts(name: str, key: Schema, schema: Schema) -> list[tuple[str, str, str, str]]:
    """Return name, type, default and meaning of the keys below a key."""
    if name in PARTS:
        return _list_fields(PARTS[name], schema)
    if name in ("preprocessing", "preprocessings"):
        ways = [way for value in key["anyOf"] for way in value.get("anyOf", [value])]
        properties = next(way for way in ways if "properties" in way)["properties"]
        others = {"drop": ("kind, or list of kinds", NONE), "label": ("text", "what is done")}
        return [
            (part, *others.get(part, ("steps", "see there")), of["description"])
            for part, of in properties.items()
        ]
    if name == "expected":
        kinds = [next(iter(way["properties"].items())) for way in key["anyOf"][0]["oneOf"]]
        properties = {option: value for _, body in kinds for option, value in body["properties"].items()}
        defaults = {key: field.default for key, field in Expected.model_fields.items()}
        defaults |= {"file": PydanticUndefined, "matched": "100%"}
        rows = [(kind, "mapping", NONE, "Keys: " + ", ".join(body["properties"])) for kind, body in kinds]
        return rows + _list_rows(properties, defaults, schema)
    return []
    return _list_rows(properties, defaults, schema)


def _list_rows(properties: Schema, defaults: Schema, schema: Schema) -> list[tuple[str, str, str, str]]:
    return [
        (
            name,
            _describe_type(part, schema),
            _format_default(defaults[name]),
            _format_cell(part["description"]),
        )
        for name, part in properties.items()
    ]


def _format_shared(schema: Schema) -> str:
    body = _get_body("dataset", "csv", schema)["properties"]
    rows = [
        ("pool", "[pool conditions](#pool-conditions)", "none", _format_cell(body["pool"]["description"])),
        (
            "preprocessing",
            "as [preprocessing](#preprocessing)",
            "the experiment's",
            _format_cell(body["preprocessing"]["description"]),
        ),
        ("label", "text", "name or file", _format_cell(body["label"]["description"])),
    ]
    return "\n".join(_format_table(rows))


def _format_datasets(room: str, schema: Schema) -> str:
    names = [
        name
        for name, facts in load_catalogue()["dataset"].items()
        if facts["class"].startswith(f"albench.datasets.{room}")
    ]
    title = DATASETS[room]
    lines = [f"### {title}", "", *_list_summaries("dataset", names), "", *_format_example(title)]
    rows = _merge_rows("dataset", names, schema, without=SHARED)
    lines += _format_table(rows, of=True) if rows else []
    if room == "files":
        soft = _list_schema_rows(schema["$defs"]["dataset.csv.SoftTarget"], schema)
        lines += ["A `target` that is a distribution has one of:", "", *_format_table(soft)]
    return "\n".join(lines)


def _format_components(kind: str, schema: Schema) -> str:
    names = list(load_catalogue()[kind])
    title = f"Built-in {kind.replace('_', ' ')}s".replace("strategys", "strategies")
    example = _format_example(title) if title in EXAMPLES else []
    lines = [f"## {title}", "", *_list_summaries(kind, names), "", *example]
    rows = _merge_rows(kind, names, schema, without=("label",))
    lines += _format_table(rows, of=True) if rows else []
    for name in names:
        for definition in (key for key in schema["$defs"] if key.startswith(f"{kind}.{name}.")):
            lines += [f"Each {definition.rpartition('.')[2].lower()} of `{name}` has:", ""]
            lines += _format_table(_list_schema_rows(schema["$defs"][definition], schema))
    return "\n".join(lines)


def _format_pool(schema: Schema) -> str:
    pool = schema["$defs"]["dataset.csv.PoolConditions"]
    shift = schema["$defs"]["dataset.csv.CovariateShift"]
    title = "Pool conditions"
    lines = [f"### {title}", "", *pool["description"].splitlines(), "", *_format_example(title)]
    lines += _format_table(_list_schema_rows(pool, schema))
    lines += ["In a `covariate_shift`:", "", *_format_table(_list_schema_rows(shift, schema))]
    return "\n".join(lines)


def _list_schema_rows(of: Schema, schema: Schema) -> list[tuple[str, str, str, str]]:
    required = of.get("required", ())
    defaults = {
        name: PydanticUndefined if name in required else part.get("default")
        for name, part in of["properties"].items()
    }
    return _list_rows(of["properties"], defaults, schema)


def _merge_rows(
    kind: str, names: Iterable[str], schema: Schema, *, without: Iterable[str]
) -> list[tuple[str, ...]]:
    """Return a row a parameter: name, whose it is, type, default, meaning; what several share is one row."""
    owners: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for name in names:
        for row in _list_schema_rows(_get_body(kind, name, schema), schema):
            if row[0] not in without:
                owners[row].append(name)
    everyone = len(list(names))
    return [(row[0], "all" if len(of) == everyone else ", ".join(of), *row[1:]) for row, of in owners.items()]


def _get_body(kind: str, name: str, schema: Schema) -> Schema:
    """Return the schema of the mapping of parameters of a component."""
    ways = schema["$defs"][f"{kind}.{name}"]["anyOf"]
    body: Schema = next(way for way in ways if "properties" in way)
    return body


def _list_summaries(kind: str, names: Iterable[str]) -> list[str]:
    facts = load_catalogue()[kind]
    return [f"- `{name}`: {_format_text(facts[name]['summary'])}" for name in names]


def _list_classifiers() -> list[str]:
    models = load_catalogue()["model"].items()
    return [name for name, facts in models if facts["task"] == "classification"]


def _format_table(rows: Iterable[tuple[str, ...]], *, of: bool = False) -> list[str]:
    head = ["key", *(["of"] if of else []), "type", "default", ""]
    lines = [f"| `{row[0]}` | {' | '.join(row[1:])} |" for row in rows]
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *lines, ""]


def _get_default(name: str) -> str:
    """Return the default of a key of the spec, in words."""
    if name in DEFAULTS:
        return DEFAULTS[name]
    if name in STREAM_AXES_ONLY or name in AXES:
        default = (STREAM_AXES if name in STREAM_AXES_ONLY else AXES)[name].default
        return "required" if default is None else "none" if default == () else f"`{default}`"
    default = next(field.default for field in fields(StreamSpecSettings) if field.name == name)
    return _format_default(getattr(default, "default", default))


def _format_default(default: Any) -> str:
    if default is PydanticUndefined:
        return "required"
    if isinstance(default, Repeats):
        return f"`{default.splits}`"
    if isinstance(default, Baseline):
        return f"`{{arms: {default.arms}}}`"
    if default in (None, "", [], (), {}) or isinstance(
        default, Execution | Costs | Relabel | RowPrice | Pilot
    ):
        return NONE
    if isinstance(default, float) and default.is_integer():
        return f"`{default:g}`"
    if isinstance(default, tuple) and all(isinstance(share, float) for share in default):
        default = [f"{100 * share:g}%" for share in default]
    is_word = isinstance(default, str) and default.rstrip("%").isalnum()
    return f"`{default if is_word else json.dumps(default)}`"


def _describe_type(of: Schema, schema: Schema) -> str:
    """Return in words what may stand there."""
    if "$ref" in of:
        return _describe_reference(of["$ref"].removeprefix("#/$defs/"), schema)
    ways = of.get("anyOf") or of.get("oneOf")
    if ways and "enum" not in of:
        listed = [way for way in ways if way.get("type") == "array"]
        words = [_describe_type(way, schema) for way in ways if way not in listed and way != {"type": "null"}]
        return " or ".join(dict.fromkeys(words)) + (", or a list" if listed else "")
    if "const" in of or "enum" in of:
        return " or ".join(
            f"`{json.dumps(value).strip(chr(34))}`" for value in of.get("enum", [of.get("const")])
        )
    return _describe_plain(of, schema)


def _describe_reference(name: str, schema: Schema) -> str:
    if name.startswith("setting."):
        row_price = schema["$defs"][name]["properties"] if name == "setting.RowPrice" else ()
        return (
            f"`{{{', '.join(f'{key}: ...' for key in row_price)}}}`"
            if row_price
            else "mapping of the keys below"
        )
    if name.endswith((".PoolConditions", ".CovariateShift", ".SoftTarget")):
        return "mapping, see below"
    return f"{'an' if name[0] in 'aeo' else 'a'} {name.replace('_', ' ')}"


def _describe_plain(of: Schema, schema: Schema) -> str:
    if of["type"] == "object":
        keys = of.get("properties")
        return f"`{{{', '.join(f'{key}: ...' for key in keys)}}}`" if keys else "mapping"
    if of["type"] == "array":
        return f"a list of {_describe_type(of['items'], schema)}"
    if of["type"] == "string" and "%" in of.get("pattern", ""):
        return "a percentage"
    names = {"integer": "whole number", "number": "number", "string": "text", "boolean": "`true` or `false`"}
    return names[of["type"]] + _describe_bounds(of)


def _describe_bounds(of: Schema) -> str:
    low = f" from {of['minimum']:g}" if "minimum" in of else ""
    low = f" above {of['exclusiveMinimum']:g}" if "exclusiveMinimum" in of else low
    high = f" to {of['maximum']}" if "maximum" in of else ""
    return low + (f" below {of['exclusiveMaximum']:g}" if "exclusiveMaximum" in of else high)


def _format_cell(text: str) -> str:
    return _format_text(text).replace("|", "\\|")


def _format_text(text: str) -> str:
    """Return a description as one line, without the default, which stands beside it."""
    return re.sub(r" \(default: [^)]*\)", "", " ".join(text.replace("``", "`").split()))


if __name__ == "__main__":
    TARGET.write_text(format_page(), encoding="utf-8")
