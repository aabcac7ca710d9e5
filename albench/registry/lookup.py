"""From a name in a spec to a component, built in or a user's, and back to plain data."""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.contracts.component import RECIPE
from albench.errors import ImportPathError, UnknownComponentError
from albench.registry.catalogue import load_catalogue
from albench.registry.imports import import_object

if TYPE_CHECKING:
    from albench.contracts import Component, Kind

PACKAGES: dict[Kind, str] = {
    "dataset": "albench.datasets",
    "model": "albench.models",
    "strategy": "albench.strategies",
    "seed_set": "albench.seed_sets",
    "oracle": "albench.oracles",
    "split": "albench.splits",
    "metric": "albench.metrics",
    "signal": "albench.metrics",
    "stopping_rule": "albench.stopping",
    "stream_strategy": "albench.stream",
    "budget_manager": "albench.stream",
    "drift": "albench.stream",
}

ADAPTERS = {"skactiveml.pool": "albench.strategies.skactiveml.adapter"}
"""Modules of other packages, and ours whose classes of the same names adapt theirs."""


def list_names(kind: Kind) -> list[str]:
    """Return the built-in names of a kind, in alphabetical order."""
    return sorted(load_catalogue().get(kind, {}))


def get_builtin(kind: Kind, name: str) -> type[Component]:
    """Return the class of a built-in component; its module is imported now."""
    facts = load_catalogue().get(kind, {}).get(name)
    if facts is None:
        raise UnknownComponentError(f"no {kind.replace('_', ' ')} '{name}'")
    return import_class(facts)


def import_class(facts: dict[str, Any]) -> type[Component]:
    """Return the class that an entry of the catalogue speaks of; its module is imported now."""
    module, _, qualname = facts["class"].partition(":")
    component_class: type[Component] = getattr(importlib.import_module(module), qualname)
    return component_class


def import_user_class(base_class: type[Component], path: str, folder: Path) -> type[Component]:
    """Import a user's component and see that it is a subclass of the right base."""
    from albench.contracts.class_variables import check_declarations

    module, _, name = path.rpartition(".")
    imported_object = _import_adapter(module, name) if module in ADAPTERS else import_object(path, folder)
    if not (inspect.isclass(imported_object) and issubclass(imported_object, base_class)):
        raise ImportPathError(f"'{path}' is not a subclass of albench.{base_class.__name__}")
    check_declarations(imported_object, path)
    return imported_object


def _import_adapter(module: str, name: str) -> Any:
    adapter = importlib.import_module(ADAPTERS[module])
    if name not in adapter.CLASSES:
        class_names = ", ".join(adapter.CLASSES)
        raise ImportPathError(f"no strategy for classifiers '{module}.{name}'; there are {class_names}")
    return getattr(adapter, name)


def make_recipe(component: Component) -> dict[str, Any]:
    """Return plain data from which :func:`restore_component` makes an equal component in another process."""
    cls = type(component)
    file = getattr(sys.modules[cls.__module__], "ALBENCH_FILE", None)
    source = f"{file}:{cls.__qualname__}" if file else f"{cls.__module__}.{cls.__qualname__}"
    params = component.model_dump(mode="json", exclude_defaults=True, context=RECIPE)
    return {"class": source, "params": params}


def restore_component(recipe: dict[str, Any]) -> Any:
    """Make the component that :func:`make_recipe` described; of which kind it is, only the caller knows."""
    return import_object(recipe["class"], Path()).model_validate(recipe["params"])
