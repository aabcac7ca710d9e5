"""A spec as a tree of values that know where they stand."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from albench.errors import clean_text
from albench.spec.messages import Problem, UnreadableError
from albench.text import quote

# Far beyond any spec. Depth: recursion ends long before Python's own bound. Size: an alias of an alias makes
# a short file huge, and so does one of a long text. Digits: Python refuses to print longer integers than
# some thousand.
MAX_DEPTH = 32
MAX_SIZE = 100_000
MAX_DIGITS = 300
_CHARACTERS_A_VALUE = 100
_SHOWN_DIGITS = 80
# One half of a pair of UTF-16, which no file can hold, and no JSON.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Place:
    """Where something stands in a file: line and column from 1, and how many characters it takes."""

    line: int
    column: int
    width: int = 1


Where = Place | str | None
"""A place in a file; the path of a key (``strategies[1]``) where there is no file; None for the whole."""

Scalar = str | int | float | bool | None


@dataclass(frozen=True, eq=False)
class Node:
    """A scalar, a list or a mapping with text keys.

    Attributes
    ----------
    size : int
        Values in it, each repeated as often as it is referred to; a long text counts as many.
    """

    value: Scalar | tuple[Node, ...] | dict[str, Pair]
    where: Where
    size: int = 1

    @property
    def plain(self) -> Any:
        """The value without places, as JSON knows it."""
        if isinstance(self.value, tuple):
            return [item.plain for item in self.value]
        if isinstance(self.value, dict):
            return {key: pair.value.plain for key, pair in self.value.items()}
        return self.value

    def __str__(self) -> str:
        """Return what a message calls it."""
        if isinstance(self.value, tuple):
            return "a list" if self.value else "an empty list"
        if isinstance(self.value, dict):
            return "a mapping"
        if self.value is None:
            return "nothing"
        if isinstance(self.value, str):
            return f"the text {quote(self.value)}"
        digits = str(self.value).lower()
        return digits if len(digits) <= _SHOWN_DIGITS else f"{digits[:_SHOWN_DIGITS]}..."


@dataclass(frozen=True, eq=False)
class Pair:
    """A key of a mapping and its value."""

    key: Node
    value: Node

    @property
    def where(self) -> Where:
        """Where to point: at the value, or at the key if there is nothing else."""
        return self.key.where if self.value.value is None else self.value.where


def measure_scalar(value: Scalar) -> int:
    """Return the size of a scalar: of a text, with its length."""
    return 1 + len(value) // _CHARACTERS_A_VALUE if isinstance(value, str) else 1


def build_tree(data: Mapping[str, Any]) -> Node:
    """Return the tree of a mapping of Python values; their places are the paths of their keys."""
    return _build_node(data, "", 0)


def _build_node(data: Any, path: str, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise UnreadableError(Problem("wrong-type", f"nested more than {MAX_DEPTH} deep", path or None))
    if isinstance(data, Mapping):
        return _build_mapping(data, path, depth)
    if hasattr(data, "tolist") and not isinstance(data, str | numbers.Number):
        data = data.tolist()
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        items = tuple(_build_node(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(data))
        return _limit_size(items, path, sum(item.size for item in items))
    value = check_scalar(_convert_scalar(data, path), path)
    return Node(value, path, measure_scalar(value))


def _build_mapping(data: Mapping[Any, Any], path: str, depth: int) -> Node:
    pairs = {}
    for key, value in data.items():
        if not isinstance(key, str):
            text = f"a key must be text, not {clean_text(repr(key), _SHOWN_DIGITS)}"
            raise UnreadableError(Problem("wrong-type", text, path or None))
        below = f"{path}.{key}" if path else key
        pairs[key] = Pair(Node(key, below), _build_node(value, below, depth + 1))
    return _limit_size(pairs, path, sum(pair.value.size for pair in pairs.values()))


def _limit_size(value: tuple[Node, ...] | dict[str, Pair], where: Where, size: int) -> Node:
    if size > MAX_SIZE:
        raise UnreadableError(Problem("too-large", f"more than {MAX_SIZE:,} values", where or None))
    return Node(value, where, size + 1)


def _convert_scalar(data: Any, path: str) -> Scalar:
    if isinstance(data, str | bool) or data is None:
        return data
    if isinstance(data, PurePath):
        return str(data)
    if isinstance(data, numbers.Integral):
        return int(data)
    if isinstance(data, numbers.Real):
        return float(data)
    kind = data if isinstance(data, type) else type(data)
    what = f"the class {kind.__name__}" if kind is data else f"a {kind.__name__}"
    text = f"a spec cannot hold {clean_text(what, _SHOWN_DIGITS)}"
    raise UnreadableError(Problem("wrong-type", text, path or None, _suggest_text(data, kind)))


def _suggest_text(data: Any, kind: type) -> str:
    """Return how a spec says what somebody has in memory."""
    if isinstance(data, set | frozenset):
        return "write a list"
    if hasattr(data, "columns"):
        return "write it to a file and name that: {csv: {path: data.csv, target: kind}}"
    if kind.__module__ == "__main__":
        return f"put the class into a file and name that: './my.py:{kind.__name__}'"
    from albench.registry.aliases import find_entry

    known = find_entry("model", kind.__name__) or getattr(kind, "name", "")
    if known and isinstance(known, str):
        return f"write its name: {quote(known)}"
    is_component = callable(getattr(kind, "fit", None)) or kind.__module__.startswith("albench.")
    return f"write its import path: '{kind.__module__}.{kind.__name__}'" if is_component else ""


def check_scalar(value: Scalar, where: Where) -> Scalar:
    """Return the value if it has a JSON form.

    Raises
    ------
    UnreadableError
        For infinities, not-a-number, integers of absurd length and halves of characters: none of them can
        enter a trial's key.
    """
    if isinstance(value, float) and not math.isfinite(value):
        name = "not-a-number" if math.isnan(value) else "an infinite number"
        raise UnreadableError(Problem("out-of-range", f"{name} has no place in a spec", where))
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        raise UnreadableError(Problem("out-of-range", "a number with too many digits", where))
    if isinstance(value, str) and _HALF_CHARACTER.search(value):
        text = f"{quote(value)} has no place in a spec: no UTF-8"
        raise UnreadableError(Problem("wrong-type", text, where))
    return value
