"""One name for one value: what a class or a category is called, however its file stores it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = str | int | float | bool

_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_EXACT = 2.0**53


def name_values(values: Sequence[Value]) -> list[str]:
    """Name each value of a column.

    Integral numbers are named like integers, so that 1, 1.0, ``"1"`` and ``"1.0"`` are one class; other
    numbers by their shortest text; truth values ``true`` and ``false``. Text counts as numbers or truth
    values only if the whole column does, and never with leading zeros, which mark a code.

    Parameters
    ----------
    values : sequence of str, int, float or bool
        The distinct values of one column.

    Returns
    -------
    list of str
        In the order of ``values``; equal where two values have one meaning.
    """
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values):
        return [value if isinstance(value, str) else _name(value) for value in values]
    if all(_NUMBER.fullmatch(text) for text in texts):
        return [_name(int(text) if _INTEGER.fullmatch(text) else float(text)) for text in texts]
    if {text.lower() for text in texts} <= {"true", "false"}:
        return [text.lower() for text in texts]
    return texts


def _name(value: float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return repr(value)
