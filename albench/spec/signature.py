"""What the constructor of an estimator takes."""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from albench.files import explain_lookup

_PACKAGE = "sklearn"
_CONSTRUCTOR = re.compile(r"^    (def __init__\(.*?\):)$", re.DOTALL | re.MULTILINE)


def list_parameters(cls: type) -> tuple[list[str], list[str]] | None:
    """Return the parameters of a class, and those of them that have no default; None if it takes any."""
    parameters = inspect.signature(cls).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return None
    required = [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty and parameter.kind != parameter.VAR_POSITIONAL
    ]
    return [parameter.name for parameter in parameters], required


@cache
def read_parameters(path: str) -> list[str] | None:
    """Read the constructor parameters of a scikit-learn class off its source, without importing it.

    Returns
    -------
    list of str or None
        None if it is not of scikit-learn, or its constructor is not in plain sight.
    """
    # To import scikit-learn takes a second, which whoever only validates a spec need not wait.
    package, *modules, name = path.split(".")
    spec = find_spec(_PACKAGE) if package == _PACKAGE else None
    if spec is None or not spec.submodule_search_locations:
        return None
    start = Path(spec.submodule_search_locations[0], *modules)
    if explain_lookup(start):
        return None
    files = sorted(start.rglob("*.py")) if start.is_dir() else [start.with_suffix(".py")]
    for file in files:
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        body = text.partition(f"\nclass {name}(")[2].partition("\nclass ")[0]
        if constructor := _CONSTRUCTOR.search(body):
            return _parse_arguments(constructor[1])
    return None


def _parse_arguments(definition: str) -> list[str]:
    function: Any = ast.parse(f"{definition} pass").body[0]
    return [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)][1:]
