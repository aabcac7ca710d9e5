"""The facts that `albench show` prints of a component or a dataset."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from albench.cli import options
from albench.text import find_closest

if TYPE_CHECKING:
    from collections.abc import Collection


SEED = "random_state"


def collect_facts(kind: Any, name: str) -> dict[str, Any]:
    """Return the facts about a component that is built in or given by its import path."""
    from albench.registry.catalogue import is_import_path, load_catalogue

    entries = load_catalogue()[kind]
    if name not in entries and is_import_path(name) and kind != "model":
        return _collect_imported_facts(kind, name)
    _check_known(name, entries, kind.replace("_", " "))
    return entries[name] if kind != "model" else {**entries[name], **_collect_estimator_facts(entries[name])}


def collect_dataset_facts(label: str, spec: Path) -> dict[str, Any]:
    """Return the facts about a dataset of an experiment, which is loaded.

    Raises
    ------
    click.UsageError
        If the experiment calls no dataset so.
    DatasetError
        If it cannot be used, or is not in the cache.
    """
    from dataclasses import replace

    from albench.cli.display import show_phase

    with show_phase("reading data"):
        from albench.datasets.facts import describe_table
        from albench.datasets.of_experiment import load_tables
        from albench.datasets.representativeness import compare_with_unlabelled, describe_unlabelled

        experiment = options.read_experiment(spec)
        entries = {entry.label: entry for entry in experiment.datasets}
        _check_known(label, entries, f"dataset in {spec} called")
        table = load_tables(replace(experiment, datasets=(entries[label],)))[label]
        unlabelled = describe_unlabelled(table, compare_with_unlabelled(table))
    component = entries[label].component
    source, licence = component.provenance(experiment.folder)
    summary = (inspect.getdoc(type(component)) or "").partition("\n\n")[0].replace("\n", " ")
    return {
        "summary": summary,
        "source": source,
        "licence": licence,
        "content": describe_table(table),
        "warnings": [*table.warnings, *unlabelled],
    }


def _check_known(name: str, names: Collection[str], what: str) -> None:
    if name not in names:
        near = find_closest(name, names)
        hint = f" Did you mean '{near}'?" if near else f" There are: {', '.join(names)}."
        raise click.UsageError(f"no {what} '{name}'.{hint}")


def _collect_imported_facts(kind: Any, path: str) -> dict[str, Any]:
    from albench.registry.build import collect_component_facts
    from albench.registry.lookup import ADAPTERS, import_user_class
    from albench.spec.components import get_base

    facts: dict[str, Any] = collect_component_facts(import_user_class(get_base(kind), path, Path.cwd()))
    if path.rpartition(".")[0] not in ADAPTERS:
        return facts
    from albench.estimators.building import import_class
    from albench.strategies.skactiveml.adapter import OWN_PARAMS, SET_FROM_DATASET

    adapted_class = import_class(path)
    adapted = {
        name: schema
        for name, schema in describe_constructor(adapted_class).items()
        if name not in SET_FROM_DATASET
    }
    own = {name: schema for name, schema in facts["parameters"].items() if name not in OWN_PARAMS[:2]}
    doc = (inspect.getdoc(adapted_class) or "").partition("\n\n")[0]
    required = [*facts["required"], *_list_required(adapted)]
    full_doc = f"{doc}\n\n{facts['doc']}"
    return {**facts, "doc": full_doc, "parameters": {**adapted, **own}, "required": required}


def _list_required(parameters: dict[str, dict[str, Any]]) -> list[str]:
    return [name for name, schema in parameters.items() if "default" not in schema]


def _collect_estimator_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a model's estimator; a line that says why not where it cannot be imported."""
    from albench.errors import ModelError
    from albench.estimators.building import import_class

    try:
        parameters = describe_constructor(import_class(facts["estimator"]))
    except ModelError as error:
        return {"unknown": f"Its parameters cannot be listed: {error}"}
    defaults = {
        name: {**parameters.get(name, {}), "default": value} for name, value in facts["defaults"].items()
    }
    required = [*facts["required"], *_list_required(parameters)]
    return {
        "parameters": {**parameters, **defaults},
        "required": list(dict.fromkeys(required)),
        "main": None,
        "definitions": {},
    }


def describe_constructor(cls: Any) -> dict[str, dict[str, Any]]:
    """Return the parameters of an estimator and their defaults, as the catalogue has those of components."""
    arguments = inspect.signature(cls).parameters.values()
    is_open = any(each.kind is each.VAR_KEYWORD for each in arguments)
    named = [each for each in arguments if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    required: dict[str, dict[str, Any]] = {each.name: {} for each in named if each.default is each.empty}
    defaults = {each.name: each.default for each in named if each.name not in required}
    if is_open and not required and hasattr(cls, "get_params"):
        defaults |= cls().get_params(deep=False)
    optional = {name: {"default": _make_plain(value)} for name, value in defaults.items()}
    if SEED in optional:
        optional[SEED]["description"] = "Seeded by albench unless given."
    return {**required, **optional}


def _make_plain(value: Any) -> Any:
    try:
        json.dumps(value)
    except TypeError:
        return str(value)
    return value
