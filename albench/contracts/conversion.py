"""Values from outside as arrays and numbers of one type, or an error that shows the first of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import AlbenchError, DatasetError, TrialError, extract_message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts.component import Floats, Rows

_N_SHOWN = 3
_VALUE_LENGTH = 40


def convert_integers(values: Any, name: str) -> NDArray[Any]:
    """Return whole numbers."""
    array = convert_array(values, name, DatasetError)
    if array.dtype.kind not in "iu" and array.size:
        raise DatasetError(f"{name} is {describe(values)}; codes are whole numbers, -1 where one is missing")
    return array


def convert_rows(
    values: Any, n: int, n_rows: int, error: type[AlbenchError], name: str, of_what: str
) -> Rows:
    """Return ``n`` different positions below ``n_rows``."""
    rows = convert_array(values, name, error)
    if rows.shape != (n,):
        raise error(f"{rows.shape} {name}, {n} were asked for")
    if rows.size and rows.dtype.kind not in "iu":
        raise error(f"{name} are positions among the {of_what}, not {rows.dtype}")
    if not n:
        return np.empty(0, np.intp)
    # Two reductions, and a set of a batch: this is done in every round.
    if rows.min() < 0 or rows.max() >= n_rows:
        outside = rows[(rows < 0) | (rows >= n_rows)]
        raise error(f"{list_values(outside)}: {name} outside the {n_rows} {of_what}")
    n_different = len(set(rows.tolist()))
    if n_different != n:
        raise error(f"{n - n_different} of {n} {name} are repeated")
    return rows.astype(np.intp)


def convert_codes(values: Any, name: str, n: int, error: type[AlbenchError]) -> NDArray[Any]:
    """Return whole numbers of shape (n,)."""
    array = convert_array(values, name, error)
    if array.shape == (n, 1):
        array = array[:, 0]
    if array.shape != (n,):
        raise error(f"{name} has shape {array.shape} for {n} rows")
    if array.dtype.kind not in "biuf":
        raise error(f"{name} returned {describe(values)}; it returns class codes: whole numbers from 0")
    if array.dtype.kind == "f":
        # Not-a-number and infinity are unlike any whole number.
        broken = array[~(np.isfinite(array) & (array == np.rint(array)))]
        if broken.size:
            raise error(f"{name} returned {list_values(broken)}: no class codes, which are whole numbers")
    return array


def refuse_unknown_codes(
    codes: NDArray[Any], name: str, lowest: int, n_classes: int, error: type[AlbenchError]
) -> Rows:
    """Return codes that are all from ``lowest`` to below ``n_classes``."""
    if codes.size and (codes.min() < lowest or codes.max() >= n_classes):
        unknown = codes[(codes < lowest) | (codes >= n_classes)]
        raise error(
            f"{name} returned {list_values(unknown)}, {unknown.size} of {codes.size}: the codes of the"
            f" {n_classes} classes are 0 to {n_classes - 1}"
        )
    return codes.astype(np.intp, copy=False)


def convert_number(value: Any, name: str) -> float | None:
    """Return a number, or None where it is undefined."""
    if isinstance(value, np.ndarray) and not value.shape:
        value = value[()]
    if value is None:
        return None
    if isinstance(value, bool | np.bool_) or not isinstance(value, float | int | np.floating | np.integer):
        raise TrialError(f"{name} returned {describe(value)}; it returns a number, or None where undefined")
    try:
        return float(value)
    except OverflowError as error:
        raise TrialError(f"{name} returned {shorten(value)}, which no float holds") from error


def convert_floats(values: Any, name: str, error: type[AlbenchError]) -> Floats:
    """Return an array of double precision."""
    array = convert_array(values, name, error)
    if array.dtype.kind not in "biuf":
        raise error(f"{name} returned {describe(values)}; numbers are needed")
    return array.astype(np.float64, copy=False)


def convert_array(values: Any, name: str, error: type[AlbenchError]) -> NDArray[Any]:
    """Return an array of whatever type."""
    try:
        return np.asarray(values)
    except (TypeError, ValueError, OverflowError) as problem:
        raise error(f"{name} returned {describe(values)}: {extract_message(problem)}") from problem


def describe(value: Any) -> str:
    """Return type and shape of a value, or the value itself where it is a short one."""
    name = type(value).__name__
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        return f"a {name} of {getattr(value, 'dtype', 'objects')} of shape {shape}"
    if value is None:
        return "None"
    if isinstance(value, bool | int | float | complex | str | np.generic):
        return f"{shorten(value)} ({name})"
    return f"a {name}"


def list_values(values: NDArray[Any]) -> str:
    """Return the first different values in words."""
    distinct = np.unique(values)
    shown = ", ".join(shorten(value) for value in distinct[:_N_SHOWN].tolist())
    return f"{shown}, ..." if distinct.size > _N_SHOWN else shown


def shorten(value: Any) -> str:
    """Return a value in at most 43 characters, whatever its author makes of it."""
    if isinstance(value, int) and value.bit_length() > 4 * _VALUE_LENGTH:
        return f"a whole number of {value.bit_length():,} bits"
    text = extract_message(repr(value) if isinstance(value, str) else str(value))
    return text if len(text) <= _VALUE_LENGTH else f"{text[:_VALUE_LENGTH]}..."
