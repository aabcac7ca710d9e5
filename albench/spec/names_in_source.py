"""What a class beside the spec is called, read off its source: nothing of the user's is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_BASES = {"Strategy", "Metric", "Signal", "Oracle", "SeedSet", "Split", "DatasetSource"}
"""Classes of albench that have no name of their own, which a class could inherit."""


def read_class_name(path: str, folder: Path) -> str | None:
    """Return the name under which a class will be known; None where only its import could tell.

    Parameters
    ----------
    path : str
        ``./file.py:Class`` or ``package.module.Class``.
    folder : Path
        Where relative paths start.
    """
    file, _, class_name = path.rpartition(":")
    if not file:
        return None
    try:
        tree = ast.parse((folder / file).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        # Its import will say what is wrong.
        return None
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    return _find_name(class_name, classes) if class_name in classes else None


def _find_name(class_name: str, classes: dict[str, ast.ClassDef]) -> str | None:
    seen: set[str] = set()
    owner = class_name
    while owner in classes and owner not in seen:
        seen.add(owner)
        if any(getattr(statement, "name", None) == "column" for statement in classes[owner].body):
            return None
        is_given, name = _read_attribute(classes[owner])
        if is_given:
            return name
        bases = [
            base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
            for base in classes[owner].bases
        ]
        owner = bases[0] if len(bases) == 1 else ""
    return class_name if owner in _BASES and owner not in classes else None


def _read_attribute(node: ast.ClassDef) -> tuple[bool, str | None]:
    """Say whether a class has a name, and which one if it is plain text."""
    for statement in node.body:
        targets = (
            statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        )
        if any(isinstance(target, ast.Name) and target.id == "name" for target in targets):
            value = getattr(statement, "value", None)
            return True, value.value if isinstance(value, ast.Constant) and isinstance(
                value.value, str
            ) else None
    return False, None
