"""What `show` knows of a component: from the catalogue, from a class, from an experiment's own data."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.spec.messages import closest

if TYPE_CHECKING:
    from collections.abc import Collection

SEED = "random_state"


def component_facts(kind: Any, name: str) -> dict[str, Any]:
    """Return the facts about a component that is built in or given by its import path.

    Raises
    ------
    click.UsageError
        If nothing of this kind has that name.
    """
    from albench.catalogue import catalogue, is_import_path

    entries = catalogue()[kind]
    if name not in entries and is_import_path(name) and kind != "model":
        return _imported_facts(kind, name)
    _see_known(name, entries, kind.replace("_", " "))
    return entries[name] if kind != "model" else {**entries[name], **_estimator_facts(entries[name])}


def dataset_facts(label: str, spec: Path) -> dict[str, Any]:
    """Return the facts about a dataset of an experiment, which is loaded.

    Raises
    ------
    click.UsageError
        If the experiment calls no dataset so.
    DatasetError
        If it cannot be used, or is not in the cache.
    """
    from dataclasses import replace

    from albench.datasets.describe import described
    from albench.datasets.gathering import load_tables

    experiment = options.experiment(spec)
    entries = {entry.label: entry for entry in experiment.datasets}
    _see_known(label, entries, f"dataset in {spec} called")
    table = load_tables(replace(experiment, datasets=(entries[label],)))[label]
    component = entries[label].component
    source, licence = component.provenance(experiment.folder)
    summary = (inspect.getdoc(type(component)) or "").partition("\n\n")[0].replace("\n", " ")
    return {
        "summary": summary,
        "source": source,
        "licence": licence,
        "content": described(table),
        "warnings": list(table.warnings),
    }


def _see_known(name: str, names: Collection[str], what: str) -> None:
    if name not in names:
        near = closest(name, names)
        hint = f" Did you mean '{near}'?" if near else f" There are: {', '.join(names)}."
        raise click.UsageError(f"no {what} '{name}'.{hint}")


def _imported_facts(kind: Any, path: str) -> dict[str, Any]:
    from albench import registry
    from albench.spec.components import BASES

    facts = registry.facts_of(registry.user_class(BASES[kind], path, Path.cwd()))
    if path.rpartition(".")[0] not in registry.ADAPTERS:
        return facts
    from albench.estimators.building import imported_class
    from albench.strategies.skactiveml_adapter import OWN, SET_HERE

    theirs = imported_class(path)
    taken = {name: it for name, it in constructor(theirs).items() if name not in SET_HERE}
    ours = {name: it for name, it in facts["parameters"].items() if name not in OWN[:2]}
    doc = (inspect.getdoc(theirs) or "").partition("\n\n")[0]
    required = [*facts["required"], *_required(taken)]
    told = f"{doc}\n\n{facts['doc']}"
    return {**facts, "doc": told, "parameters": {**taken, **ours}, "required": required}


def _required(parameters: dict[str, dict[str, Any]]) -> list[str]:
    return [name for name, schema in parameters.items() if "default" not in schema]


def _estimator_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a model's estimator; a line that says why not where it cannot be imported."""
    from albench.errors import ModelError
    from albench.estimators.building import imported_class

    try:
        known = constructor(imported_class(facts["estimator"]))
    except ModelError as error:
        return {"unknown": f"Its parameters cannot be listed: {error}"}
    defaults = {name: {**known.get(name, {}), "default": value} for name, value in facts["defaults"].items()}
    required = [*facts["required"], *_required(known)]
    return {
        "parameters": {**known, **defaults},
        "required": list(dict.fromkeys(required)),
        "main": None,
        "definitions": {},
    }


def constructor(cls: Any) -> dict[str, dict[str, Any]]:
    """Return the parameters of an estimator and their defaults, as the catalogue has those of components."""
    found = inspect.signature(cls).parameters.values()
    is_open = any(each.kind is each.VAR_KEYWORD for each in found)
    named = [each for each in found if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    required: dict[str, dict[str, Any]] = {each.name: {} for each in named if each.default is each.empty}
    defaults = {each.name: each.default for each in named if each.name not in required}
    if is_open and not required and hasattr(cls, "get_params"):
        defaults |= cls().get_params(deep=False)
    told = {name: {"default": _plain(value)} for name, value in defaults.items()}
    if SEED in told:
        told[SEED]["description"] = "Seeded by albench unless given."
    return {**required, **told}


def _plain(value: Any) -> Any:
    try:
        json.dumps(value)
    except TypeError:
        return str(value)
    return value
