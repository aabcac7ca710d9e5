"""Estimators in the parameters of an estimator, as a spec may write them and as a trial's key holds them.

A spec says ``estimator: svm_rbf``, ``estimator: {svm_rbf: {C: 2}}`` or gives an import path; the key holds
``{"sklearn.svm.SVC": {"C": 2}}``. So does any other parameter that is a mapping from one import path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACES = ("estimator", "base_estimator", "final_estimator", "classifier", "regressor", "transformer")
"""Parameters that hold an estimator."""
LISTS = ("estimators", "steps", "transformer_list", "transformers")
"""Parameters that hold pairs of a name and an estimator."""
_PATH = re.compile(r"([A-Za-z_]\w*\.)+[A-Za-z_]\w*|.+\.py:[A-Za-z_]\w*")


def is_entry(value: Any) -> bool:
    """Say whether a value is ``{import path: parameters}``."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((path, params),) = value.items()
    return _PATH.fullmatch(path) is not None and (params is None or isinstance(params, dict))


def in_full(params: Mapping[str, Any], names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Write every nested estimator as a mapping from its import path to its parameters.

    Parameters
    ----------
    params : mapping
        As the spec has them.
    names : mapping
        Short names of models: ``estimator`` and ``defaults`` of each.
    """
    return {name: _parameter(name, value, names) for name, value in params.items()}


def _parameter(name: str, value: Any, names: Mapping[str, Mapping[str, Any]]) -> Any:
    if name in PLACES:
        return _estimator(value, names)
    if name in LISTS and isinstance(value, list):
        return [_named(item, names) for item in value]
    return _inside(value, names)


def _named(item: Any, names: Mapping[str, Mapping[str, Any]]) -> Any:
    """Read ``[name, estimator]``, with columns after it for some, or ``{name: estimator}``."""
    if isinstance(item, dict) and len(item) == 1:
        item = list(*item.items())
    if isinstance(item, list) and len(item) > 1:
        return [item[0], _estimator(item[1], names), *item[2:]]
    return item


def _estimator(value: Any, names: Mapping[str, Mapping[str, Any]]) -> Any:
    if isinstance(value, str):
        return _estimator({value: {}}, names) if value in names or _PATH.fullmatch(value) else value
    if isinstance(value, dict) and len(value) == 1:
        ((name, params),) = value.items()
        if (name in names or _PATH.fullmatch(name)) and (params is None or isinstance(params, dict)):
            known = names.get(name, {"estimator": name, "defaults": {}})
            return {known["estimator"]: {**known["defaults"], **in_full(params or {}, names)}}
    return _inside(value, names)


def _inside(value: Any, names: Mapping[str, Mapping[str, Any]]) -> Any:
    if is_entry(value):
        return _estimator(value, names)
    if isinstance(value, dict):
        return {key: _inside(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_inside(each, names) for each in value]
    return value
