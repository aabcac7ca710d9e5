"""Import paths: ``package.module.Class`` and ``./file.py:Class``."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from importlib.machinery import SourceFileLoader
from typing import TYPE_CHECKING, Any

from albench.errors import ImportPathError, clean_text
from albench.files import explain_lookup
from albench.lasting_names import CURRENT_MODULES
from albench.registry.catalogue import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path
    from types import CodeType

_LONGEST_PATH = 200


def import_object(path: str, base: Path) -> Any:
    """Import what ``package.module.Class`` or ``./file.py:Class`` names; nothing of it is called.

    Parameters
    ----------
    base : Path
        Folder that ``./file.py`` is relative to.
    """
    if ".py:" in path:
        return _import_from_file(path, base)
    if "/" in path or path.endswith((".py", ".yaml", ".yml")):
        raise ImportPathError(f"'{path}' names no class in a Python file: write './file.py:Class'")
    module, _, name = path.rpartition(".")
    module = CURRENT_MODULES.get(module, module)
    try:
        return _import_name(module, name)
    except ImportPathError:
        # Only now: each trial imports its components, and the catalogue takes milliseconds to read.
        moved = _find_moved_module(module, name)
        if moved is None:
            raise
    return _import_name(moved, name)


def _import_name(module: str, name: str) -> Any:
    try:
        home = importlib.import_module(module)
    except ImportError as error:
        why = f"there is no module '{error.name}'" if isinstance(error, ModuleNotFoundError) else error
        raise ImportPathError(f"cannot import '{module}': {why}") from error
    except (Exception, SystemExit) as error:
        raise ImportPathError(f"'{module}' cannot be imported: {_describe_failure(error)}") from error
    try:
        return getattr(home, name)
    except AttributeError as error:
        raise ImportPathError(f"module '{module}' has no '{name}'") from error


def _describe_failure(error: BaseException) -> str:
    if getattr(error, "code", None) != "model-field-missing-annotation":
        return repr(error)
    return (
        f"{str(error).split('. ', 1)[0]}. A parameter has a type; what a class says of itself "
        "has a name that its kind declares, as 'needs' (misspelt?); a constant of yours stands outside of it"
    )


def _find_moved_module(module: str, name: str) -> str | None:
    """Return where a built-in class is that a spec calls by a path from before a move; None if none is."""
    # Their classes may be called like strategies of ours: skactiveml.pool.Quire is not quire.
    if not module.startswith("albench.") or module in CURRENT_MODULES.values():
        return None
    package = ".".join(module.split(".")[:2])
    paths = (
        facts["class"].split(":")
        for kind in load_catalogue().values()
        for facts in kind.values()
        if "class" in facts
    )
    return next(
        (home for home, class_name in paths if class_name == name and home.startswith(f"{package}.")), None
    )


def locate_file(file_name: str, base: Path) -> Path:
    """Return the file in which a class is."""
    if trouble := explain_lookup(base / file_name):
        raise ImportPathError(f"'{clean_text(file_name, _LONGEST_PATH)}' {trouble}")
    file = (base / file_name).resolve()
    if not file.is_file():
        raise ImportPathError(f"no file '{file_name}' beside the spec ({file})")
    return file


class _SourceLoader(SourceFileLoader):
    """Imports the text that it is given; stored bytecode may be that of an older text of the same second."""

    def __init__(self, name: str, path: str, source: bytes) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        """Return the compiled text."""
        del fullname
        return self.source_to_code(self._source, self.path)


def _import_from_file(path: str, base: Path) -> Any:
    file_name, _, name = path.rpartition(":")
    file = locate_file(file_name, base)
    from albench.contracts.source_code import name_module

    module_name = name_module(file)
    source = file.read_bytes()
    # A file that was edited since is imported anew: results are filed under the code that gave them.
    if getattr(sys.modules.get(module_name), "ALBENCH_SOURCE", None) != source:
        loader = _SourceLoader(module_name, str(file), source)
        spec = importlib.util.spec_from_file_location(module_name, file, loader=loader)
        if spec is None:
            raise ImportPathError(f"'{file_name}' is not a Python file")
        module = importlib.util.module_from_spec(spec)
        vars(module).update(ALBENCH_FILE=str(file), ALBENCH_SOURCE=source)
        sys.modules[module_name] = module
        try:
            # Filters that it sets for warnings are not to hold for all that comes after it.
            with warnings.catch_warnings():
                loader.exec_module(module)
        except (Exception, SystemExit) as error:
            del sys.modules[module_name]
            raise ImportPathError(f"'{file_name}' cannot be imported: {_describe_failure(error)}") from error
    try:
        return getattr(sys.modules[module_name], name)
    except AttributeError as error:
        raise ImportPathError(f"'{file_name}' has no '{name}'") from error
