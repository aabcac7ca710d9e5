"""Objects from import paths and parameters, those nested in parameters included."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from albench.errors import ImportPathError, ModelError
from albench.estimators.nested_estimators import ESTIMATOR_KEYS, ESTIMATOR_LIST_KEYS, is_entry
from albench.registry.imports import import_object
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

NEEDS_CONSECUTIVE_CLASSES = "xgboost."
"""Import paths of classifiers that take no classes but 0, 1, ..."""
RIVER_METHODS = ("predict_proba_one", "learn_one")
"""What a classifier of River must have."""
_SEED = "random_state"
_METHODS = ("fit", "get_params", "set_params")


def make_object(path: str, params: Mapping[str, Any], seed: int) -> Any:
    """Make an object of a class, its parameters made first where they are entries themselves.

    Parameters
    ----------
    path : str
        Import path of the class.
    params : mapping
        Constructor parameters; ``{import path: {parameter: value}}`` anywhere in them is an object.
    seed : int
        ``random_state`` of it and of all that is nested in it, where that is left open.
    """
    cls = import_class(path)
    if path.startswith(NEEDS_CONSECUTIVE_CLASSES) and hasattr(cls, "predict_proba"):
        from albench.estimators.consecutive_classes import make_label_encoding

        cls = make_label_encoding(cls)
    try:
        return cls(**_fill_seed(cls, build_parameters(params, seed), seed))
    except (TypeError, ValueError) as error:
        raise ModelError(explain_refusal(error, cls, path, params)) from error


def explain_refusal(error: Exception, cls: type, path: str, params: Mapping[str, Any]) -> str:
    """Return why no object was made: a parameter that the class does not have, else what it says itself."""
    try:
        known = inspect.signature(cls).parameters
    except ValueError:
        return f"{path}: {error}"
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values())
    unknown = [] if takes_any else [name for name in params if name not in known]
    return f"{quote(path)} has no parameter {quote(unknown[0])}" if unknown else f"{path}: {error}"


def import_class(path: str) -> Any:
    """Import a class."""
    try:
        cls = import_object(path, Path())
    except ImportPathError as error:
        raise ModelError(f"{error}{suggest_extra(path)}") from error
    if not inspect.isclass(cls):
        raise ModelError(f"'{path}' is no class")
    return cls


def suggest_extra(path: str) -> str:
    """Say what to install where an optional package is missing; nothing for other paths."""
    from importlib.util import find_spec

    package = next((name for name, extra in EXTRAS.items() if path.startswith(f"{extra.prefix}.")), None)
    if package is None or find_spec(EXTRAS[package].package):
        return ""
    return f"; install it with: pip install 'albench[{package}]'"


def _fill_seed(cls: type, params: dict[str, Any], seed: int) -> dict[str, Any]:
    """Fill in ``random_state``; of objects that are no estimators only where they shuffle."""
    parameters = inspect.signature(cls).parameters
    if _SEED not in parameters or _SEED in params:
        return params
    return {**params, _SEED: seed} if hasattr(cls, "get_params") or params.get("shuffle") else params


def build_parameters(params: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return parameters with what is nested in them made anew; without anything nested, as they are."""
    return {
        name: _build_value(value, seed, name in (*ESTIMATOR_KEYS, *ESTIMATOR_LIST_KEYS))
        for name, value in params.items()
    }


def _build_value(value: Any, seed: int, is_estimator: bool) -> Any:  # noqa: FBT001 - passed on, never a literal
    if is_entry(value):
        ((path, params),) = value.items()
        if is_estimator:
            _check_estimator(path)
        return make_object(path, params or {}, seed)
    if isinstance(value, dict):
        return {name: _build_value(each, seed, is_estimator) for name, each in value.items()}
    if isinstance(value, list):
        items = [_build_value(each, seed, is_estimator) for each in value]
        # scikit-learn wants the steps of a pipeline and its like as pairs.
        return [tuple(each) if _is_pair(each) else each for each in items]
    return value


def _check_estimator(path: str) -> None:
    """Check that a class is an estimator before anything of it is called."""
    cls = import_class(path)
    if not all(hasattr(cls, method) for method in _METHODS):
        raise ModelError(f"'{path}' is no scikit-learn estimator: it needs {', '.join(_METHODS)}")


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) in (2, 3)
        and isinstance(value[0], str)
        and hasattr(value[1], "get_params")
    )


class Extra(NamedTuple):
    """An extra of albench.

    Attributes
    ----------
    package : str
        What must be importable.
    prefix : str
        Module that the import paths of its estimators start with.
    """

    package: str
    prefix: str


EXTRAS = {
    "lightgbm": Extra("lightgbm", "lightgbm"),
    "xgboost": Extra("xgboost", "xgboost"),
    "catboost": Extra("catboost", "catboost"),
    "tabpfn": Extra("tabpfn", "tabpfn"),
    "torch": Extra("torch", "albench.models.torch_mlp"),
    "river": Extra("river", "river"),
    "sentence-transformers": Extra("sentence_transformers", "albench.prepared.sentences"),
}
