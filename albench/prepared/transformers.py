"""Declared preprocessing: scikit-learn transformers one after the other, fitted on the pool alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import ModelError, message, told
from albench.estimators.building import made
from albench.prepared.matrices import compressed, is_sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike

    from albench.contracts.preprocessing import Step
    from albench.prepared.matrices import Matrix


def transformed(parts: Sequence[Any], steps: Sequence[Step], *, seed: int, dtype: DTypeLike) -> list[Matrix]:
    """Fit each step on the first part, the pool, and apply it to all parts; labels are never given.

    Parameters
    ----------
    parts : sequence of array-like
        What the first step sees; a matrix if there is none.
    seed : int
        ``random_state`` of the steps that have one.
    dtype : dtype
        Of what comes out, unless that has another precision of its own.

    Raises
    ------
    ModelError
        If a step cannot be made or fitted, or does not return a number for each row and column.
    """
    found = list(parts)
    for step in steps:
        found = _applied(found, step, seed)
    return [_matrix(part, dtype) for part in found]


def _applied(parts: list[Any], step: Step, seed: int) -> list[Any]:
    transformer = made(step.transformer, step.params, seed)
    if not all(hasattr(transformer, method) for method in ("fit_transform", "transform")):
        raise ModelError(f"preprocessing: '{step.transformer}' is no transformer")
    try:
        pool = transformer.fit_transform(parts[0])
        others = [transformer.transform(part) if _n_rows(part) else pool[:0] for part in parts[1:]]
    except (Exception, SystemExit) as error:
        why = told(error) if isinstance(error, SystemExit) else message(error)
        raise ModelError(f"preprocessing by {step.transformer}: {why}") from error
    for before, after in zip(parts, [pool, *others], strict=True):
        if np.ndim(after) != 2 and not is_sparse(after):  # noqa: PLR2004 - rows and columns
            raise ModelError(f"preprocessing by {step.transformer}: no matrix comes out")
        if _n_rows(after) != _n_rows(before):
            rows = f"{_n_rows(after)} rows come out of {_n_rows(before)}"
            raise ModelError(f"preprocessing by {step.transformer}: {rows}")
    return [pool, *others]


def is_stateless(step: Step) -> bool:
    """Say whether a transformer learns nothing, by its tag ``requires_fit``: one pass serves all splits."""
    from sklearn.utils import get_tags

    transformer = made(step.transformer, step.params, 0)
    return hasattr(transformer, "__sklearn_tags__") and not get_tags(transformer).requires_fit


def _n_rows(values: Any) -> int:
    return int(values.shape[0]) if hasattr(values, "shape") else len(values)


def _matrix(values: Any, dtype: DTypeLike) -> Matrix:
    if is_sparse(values):
        return compressed(values).astype(_precision(values.dtype, dtype), copy=False)
    array = np.asarray(values)
    return np.ascontiguousarray(array, dtype=_precision(array.dtype, dtype))


def _precision(given: np.dtype[Any], wanted: DTypeLike) -> DTypeLike:
    return given if given in (np.float32, np.float64) else wanted
