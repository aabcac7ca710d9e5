"""Classes as parameters of a strategy: by their names, or by their places in the sorted order of names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.text import list_first, quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.contracts import Floats

_LISTED = 12


def list_classes(classes: Sequence[str]) -> str:
    """List class names in their order, and say so where numbers are not in that of numbers."""
    names = list_first([quote(name) for name in classes], _LISTED)
    return f"{names} (sorted as text, not as numbers)" if _differs_from_numeric_order(classes) else names


def _differs_from_numeric_order(classes: Sequence[str]) -> bool:
    try:
        numbers = [float(name) for name in classes]
    except ValueError:
        return False
    return numbers != sorted(numbers)


def make_tuples(value: Any) -> Any:
    """Return a value with tuples for the lists in it."""
    if isinstance(value, dict):
        return {name: make_tuples(item) for name, item in value.items()}
    return tuple(map(make_tuples, value)) if isinstance(value, list) else value


def read_costs(costs: Mapping[Any, Any]) -> tuple[tuple[Any, ...], tuple[tuple[Any, ...], ...]]:
    """Return classes and matrix of ``{true class: {answer: cost}}``; only a right answer may be left out."""
    classes = tuple(costs)
    for name, row in costs.items():
        if not isinstance(row, dict) or not row.keys() <= costs.keys():
            text = "must be a mapping of the same classes to costs"
            raise ValueError(f"the row of class {quote(str(name))} {text}")
        if missing := [other for other in classes if other not in row and other != name]:
            raise ValueError(
                f"the row of class {quote(str(name))} lacks the cost of {quote(str(missing[0]))}"
            )
    return classes, tuple(tuple(costs[name].get(other, 0.0) for other in classes) for name in classes)


def arrange_costs(costs: Any, names: Sequence[str], classes: Sequence[str]) -> Floats:
    """Return a matrix whose rows and columns are ``names`` in the order of ``classes``."""
    order = [list(names).index(name) for name in classes]
    matrix: Floats = np.asarray(costs, dtype=np.float64)[np.ix_(order, order)]
    return matrix
