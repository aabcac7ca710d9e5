"""Declared preprocessing: scikit-learn transformers one after the other, fitted on the pool alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import ModelError, describe_error, extract_message
from albench.estimators.building import make_object
from albench.prepared.matrices import convert_to_csr, is_sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike

    from albench.contracts.preprocessing import Step
    from albench.prepared.matrices import Matrix


def apply_steps(parts: Sequence[Any], steps: Sequence[Step], *, seed: int, dtype: DTypeLike) -> list[Matrix]:
    """Fit each step on the first part, the pool, and apply it to all parts; labels are never given.

    Parameters
    ----------
    parts : sequence of array-like
        What the first step sees; a matrix if there is none.
    seed : int
        ``random_state`` of the steps that have one.
    dtype : dtype
        Of what comes out, unless that has another precision of its own.
    """
    outputs = list(parts)
    for step in steps:
        outputs = _apply_step(outputs, step, seed)
    name = steps[-1].transformer if steps else "passthrough"
    return [_convert_matrix(part, dtype, name) for part in outputs]


def _apply_step(parts: list[Any], step: Step, seed: int) -> list[Any]:
    transformer = make_object(step.transformer, step.params, seed)
    if not all(hasattr(transformer, method) for method in ("fit_transform", "transform")):
        raise ModelError(f"preprocessing: '{step.transformer}' is no transformer")
    try:
        pool = transformer.fit_transform(parts[0])
        others = [transformer.transform(part) if _count_rows(part) else pool[:0] for part in parts[1:]]
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        why = extract_message(error) if isinstance(error, Exception) else describe_error(error)
        raise ModelError(f"preprocessing by {step.transformer}: {why}") from error
    for before, after in zip(parts, [pool, *others], strict=True):
        if np.ndim(after) != 2 and not is_sparse(after):  # noqa: PLR2004 - rows and columns
            raise ModelError(f"preprocessing by {step.transformer}: no matrix comes out")
        if _count_rows(after) != _count_rows(before):
            rows = f"{_count_rows(after)} rows come out of {_count_rows(before)}"
            raise ModelError(f"preprocessing by {step.transformer}: {rows}")
        if after.shape[1] != pool.shape[1] or not after.shape[1]:
            columns = f"{after.shape[1]} columns come out for a part, {pool.shape[1]} for the pool"
            raise ModelError(f"preprocessing by {step.transformer}: {columns}")
    return [pool, *others]


def is_stateless(step: Step) -> bool:
    """Say whether a transformer learns nothing, by its tag ``requires_fit``: one pass serves all splits."""
    from sklearn.utils import get_tags

    transformer = make_object(step.transformer, step.params, 0)
    return hasattr(transformer, "__sklearn_tags__") and not get_tags(transformer).requires_fit


def _count_rows(values: Any) -> int:
    return int(values.shape[0]) if hasattr(values, "shape") else len(values)


def _convert_matrix(values: Any, dtype: DTypeLike, name: str) -> Matrix:
    array = values if is_sparse(values) else np.asarray(values)
    # Tables of several types come as objects.
    if array.dtype.kind not in "biufO":
        raise ModelError(f"preprocessing by {name}: {array.dtype} comes out, where numbers are needed")
    precision = _choose_precision(array.dtype, dtype)
    if is_sparse(array):
        return convert_to_csr(array).astype(precision, copy=False)
    try:
        return np.ascontiguousarray(array, dtype=precision)
    except (TypeError, ValueError) as error:
        raise ModelError(f"preprocessing by {name}: {extract_message(error)}") from error


def _choose_precision(dtype: np.dtype[Any], wanted: DTypeLike) -> DTypeLike:
    return dtype if dtype in (np.float32, np.float64) else wanted
