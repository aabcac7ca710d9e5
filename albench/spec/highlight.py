"""Strategies that a page always shows: those that ``highlight`` names, and those that are not built in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from albench.contracts import class_path
from albench.registry.catalogue import load_catalogue
from albench.spec.components import get_name
from albench.spec.listed import ListedComponent
from albench.spec.unresolved import UnresolvedComponent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from albench.contracts import Component
    from albench.spec.experiment import Entry, Experiment


def find_strategies(name: str, strategies: Iterable[Entry[Any]], folder: Path) -> list[str]:
    """Return the labels of the strategies that a name means: a label, else what entries are written as.

    Parameters
    ----------
    name : str
        A label, the name of a built-in strategy, or an import path.
    folder : Path
        Where relative paths start.
    """
    entries = list(strategies)
    labels = [entry.label for entry in entries if entry.label == name]
    path = _locate_class(name, folder)
    return labels or [
        entry.label
        for entry in entries
        if get_name(entry.component) == name or path in _list_paths(entry.component, folder)
    ]


def list_highlighted(experiment: Experiment) -> tuple[str, ...]:
    """Return the labels of the strategies that ``highlight`` names, and of all that are not built in."""
    named = [
        label
        for name in experiment.highlight
        for label in find_strategies(name, experiment.strategies, experiment.folder)
    ]
    own = [entry.label for entry in experiment.strategies if not _is_built_in(entry.component)]
    return tuple(dict.fromkeys([*named, *own]))


def list_own_strategies(experiment: Experiment) -> tuple[str, ...]:
    """Return the labels of the strategies whose classes are in files or packages of the user's."""
    return tuple(
        entry.label
        for entry in experiment.strategies
        if isinstance(entry.component, UnresolvedComponent)
        or not type(entry.component).__module__.startswith("albench.")
    )


def _is_built_in(component: Component) -> bool:
    cls = type(component)
    path = f"{cls.__module__}:{cls.__qualname__}"
    return any(facts.get("class") == path for facts in load_catalogue()["strategy"].values())


def _list_paths(component: Component | ListedComponent, folder: Path) -> list[str]:
    """Return the import path of a class of the user's, with the whole path of its file; none of others."""
    if isinstance(component, ListedComponent):
        return []
    if isinstance(component, UnresolvedComponent):
        return [_locate_class(component.path, folder)]
    cls = type(component)
    file = getattr(sys.modules[cls.__module__], "ALBENCH_FILE", None)
    return [class_path(cls)] if file is None else [_locate_class(f"{file}:{cls.__qualname__}", folder)]


def _locate_class(path: str, folder: Path) -> str:
    file, _, name = path.rpartition(":")
    return f"{(folder / file).resolve()}:{name}" if file else path
