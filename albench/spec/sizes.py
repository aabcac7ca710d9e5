"""Batch sizes, seed sizes and budgets, as a spec writes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from albench.batches import BatchSize
from albench.spec.experiment import Size
from albench.spec.field_types import PERCENT
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from albench.spec.context import Context
    from albench.spec.document import Node, Pair

# No pool has as many rows: a slip that would cost hours to notice.
MAX_LABELS = 10**12
_GROWING = ("geometric", "first")
_FIRST, _MOST_GROWTH = 10, 100
_SIZE = 'a number of labels, "20%" or {per_class: 5}'


def read_whole_number(node: Node, name: str, context: Context, *, low: int = 1) -> int | None:
    """Return a whole number within bounds; None, and a problem, if it is none."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int):
        hint = f"write {value:.0f}" if isinstance(value, float) and value.is_integer() else ""
        text = f"{quote(name)} must be a whole number, not {node}"
        context.problems.add_error("wrong-type", text, node.where, hint)
        return None
    if not low <= value <= MAX_LABELS:
        bound = f"at least {low}" if value < low else f"at most {MAX_LABELS}"
        context.problems.add_error("out-of-range", f"{quote(name)} must be {bound}, not {value}", node.where)
        return None
    return value


def read_batch_size(node: Node, name: str, context: Context) -> BatchSize | None:
    """Return the labels of a batch, or batches that grow; None, and a problem, if it is neither."""
    pairs = node.value
    if not isinstance(pairs, dict):
        count = read_whole_number(node, name, context)
        return None if count is None else BatchSize(count)
    before = context.problems.n_errors
    for key in [key for key in pairs if key not in _GROWING]:
        text = f"growing batches have no {quote(key)}"
        context.problems.add_error("unknown-key", text, pairs[key].key.where, suggest_word(key, _GROWING))
    first = read_whole_number(pairs["first"].value, "first", context) if "first" in pairs else _FIRST
    growth = pairs["geometric"].value.value if "geometric" in pairs else None
    is_number = not isinstance(growth, bool) and isinstance(growth, int | float)
    factor = growth if isinstance(growth, int | float) and is_number else 0
    if not 1 < factor <= _MOST_GROWTH:
        where = pairs["geometric"].value.where if "geometric" in pairs else node.where
        text = f"'geometric' must be above 1 and at most {_MOST_GROWTH}, as in {{geometric: 1.5, first: 5}}"
        context.problems.add_error("out-of-range" if is_number else "wrong-type", text, where)
    if context.problems.n_errors > before or first is None:
        return None
    return BatchSize(first, float(factor))


def read_size(node: Node, name: str, context: Context, *, low: int, is_budget: bool) -> Size | None:
    """Return a number of labels: a count, a percentage, a number per class, or all.

    Parameters
    ----------
    low : int
        Smallest count.
    is_budget : bool
        Whether it may be ``all``, or money.
    """
    value = node.value
    if isinstance(value, str):
        return _read_size_text(node, value, name, context, is_budget=is_budget)
    if isinstance(value, dict):
        names = ("per_class", "money") if is_budget else ("per_class",)
        return _read_mapping(node, value, context, names=names)
    if isinstance(value, tuple) or value is None:
        context.problems.add_error("wrong-type", f"{quote(name)}: expected {_SIZE}, not {node}", node.where)
        return None
    # A share in place of a percentage: nobody can tell whether 0.2 means 20 % or a slip for 2.
    if isinstance(value, float) and 0 < value < 1:
        text = f"{quote(name)}: expected {_SIZE}, not {node}"
        context.problems.add_error("wrong-type", text, node.where, f'write "{100 * value:g}%"')
        return None
    count = read_whole_number(node, name, context, low=low)
    return None if count is None else Size("count", count)


def _read_size_text(node: Node, text: str, name: str, context: Context, *, is_budget: bool) -> Size | None:
    percent = PERCENT.fullmatch(text)
    if percent and 0 < float(percent[1]) <= 100:  # noqa: PLR2004 - a percentage
        return Size("percent", float(percent[1]))
    if percent:
        message = f"{quote(name)} must be above 0% and at most 100%, not {text}"
        context.problems.add_error("out-of-range", message, node.where)
        return None
    if text == "all" and is_budget:
        return Size("all")
    expected = f"{_SIZE}{' or all' if is_budget else ''}"
    hint = f"write {text} without quotes" if text.isdecimal() else ""
    message = f"{quote(name)}: expected {expected}, not {node}"
    context.problems.add_error("wrong-type", message, node.where, hint)
    return None


def _read_mapping(
    node: Node, pairs: dict[str, Pair], context: Context, *, names: tuple[str, ...]
) -> Size | None:
    unknown = [pair.key for key, pair in pairs.items() if key not in names]
    for key in unknown:
        word = str(key.value)
        text = f"{quote(word)} is no number of labels"
        context.problems.add_error("unknown-key", text, key.where, suggest_word(word, names))
    if unknown:
        return None
    if len(pairs) != 1:
        what = "an empty mapping" if not pairs else "two budgets in one mapping"
        context.problems.add_error("wrong-type", f"expected {_SIZE}, not {what}", node.where)
        return None
    if "money" in pairs:
        return _read_money(pairs["money"].value, context)
    count = read_whole_number(pairs["per_class"].value, "per_class", context)
    return None if count is None else Size("per_class", count)


def _read_money(node: Node, context: Context) -> Size | None:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf:
        return Size("money", float(value))
    text = f"'money' must be a number above 0, not {node}"
    context.problems.add_error("wrong-value", text, node.where)
    return None
