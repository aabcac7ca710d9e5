"""Estimators in the parameters of an estimator, as a spec may write them and as a trial's key holds them.

A spec says ``estimator: svm_rbf``, ``estimator: {svm_rbf: {C: 2}}`` or gives an import path; the key holds
``{"sklearn.svm.SVC": {"C": 2}}``. So does any other parameter that is a mapping from one import path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.contracts.entry import is_class_path, split_entry
from albench.files import explain_lookup

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Names = Mapping[str, Mapping[str, Any]]

ESTIMATOR_KEYS = (
    "estimator",
    "base_estimator",
    "final_estimator",
    "classifier",
    "regressor",
    "transformer",
)
"""Parameters that hold an estimator."""
ESTIMATOR_LIST_KEYS = ("estimators", "steps", "transformer_list", "transformers")
"""Parameters that hold pairs of a name and an estimator."""


def is_entry(value: Any) -> bool:
    """Say whether a value is ``{import path: parameters}``."""
    path, params = (split_entry(value) if isinstance(value, dict) else None) or ("", None)
    return is_class_path(path) and (params is None or isinstance(params, dict))


def expand_nested(params: Mapping[str, Any], names: Names, folder: Path) -> dict[str, Any]:
    """Write every nested estimator as a mapping from its import path to its parameters.

    Parameters
    ----------
    params : mapping
        As the spec has them.
    names : mapping
        Short names of models: ``estimator`` and ``defaults`` of each.
    folder : Path
        Where files of ``./file.py:Class`` are looked for; they are written in full.
    """
    return {name: _expand_parameter(name, value, names, folder) for name, value in params.items()}


def resolve_path(path: str, folder: Path) -> str:
    """Return an import path with its file, if it is one, in full: other processes have other folders."""
    file, colon, name = path.rpartition(":")
    if not colon or explain_lookup(folder / file):  # Its import says what is wrong.
        return path
    return f"{(folder / file).resolve()}:{name}"


def _expand_parameter(name: str, value: Any, names: Names, folder: Path) -> Any:
    if name in ESTIMATOR_KEYS:
        return _expand_estimator(value, names, folder)
    if name in ESTIMATOR_LIST_KEYS and isinstance(value, list):
        return [_expand_named(item, names, folder) for item in value]
    return _expand_value(value, names, folder)


def _expand_named(item: Any, names: Names, folder: Path) -> Any:
    """Read ``[name, estimator]``, with columns after it for some, or ``{name: estimator}``."""
    if isinstance(item, dict) and len(item) == 1:
        item = list(*item.items())
    if isinstance(item, list) and len(item) > 1:
        return [item[0], _expand_estimator(item[1], names, folder), *item[2:]]
    return item


def _expand_estimator(value: Any, names: Names, folder: Path) -> Any:
    name, params = split_entry(value) or ("", None)
    if (name in names or is_class_path(name)) and (params is None or isinstance(params, dict)):
        entry = names.get(name) or {"estimator": resolve_path(name, folder), "defaults": {}}
        return {entry["estimator"]: {**entry["defaults"], **expand_nested(params or {}, names, folder)}}
    return _expand_value(value, names, folder)


def _expand_value(value: Any, names: Names, folder: Path) -> Any:
    if is_entry(value):
        return _expand_estimator(value, names, folder)
    if isinstance(value, dict):
        return {key: _expand_value(each, names, folder) for key, each in value.items()}
    if isinstance(value, list):
        return [_expand_value(each, names, folder) for each in value]
    return value
