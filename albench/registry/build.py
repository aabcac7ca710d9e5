"""From the component classes to the catalogue of what is built in."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import itertools
import json
import pkgutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.contracts import (
    BudgetManager,
    Component,
    DatasetSource,
    Metric,
    Model,
    StoppingRule,
    Strategy,
    StreamStrategy,
)
from albench.files import replace_file
from albench.registry.catalogue import SHARED
from albench.registry.lookup import PACKAGES

if TYPE_CHECKING:
    from albench.registry.catalogue import Catalogue


def build_catalogue() -> Catalogue:
    """Collect the facts of every built-in component from its class."""
    catalogue: Catalogue = {kind: {} for kind in PACKAGES}
    # Models are listed by short name: some of their modules need packages that are not installed.
    for package in dict.fromkeys(home for kind, home in PACKAGES.items() if kind != "model"):
        for cls in _find_component_classes(package):
            catalogue[cls.kind][cls.name] = collect_component_facts(cls)
    short_names = importlib.import_module(f"{PACKAGES['model']}.names").MODELS
    catalogue["model"] = {name: entry.describe() for name, entry in short_names.items()}
    return {kind: dict(sorted(entries.items())) for kind, entries in catalogue.items()}


def _find_component_classes(package: str) -> list[type[Component]]:
    root = importlib.import_module(package)
    modules = [
        importlib.import_module(info.name) for info in pkgutil.walk_packages(root.__path__, f"{package}.")
    ]
    return [
        cls
        for module in modules
        for cls in vars(module).values()
        if inspect.isclass(cls)
        and issubclass(cls, Component)
        and not issubclass(cls, Model)
        and cls.__module__ == module.__name__
        and cls.__dict__.get("name")
    ]


def collect_component_facts(cls: type[Component]) -> dict[str, Any]:
    """Return the facts about a component, as the catalogue has them of what is built in."""
    doc = inspect.getdoc(cls) or ""
    schema = cls.model_json_schema()
    facts: dict[str, Any] = {
        "class": f"{cls.__module__}:{cls.__qualname__}",
        "summary": doc.split("\n\n", 1)[0].replace("\n", " "),
        "doc": doc,
        "version": cls.version,
        "main": cls.main,
        "reference": cls.reference,
        "parameters": _add_descriptions(cls, schema.get("properties", {})),
        "required": schema.get("required", []),
        "definitions": schema.get("$defs", {}),
    }
    if issubclass(cls, Strategy):
        facts |= {"family": cls.family, "needs": sorted(cls.needs), "cost": cls.cost, "arms": cls.arms}
        facts["complexity"] = cls.complexity
        facts["shares"] = not facts["required"] and bool(cls().shares())
        facts |= {"asks_again": True} if cls.asks_again else {}
        facts |= _needs_by_default(cls, facts)
    if issubclass(cls, DatasetSource):
        facts |= {"licence": cls.licence, "source": cls.source, "content": cls.content()}
    if issubclass(cls, Metric):
        facts |= {
            "greater_is_better": cls.greater_is_better,
            "needs_proba": cls.needs_proba,
            "cheap": cls.cheap,
        }
    if issubclass(cls, StoppingRule):
        facts |= {"needs_proba": cls.needs_proba, "is_paid": cls.is_paid}
    if issubclass(cls, StreamStrategy):
        facts |= {"sets_threshold": cls.sets_threshold, "manager": cls().get_published_manager().name}
    if issubclass(cls, BudgetManager):
        facts |= {"sets_threshold": cls.sets_threshold, "promises": cls.promises}
    return facts


def _needs_by_default(cls: type[Strategy], facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a strategy needs without parameters where that is less or more than its class says."""
    if facts["required"]:
        return {}
    needs = sorted(cls().required())
    return {} if needs == facts["needs"] else {"default_needs": needs}


def _add_descriptions(cls: type[Component], properties: dict[str, Any]) -> dict[str, Any]:
    """Add to each parameter what the string below its field says.

    Pydantic can do so when a class is made, but reads the source of every class for it: too slow at import.
    """
    bases = [base for base in reversed(cls.__mro__) if issubclass(base, Component)]
    texts = {name: text for base in bases for name, text in read_field_docs(base).items()}
    return {
        name: {**schema, "description": texts[name]} if name in texts else schema
        for name, schema in properties.items()
    }


def read_field_docs(cls: type) -> dict[str, str]:
    """Return what the string below each field of a class says, by the name of the field."""
    if not _has_source(cls):
        return {}
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0].body  # type: ignore[attr-defined]
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _has_source(cls: type) -> bool:
    """Say whether a class stands in a file, and was not made by a function."""
    try:
        return bool(inspect.getsource(cls))
    except (OSError, TypeError):
        return False


def write_catalogue() -> Path:
    """Write ``catalogue.json`` beside this module; whoever reads it meanwhile reads the old one whole."""
    target = Path(__file__).with_name("catalogue.json")
    kinds = {kind: _take_out_shared(entries) for kind, entries in build_catalogue().items()}
    text = json.dumps(kinds, indent=1, ensure_ascii=False)
    with replace_file(target, is_durable=False) as handle:
        handle.write(f"{text}\n".encode())
    return target


def _take_out_shared(entries: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return entries of a kind as the file has them: once what all of them have, such as a dataset's pool."""
    shared: dict[str, Any] = {}
    for part in ("parameters", "definitions"):
        first, *others = (facts.get(part, {}) for facts in entries.values())
        shared[part] = {
            name: schema
            for name, schema in first.items()
            if all(name in items and items[name] == schema for items in others)
        }
    own = {
        name: facts
        | {
            part: {key: facts[part][key] for key in facts[part] if key not in items}
            for part, items in shared.items()
            if items
        }
        for name, facts in entries.items()
    }
    return {SHARED: {part: items for part, items in shared.items() if items}, **own}
