"""The facts about a component, as text."""

from __future__ import annotations

import json
from typing import Any

from albench.catalogue import for_large_pools


def text(name: str, facts: dict[str, Any]) -> str:
    """Return what `show` prints of a component."""
    lines = [name, "", facts.get("doc") or facts["summary"], ""]
    if "estimator" in facts:
        lines += _model(facts)
    for title in ("family", "needs", "cost", "complexity", "greater_is_better", "version", "reference"):
        if facts.get(title) not in (None, "", []):
            value = ", ".join(facts[title]) if isinstance(facts[title], list) else facts[title]
            lines.append(f"{title:<14} {value}")
    if advice := for_large_pools(facts) if "complexity" in facts else "":
        lines.append(f"{'large pools':<14} {advice}")
    lines += _content(facts)
    lines += [f"note: {warning}" for warning in facts.get("warnings", ())]
    if facts.get("parameters"):
        lines += ["", "parameters"]
        lines += [_parameter(name, key, facts) for key in facts["parameters"]]
    return "\n".join(lines)


def _content(facts: dict[str, Any]) -> list[str]:
    """Return the lines about the data of a dataset that is built in."""
    told = [f"{title:<14} {facts[title]}" for title in ("source", "licence") if facts.get(title)]
    data = facts.get("content")
    if not data:
        return told
    types = ", ".join(f"{n} {kind}" for kind, n in data["types"].items())
    width = max(map(len, data["classes"]), default=0)
    classes = [f"  {name:<{width}}  {n:>6,}  {n / data['n_rows']:.1%}" for name, n in data["classes"].items()]
    return [
        *told,
        f"{'rows':<14} {data['n_rows']:,}",
        f"{'features':<14} {types}; {data['missing']:,} missing cells",
        f"{'hash':<14} {data['hash']}",
        *(["", "classes", *classes] if classes else []),
    ]


def _model(facts: dict[str, Any]) -> list[str]:
    defaults = ", ".join(f"{key}={value}" for key, value in facts["defaults"].items())
    answers = {True: "yes", False: "no", None: "as what is nested in it"}
    proba = (
        "no: decision values" if facts["decision"] and facts["proba"] is False else answers[facts["proba"]]
    )
    return [
        f"{'task':<14} {facts['task']}",
        f"{'estimator':<14} {facts['estimator']}",
        f"{'defaults':<14} {defaults or 'its own'}",
        *([f"{'needs':<14} {', '.join(facts['required'])}"] if facts["required"] else []),
        *([f"{'probabilities':<14} {proba}"] if facts["task"] == "classification" else []),
        *([f"{'install':<14} pip install 'albench[{facts['extra']}]'"] if facts["extra"] else []),
        "",
        "Beside the estimator's parameters: calibrated ({method: sigmoid or isotonic, folds: 3}),",
        "refit_every (rounds), and for linear models warm_start.",
        "A parameter that is an estimator is written as an entry of 'models' is.",
        *(["", facts["unknown"]] if "unknown" in facts else []),
    ]


def _parameter(component: str, name: str, facts: dict[str, Any]) -> str:
    schema = facts["parameters"][name]
    default = f"default {json.dumps(schema.get('default'))}"
    told = ["required" if name in facts["required"] else default]
    if "enum" in schema:
        told.append(f"one of {', '.join(map(str, schema['enum']))}")
    if facts["main"] == name:
        told.append(f"{{{component}: ...}} sets it")
    text = " ".join(schema.get("description", "").split())
    lines = [f"  {name} ({'; '.join(told)})", *([f"      {text}"] if text else [])]
    return "\n".join([*lines, *_nested(schema, facts["definitions"], 10)])


def _nested(schema: dict[str, Any], definitions: dict[str, Any], indent: int) -> list[str]:
    """Return a line for everything in a parameter that is a mapping itself."""
    references = [way.get("$ref") for way in (schema, *schema.get("anyOf", ())) if "$ref" in way]
    bodies = [definitions.get(str(reference).rpartition("/")[2], {}) for reference in references]
    return [
        line
        for body in bodies
        for name, inner in body.get("properties", {}).items()
        for line in (
            f"{'':<{indent}}{name}: {inner.get('description', '')}",
            *_nested(inner, definitions, indent + 4),
        )
    ]
