"""The grammar of an entry as plain data: ``name``, ``{name: {parameter: value}}`` or ``{name: scalar}``."""

from __future__ import annotations

import re
from typing import Any

_CLASS_PATH = re.compile(r"([A-Za-z_]\w*\.)+[A-Za-z_]\w*|.+\.py:[A-Za-z_]\w*")


def is_class_path(name: str) -> bool:
    """Say whether a name is an import path: ``package.module.Class`` or ``./file.py:Class``."""
    return _CLASS_PATH.fullmatch(name) is not None


def split_entry(value: Any) -> tuple[str, Any] | None:
    """Return the name of an entry, and its parameters or scalar or nothing; None if it is no entry."""
    if isinstance(value, str):
        return value, None
    if isinstance(value, dict) and len(value) == 1:
        ((name, params),) = value.items()
        return str(name), params
    return None


def join_entry(name: str, params: Any) -> str | dict[str, Any]:
    """Return the shortest entry of a name and its parameters."""
    return {name: params} if params else name
