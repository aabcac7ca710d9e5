"""`albench show`."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import click

from albench.catalogue import for_large_pools
from albench.cli import options

TRIAL = "trial"
KINDS = ("strategy", "model", "dataset", "metric", "signal", "seed_set", "oracle", "split")


@click.command(
    "show", epilog="Examples: albench show strategy qbc; albench show trial 3f9c experiments/quickstart.yaml"
)
@click.argument("kind", type=click.Choice((*KINDS, TRIAL)))
@click.argument("name")
@click.argument("spec", type=click.Path(path_type=Path, dir_okay=False), required=False)
@options.results
@options.as_json
def command(kind: str, name: str, spec: Path | None, results: Path, *, as_json: bool) -> None:
    """Show a component: what it does, its parameters, what it needs, where it comes from.

    `albench show trial KEY SPEC` tells one trial pick by pick; the first signs of its KEY are enough.
    """
    if kind == TRIAL:
        if spec is None:
            raise click.UsageError("whose trial? `albench show trial KEY SPEC` takes the experiment file too")
        _trial(name, spec, results, as_json=as_json)
        return
    if spec is not None:
        raise click.UsageError(f"'{spec}': only `albench show trial KEY SPEC` takes an experiment file")
    from albench.catalogue import catalogue

    entries = catalogue()[kind]
    if name not in entries:
        near = difflib.get_close_matches(name, entries, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else f" There are: {', '.join(entries)}."
        raise click.UsageError(f"no {kind.replace('_', ' ')} '{name}'.{hint}")
    facts = entries[name]
    click.echo(json.dumps(facts, indent=1, ensure_ascii=False) if as_json else _text(name, facts))


def _trial(key: str, spec: Path, results: Path, *, as_json: bool) -> None:
    from dataclasses import asdict

    import albench
    from albench.report.picks import told

    found = albench.open_results(spec, results=results).story(key)
    if as_json:
        rounds = [asdict(one) for one in found.rounds]
        told_as = {"trial": dict(found.trial), "classes": found.classes, "rounds": rounds}
        click.echo(json.dumps(told_as, indent=1, ensure_ascii=False, default=str))
    else:
        click.echo("\n".join(told(found)))


def _text(name: str, facts: dict[str, Any]) -> str:
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
    width = max(map(len, data["classes"]))
    classes = [f"  {name:<{width}}  {n:>6,}  {n / data['n_rows']:.1%}" for name, n in data["classes"].items()]
    return [
        *told,
        f"{'rows':<14} {data['n_rows']:,}",
        f"{'features':<14} {types}; {data['missing']:,} missing cells",
        f"{'hash':<14} {data['hash']}",
        "",
        "classes",
        *classes,
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
    lines = [f"  {name} ({'; '.join(told)})", f"      {text}", *_nested(schema, facts["definitions"], 10)]
    return "\n".join(lines)


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
