"""From a name in a spec to a component, and from the components to the catalogue.

``python -m albench.registry`` writes ``catalogue.json`` anew.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import itertools
import json
import os
import pkgutil
import sys
import textwrap
from pathlib import Path
from typing import Any

from albench.catalogue import HOMES, Catalogue, catalogue, is_import_path
from albench.contracts import Component, DatasetSource, Kind, Metric, Model, Strategy
from albench.errors import ImportPathError, UnknownComponentError

__all__ = [
    "ImportPathError",
    "UnknownComponentError",
    "builtin",
    "catalogue",
    "facts_of",
    "imported",
    "is_import_path",
    "names",
    "recipe",
    "restore",
    "user_class",
]

PACKAGES: dict[Kind, str] = {
    "dataset": "albench.datasets",
    "model": "albench.models",
    "strategy": "albench.strategies",
    "seed_set": "albench.seed_sets",
    "oracle": "albench.oracles",
    "split": "albench.splits",
    "metric": "albench.metrics",
    "signal": "albench.metrics",
}

ADAPTERS = {"skactiveml.pool": "albench.strategies.skactiveml_adapter"}
"""Modules of other packages, and ours whose classes of the same names adapt theirs."""
RECIPE = {"for": "recipe"}
"""Serialisation context: import paths lead to files wherever they are, as another process needs them."""


def names(kind: Kind) -> list[str]:
    """Return the built-in names of a kind, in alphabetical order."""
    return sorted(catalogue().get(kind, {}))


def builtin(kind: Kind, name: str) -> type[Component]:
    """Return the class of a built-in component; its module is imported now.

    Raises
    ------
    UnknownComponentError
        If nothing of that kind has that name.
    """
    facts = catalogue().get(kind, {}).get(name)
    if facts is None:
        raise UnknownComponentError(f"no {kind.replace('_', ' ')} '{name}'")
    return class_of(facts)


def class_of(facts: dict[str, Any]) -> type[Component]:
    """Return the class that an entry of the catalogue speaks of; its module is imported now."""
    module, _, qualname = facts["class"].partition(":")
    found: type[Component] = getattr(importlib.import_module(module), qualname)
    return found


def imported(path: str, base: Path) -> Any:
    """Import what ``package.module.Class`` or ``./file.py:Class`` names; nothing of it is called.

    Parameters
    ----------
    path : str
    base : Path
        Folder that ``./file.py`` is relative to.

    Raises
    ------
    ImportPathError
        If the module or the name in it is not there.
    """
    if ".py:" in path:
        return _from_file(path, base)
    module, _, name = path.rpartition(".")
    try:
        home = importlib.import_module(HOMES.get(module, module))
    except ImportError as error:
        raise ImportPathError(f"cannot import '{module}': {error}") from error
    except (Exception, SystemExit) as error:
        raise ImportPathError(f"'{module}' cannot be imported: {error!r}") from error
    try:
        return getattr(home, name)
    except AttributeError as error:
        raise ImportPathError(f"module '{module}' has no '{name}'") from error


def _from_file(path: str, base: Path) -> Any:
    file_name, _, name = path.rpartition(":")
    file = (base / file_name).resolve()
    if not file.is_file():
        raise ImportPathError(f"no file '{file_name}' beside the spec ({file})")
    import hashlib

    module_name = f"albench_user_{file.stem}_{hashlib.sha256(str(file).encode()).hexdigest()[:8]}"
    if module_name not in sys.modules:
        spec = importlib.util.spec_from_file_location(module_name, file)
        if spec is None or spec.loader is None:
            raise ImportPathError(f"'{file_name}' is not a Python file")
        module = importlib.util.module_from_spec(spec)
        vars(module)["ALBENCH_FILE"] = str(file)
        sys.modules[module_name] = module
        try:
            spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:
            del sys.modules[module_name]
            raise ImportPathError(f"'{file_name}' cannot be imported: {error!r}") from error
    try:
        return getattr(sys.modules[module_name], name)
    except AttributeError as error:
        raise ImportPathError(f"'{file_name}' has no '{name}'") from error


def user_class(base_class: type[Component], path: str, folder: Path) -> type[Component]:
    """Import a user's component and see that it is a subclass of the right base.

    Raises
    ------
    ImportPathError
        If it is not.
    """
    module, _, name = path.rpartition(".")
    found = _adapted(module, name) if module in ADAPTERS else imported(path, folder)
    if not (inspect.isclass(found) and issubclass(found, base_class)):
        raise ImportPathError(f"'{path}' is not a subclass of albench.{base_class.__name__}")
    return found


def _adapted(module: str, name: str) -> Any:
    adapter = importlib.import_module(ADAPTERS[module])
    if name not in adapter.CLASSES:
        known = ", ".join(adapter.CLASSES)
        raise ImportPathError(f"no strategy for classifiers '{module}.{name}'; there are {known}")
    return getattr(adapter, name)


def recipe(component: Component) -> dict[str, Any]:
    """Return plain data from which :func:`restore` makes an equal component in another process."""
    cls = type(component)
    file = getattr(sys.modules[cls.__module__], "ALBENCH_FILE", None)
    source = f"{file}:{cls.__qualname__}" if file else f"{cls.__module__}.{cls.__qualname__}"
    params = component.model_dump(mode="json", exclude_defaults=True, context=RECIPE)
    return {"class": source, "params": params}


def restore(made: dict[str, Any]) -> Component:
    """Make the component that :func:`recipe` described."""
    component: Component = imported(made["class"], Path()).model_validate(made["params"])
    return component


def build_catalogue() -> Catalogue:
    """Collect the facts of every built-in component from its class."""
    found: Catalogue = {kind: {} for kind in PACKAGES}
    # Models are listed by short name: some of their modules need packages that are not installed.
    for package in dict.fromkeys(home for kind, home in PACKAGES.items() if kind != "model"):
        for cls in _component_classes(package):
            found[cls.kind][cls.name] = facts_of(cls)
    short_names = importlib.import_module(f"{PACKAGES['model']}.names").MODELS
    found["model"] = {name: entry.facts() for name, entry in short_names.items()}
    return {kind: dict(sorted(entries.items())) for kind, entries in found.items()}


def _component_classes(package: str) -> list[type[Component]]:
    root = importlib.import_module(package)
    modules = [
        importlib.import_module(f"{package}.{info.name}") for info in pkgutil.iter_modules(root.__path__)
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


def facts_of(cls: type[Component]) -> dict[str, Any]:
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
        "parameters": _described(cls, schema.get("properties", {})),
        "required": schema.get("required", []),
        "definitions": schema.get("$defs", {}),
    }
    if issubclass(cls, Strategy):
        facts |= {"family": cls.family, "needs": sorted(cls.needs), "cost": cls.cost, "arms": cls.arms}
        facts["complexity"] = cls.complexity
        facts["shares"] = not facts["required"] and bool(cls().shares())
        facts |= _needs_by_default(cls, facts)
    if issubclass(cls, DatasetSource):
        facts |= {"licence": cls.licence, "source": cls.source, "content": cls.content()}
    if issubclass(cls, Metric):
        facts |= {
            "greater_is_better": cls.greater_is_better,
            "needs_proba": cls.needs_proba,
            "cheap": cls.cheap,
        }
    return facts


def _needs_by_default(cls: type[Strategy], facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a strategy needs without parameters where that is less or more than its class says."""
    if facts["required"]:
        return {}
    needs = sorted(cls().required())
    return {} if needs == facts["needs"] else {"default_needs": needs}


def _described(cls: type[Component], properties: dict[str, Any]) -> dict[str, Any]:
    """Add to each parameter what the string below its field says.

    Pydantic can do so when a class is made, but reads the source of every class for it: too slow at import.
    """
    texts = {name: text for base in reversed(cls.__mro__) for name, text in _field_docs(base).items()}
    return {
        name: {**schema, "description": texts[name]} if name in texts else schema
        for name, schema in properties.items()
    }


def _field_docs(cls: type) -> dict[str, str]:
    if not issubclass(cls, Component) or not _has_source(cls):
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
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    text = json.dumps(build_catalogue(), indent=1, ensure_ascii=False)
    partial.write_text(f"{text}\n", encoding="utf-8")
    return partial.replace(target)


if __name__ == "__main__":
    write_catalogue()
