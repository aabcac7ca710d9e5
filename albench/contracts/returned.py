"""What components return, checked and converted where it enters a trial: plain arrays, or one sentence.

A value of the wrong kind that a trial went on with would break later, for everybody who reads its results.
Every message says who returned what; the trial adds the round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import AlbenchError, ModelError, StrategyError, TrialError, extract_message
from albench.ordering import Picks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts.component import Floats, Rows
    from albench.contracts.metric import Metric, Signal
    from albench.contracts.sources import Oracle, SeedSet

PROBA_TOLERANCE = 1e-6
"""How far a row of probabilities in double precision may be from a sum of 1, and from [0, 1]."""
_N_SHOWN = 3
_VALUE_LENGTH = 40
_BOUNDS_TOLERANCE = 1e-9


def check_picks(picks: Any, n: int, n_candidates: int) -> Picks:
    """Return a batch in arrays of its own: ``n`` different candidates.

    Raises
    ------
    StrategyError
        If the strategy broke its contract.
    """
    if not isinstance(picks, Picks):
        raise StrategyError(f"select() returned {_describe(picks)}; it returns albench.Picks")
    candidates = _convert_rows(picks.candidates, n, n_candidates, StrategyError, "picks", "candidates")
    utilities = _convert_floats(picks.utilities, "the utilities of the picks", StrategyError)
    if utilities.shape != (n,):
        raise StrategyError(f"{utilities.shape} utilities for {n} picks")
    tied = _convert_array(picks.tied, "'tied' of the picks", StrategyError)
    if tied.shape != (n,) or tied.dtype.kind not in "biu" or not np.isin(tied, (0, 1)).all():
        raise StrategyError(f"'tied' of the picks is {_describe(picks.tied)}; it is true or false for each")
    n_tied = picks.n_tied
    if isinstance(n_tied, bool) or not isinstance(n_tied, int | np.integer):
        raise StrategyError(f"'n_tied' of the picks is {_describe(n_tied)}; it is a whole number")
    if not 0 <= n_tied <= n_candidates:
        raise StrategyError(f"'n_tied' of the picks is {_shorten(n_tied)} of {n_candidates} candidates")
    # Copies: a strategy may keep its arrays and write into them.
    return Picks(candidates, utilities.copy(), tied.astype(np.bool_), int(n_tied))


def check_utilities(utilities: Any) -> Floats:
    """Return utilities as numbers; their count and what is not a number is seen where they are ordered.

    Raises
    ------
    StrategyError
        If they are no array of numbers.
    """
    return _convert_floats(utilities, "utilities()", StrategyError)


def check_seed_rows(rows: Any, method: SeedSet, size: int, n_pool: int) -> Rows:
    """Return the positions of a seed set: ``size`` different ones of the pool.

    Raises
    ------
    TrialError
        If they are not.
    """
    name = f"rows of the seed set method {type(method).__qualname__}"
    return _convert_rows(rows, size, n_pool, TrialError, name, "rows of the pool")


def check_answers(answers: Any, oracle: Oracle, n: int, n_classes: int) -> Rows:
    """Return what an oracle answers: for each row of the pool a class code, or -1 where it refuses.

    Raises
    ------
    TrialError
        If an answer is something else.
    """
    name = f"the oracle {type(oracle).__qualname__}"
    codes = _convert_codes(answers, name, n, TrialError)
    return _refuse_unknown_codes(codes, name, -1, n_classes, TrialError)


def check_predictions(predictions: Any, name: str, n: int, n_classes: int) -> Rows:
    """Return predicted class codes of shape (n,).

    Raises
    ------
    ModelError
        If a prediction is no class code.
    """
    codes = _convert_codes(predictions, f"predict() of {name}", n, ModelError)
    return _refuse_unknown_codes(codes, f"predict() of {name}", 0, n_classes, ModelError)


def check_proba(proba: Any, name: str, n: int, n_columns: int) -> Floats:
    """Return class probabilities of shape (n, n_columns).

    Raises
    ------
    ModelError
        If the shape is another one, or a row is no distribution.
    """
    what = f"predict_proba() of {name}"
    array = _convert_array(proba, what, ModelError)
    values = _convert_floats(array, what, ModelError)
    if values.shape != (n, n_columns):
        raise ModelError(f"{what} has shape {values.shape} for {n} rows and {n_columns} classes with labels")
    # Single precision cannot sum to 1 as closely.
    is_narrow = array.dtype.kind == "f" and array.dtype.itemsize < values.dtype.itemsize
    tolerance = float(np.sqrt(np.finfo(array.dtype).eps)) if is_narrow else PROBA_TOLERANCE
    # Written so that not-a-number is wrong, too.
    is_right = (np.abs(values.sum(axis=1) - 1) <= tolerance) & (values.min(axis=1, initial=0) >= -tolerance)
    if not is_right.all():
        row = values[np.flatnonzero(~is_right)[0]]
        text = ", ".join(f"{value:.6g}" for value in row[: 2 * _N_SHOWN]) + ", ..." * (
            row.size > 2 * _N_SHOWN
        )
        raise ModelError(
            f"{what} gives {int((~is_right).sum())} of {n} rows that are no probabilities: ({text}) with"
            f" sum {row.sum():.6g}: a row is between 0 and 1 and sums to 1"
        )
    return values


def check_embedding(embedding: Any, name: str, n: int) -> Floats:
    """Return an estimator's representation of ``n`` rows, finite and with a column at least.

    Raises
    ------
    ModelError
        If it is something else.
    """
    values = _convert_floats(embedding, f"embed() of {name}", ModelError)
    if values.ndim != 2 or values.shape[0] != n or not values.shape[1]:  # noqa: PLR2004
        raise ModelError(f"embed() of {name} has shape {values.shape} for {n} rows")
    if not np.isfinite(values).all():
        raise ModelError(f"embed() of {name} gives values that are not finite")
    return values


def check_score(score: Any, metric: Metric) -> float | None:
    """Return a metric's number within its bounds; None where it is undefined.

    Raises
    ------
    TrialError
        If it is no number, or outside the bounds that the metric declares.
    """
    name = f"the metric '{metric.name}'"
    number = _convert_number(score, name)
    low, high = type(metric).bounds
    if number is None or number != number:  # noqa: PLR0124 - not-a-number alone differs from itself
        return number
    is_low, is_high = number < low - _BOUNDS_TOLERANCE, high is not None and number > high + _BOUNDS_TOLERANCE
    if is_low or is_high or abs(number) == float("inf"):
        above = "" if high is None else f" and {high:g}"
        raise TrialError(
            f"{name} returned {number:g}; its 'bounds' say {'at least' if high is None else 'between'}"
            f" {low:g}{above}"
        )
    return number


def check_signal(value: Any, signal: Signal) -> float | None:
    """Return a signal's number; None where it is undefined.

    Raises
    ------
    TrialError
        If it is no finite number.
    """
    number = _convert_number(value, f"the signal '{signal.name}'")
    if number is not None and abs(number) == float("inf"):
        raise TrialError(f"the signal '{signal.name}' returned {number:g}")
    return number


def find_column_order(estimator: Any, classes: Rows) -> Rows | None:
    """Return the order that brings an estimator's columns into that of ``classes``; None if they are in it.

    Columns are in the order of ``classes_``, which need not be ascending. An estimator that calls its classes
    otherwise, as some that encode them do, is taken to have them in ascending order.
    """
    known = getattr(estimator, "classes_", None)
    if not isinstance(known, np.ndarray) or known.shape != classes.shape or np.array_equal(known, classes):
        return None
    order: Rows = np.argsort(known, kind="stable")
    return order if np.array_equal(known[order], classes) else None


def _convert_rows(
    values: Any, n: int, n_rows: int, error: type[AlbenchError], name: str, of_what: str
) -> Rows:
    """Return ``n`` different positions below ``n_rows``."""
    rows = _convert_array(values, name, error)
    if rows.shape != (n,):
        raise error(f"{rows.shape} {name}, {n} were asked for")
    if rows.size and rows.dtype.kind not in "iu":
        raise error(f"{name} are positions among the {of_what}, not {rows.dtype}")
    if not n:
        return np.empty(0, np.intp)
    outside = rows[(rows < 0) | (rows >= n_rows)]
    if outside.size:
        raise error(f"{_list_values(outside)}: {name} outside the {n_rows} {of_what}")
    n_different = np.unique(rows).size
    if n_different != n:
        raise error(f"{n - n_different} of {n} {name} are repeated")
    return rows.astype(np.intp)


def _convert_codes(values: Any, name: str, n: int, error: type[AlbenchError]) -> NDArray[Any]:
    """Return whole numbers of shape (n,)."""
    array = _convert_array(values, name, error)
    if array.shape == (n, 1):
        array = array[:, 0]
    if array.shape != (n,):
        raise error(f"{name} has shape {array.shape} for {n} rows")
    if array.dtype.kind not in "biuf":
        raise error(f"{name} returned {_describe(values)}; it returns class codes: whole numbers from 0")
    if array.dtype.kind == "f":
        # Not-a-number and infinity are unlike any whole number.
        broken = array[~(np.isfinite(array) & (array == np.rint(array)))]
        if broken.size:
            raise error(f"{name} returned {_list_values(broken)}: no class codes, which are whole numbers")
    return array


def _refuse_unknown_codes(
    codes: NDArray[Any], name: str, lowest: int, n_classes: int, error: type[AlbenchError]
) -> Rows:
    unknown = codes[(codes < lowest) | (codes >= n_classes)] if codes.dtype.kind != "b" else codes[:0]
    if unknown.size:
        raise error(
            f"{name} returned {_list_values(unknown)}, {unknown.size} of {codes.size}: the codes of the"
            f" {n_classes} classes are 0 to {n_classes - 1}"
        )
    return codes.astype(np.intp, copy=False)


def _convert_number(value: Any, name: str) -> float | None:
    if isinstance(value, np.ndarray) and not value.shape:
        value = value[()]
    if value is None:
        return None
    if isinstance(value, bool | np.bool_) or not isinstance(value, float | int | np.floating | np.integer):
        raise TrialError(f"{name} returned {_describe(value)}; it returns a number, or None where undefined")
    try:
        return float(value)
    except OverflowError as error:
        raise TrialError(f"{name} returned {_shorten(value)}, which no float holds") from error


def _convert_floats(values: Any, name: str, error: type[AlbenchError]) -> Floats:
    array = _convert_array(values, name, error)
    if array.dtype.kind not in "biuf":
        raise error(f"{name} returned {_describe(values)}; numbers are needed")
    return array.astype(np.float64, copy=False)


def _convert_array(values: Any, name: str, error: type[AlbenchError]) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except (TypeError, ValueError, OverflowError) as problem:
        raise error(f"{name} returned {_describe(values)}: {extract_message(problem)}") from problem


def _describe(value: Any) -> str:
    """Return type and shape of a value, or the value itself where it is a short one."""
    name = type(value).__name__
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        return f"a {name} of {getattr(value, 'dtype', 'objects')} of shape {shape}"
    if value is None:
        return "None"
    if isinstance(value, bool | int | float | complex | str | np.generic):
        return f"{_shorten(value)} ({name})"
    return f"a {name}"


def _list_values(values: NDArray[Any]) -> str:
    distinct = np.unique(values)
    shown = ", ".join(_shorten(value) for value in distinct[:_N_SHOWN].tolist())
    return f"{shown}, ..." if distinct.size > _N_SHOWN else shown


def _shorten(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() > 4 * _VALUE_LENGTH:
        return f"a whole number of {value.bit_length():,} bits"
    text = extract_message(repr(value) if isinstance(value, str) else str(value))
    return text if len(text) <= _VALUE_LENGTH else f"{text[:_VALUE_LENGTH]}..."
