"""Decision values of a fitted estimator: one a class, never one a pair of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import ModelError

if TYPE_CHECKING:
    from albench.contracts import Floats

_SHAPE = "decision_function_shape"
# Whatever is nested in them, their own decision values are one a class.
_DECIDES_BY_CLASS = ("OneVsRestClassifier", "OneVsOneClassifier", "AdaBoostClassifier", "StackingClassifier")


def compute_decision_values(estimator: Any, X: Floats, n_seen: int) -> Floats:
    """Return decision values of shape (n,) if two classes were seen, else (n, n_seen)."""
    name = type(estimator).__name__
    if not hasattr(estimator, "decision_function"):
        raise ModelError(f"{name} gives no decision values")
    refuse_pairs(estimator, n_seen)
    decision: Floats = np.asarray(estimator.decision_function(X), dtype=np.float64)
    n = X.shape[0]
    if decision.shape != (n, n_seen) and (decision.shape != (n,) or n_seen > 2):  # noqa: PLR2004
        raise ModelError(
            f"{name} gives decision values of shape {decision.shape} for {n} rows and {n_seen} classes:"
            " there must be one for each class"
        )
    return decision


def refuse_pairs(estimator: Any, n_seen: int) -> None:
    """Refuse an estimator that decides by pairs of classes; of three there are three, so no shape tells."""
    if n_seen > 2 and _is_pairwise(estimator):  # noqa: PLR2004
        raise ModelError(
            f"{type(estimator).__name__} gives a decision value for each pair of classes, where one for each"
            f" class is needed: set '{_SHAPE}: ovr'"
        )


def _is_pairwise(estimator: Any) -> bool:
    params = estimator.get_params(deep=True) if hasattr(estimator, "get_params") else {}
    pairwise = [name for name, value in params.items() if name.split("__")[-1] == _SHAPE and value == "ovo"]
    return any(
        all(type(each).__name__ not in _DECIDES_BY_CLASS for each in _list_enclosing(estimator, params, name))
        for name in pairwise
    )


def _list_enclosing(estimator: Any, params: dict[str, Any], name: str) -> list[Any]:
    """Return the estimators that a nested parameter is in."""
    parts = name.split("__")
    return [estimator, *(params.get("__".join(parts[:i])) for i in range(1, len(parts)))]
