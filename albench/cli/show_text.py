"""The facts about a component or a dataset as `albench show` prints them."""

from __future__ import annotations

import json
from typing import Any

from albench.registry.catalogue import describe_large_pool_advice
from albench.text import shorten


def format_facts(name: str, facts: dict[str, Any], aliases: tuple[str, ...] = ()) -> str:
    """Return what `show` prints of a component."""
    lines = [name, "", facts.get("doc") or facts["summary"], ""]
    if "estimator" in facts:
        lines += _format_model(facts)
    for title in ("family", "needs", "cost", "complexity", "greater_is_better", "version", "reference"):
        if facts.get(title) not in (None, "", []):
            value = ", ".join(facts[title]) if isinstance(facts[title], list) else facts[title]
            lines.append(f"{title:<14} {value}")
    if "manager" in facts:
        lines.append(f"{'published with':<14} budget manager {facts['manager']}")
    if "promises" in facts:
        lines.append(f"{'keeps a budget':<14} {'yes' if facts['promises'] else 'no: it may be exceeded'}")
    if facts.get("asks_again"):
        lines.append(f"{'asks again':<14} rows that are labelled already, for another answer")
    if aliases:
        lines.append(f"{'also called':<14} {', '.join(aliases)}")
    if advice := describe_large_pool_advice(facts) if "complexity" in facts else "":
        lines.append(f"{'large pools':<14} {advice}")
    lines += _format_content(facts)
    lines += [f"note: {warning}" for warning in facts.get("warnings", ())]
    if facts.get("parameters"):
        lines += ["", "parameters"]
        lines += [_format_parameter(name, key, facts) for key in facts["parameters"]]
    return "\n".join(lines)


def _format_content(facts: dict[str, Any]) -> list[str]:
    """Return the lines about the data of a dataset that is built in."""
    origin = [f"{title:<14} {facts[title]}" for title in ("source", "licence") if facts.get(title)]
    data = facts.get("content")
    if not data:
        return origin
    types = ", ".join(f"{n} {kind}" for kind, n in data["types"].items())
    names = list(map(shorten, data["classes"]))
    width = max(map(len, names), default=0)
    counts = zip(names, data["classes"].values(), strict=True)
    classes = [f"  {name:<{width}}  {n:>6,}  {n / data['n_rows']:.1%}" for name, n in counts]
    n_unlabelled = data.get("n_unlabelled")
    unlabelled = f" labelled, {n_unlabelled:,} unlabelled" if n_unlabelled else ""
    return [
        *origin,
        f"{'rows':<14} {data['n_rows']:,}{unlabelled}",
        f"{'features':<14} {types}; {data['missing']:,} missing cells",
        *([f"{'target':<14} {soft}"] if (soft := _format_distribution(data)) else []),
        f"{'hash':<14} {data['hash']}",
        *([f"{'drift at row':<14} {', '.join(map(str, data['marks']))}"] if "marks" in data else []),
        *(["", "classes", *classes] if classes else []),
    ]


def _format_distribution(data: dict[str, Any]) -> str:
    """Say that the target is a distribution over the classes; nothing where a row has one class."""
    if "most_probable_class" not in data:
        return ""
    return (
        "a distribution over the classes, whose most probable one counts as the class of a row: its share is"
        f" {data['most_probable_class']:.1%} on average"
    )


def _format_model(facts: dict[str, Any]) -> list[str]:
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
        "refit_every (rounds), resampling (oversample or smote), tune ({grid: {parameter: [values]}, cv: 3,",
        "every: 5}), sample_weight (agreement), label_smoothing (0.1), and for linear models warm_start.",
        "A parameter that is an estimator is written as an entry of 'models' is.",
        *(["", facts["unknown"]] if "unknown" in facts else []),
    ]


def _format_parameter(component: str, name: str, facts: dict[str, Any]) -> str:
    schema = facts["parameters"][name]
    default = f"default {json.dumps(schema.get('default'))}"
    remarks = ["required" if name in facts["required"] else default]
    if "enum" in schema:
        remarks.append(f"one of {', '.join(map(str, schema['enum']))}")
    if facts["main"] == name:
        remarks.append(f"{{{component}: ...}} sets it")
    text = " ".join(schema.get("description", "").split())
    lines = [f"  {name} ({'; '.join(remarks)})", *([f"      {text}"] if text else [])]
    return "\n".join([*lines, *_format_nested(schema, facts["definitions"], 10)])


def _format_nested(schema: dict[str, Any], definitions: dict[str, Any], indent: int) -> list[str]:
    """Return a line for everything in a parameter that is a mapping itself."""
    references = [way.get("$ref") for way in (schema, *schema.get("anyOf", ())) if "$ref" in way]
    bodies = [definitions.get(str(reference).rpartition("/")[2], {}) for reference in references]
    return [
        line
        for body in bodies
        for name, inner in body.get("properties", {}).items()
        for line in (
            f"{'':<{indent}}{name}: {inner.get('description', '')}",
            *_format_nested(inner, definitions, indent + 4),
        )
    ]
