"""Settings that are no components: repeats, baseline, execution, names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.spec.document import Node
from albench.spec.experiment import Repeats
from albench.spec.messages import closest, did_you_mean, is_line, listed, quoted
from albench.spec.numbers import whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.spec.context import Context
    from albench.spec.document import Pair, Where

MAX_REPEATS = 10**6
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_MAX_NAME = 120


@dataclass(frozen=True)
class DeclaredBaseline:
    """Arms of random sampling, and the second reference as the spec calls it."""

    arms: int = 2
    second: str | None = None
    where: Where = None


def fields(node: Node, name: str, known: Sequence[str], context: Context) -> dict[str, Pair]:
    """Return the keys of a setting that are known; the others are noted as problems."""
    if not isinstance(node.value, dict):
        text = f"{quoted(name)} must be a mapping of {listed(known, 'and')}, not {node}"
        context.problems.error("wrong-type", text, node.where)
        return {}
    for key, pair in node.value.items():
        if key not in known:
            text = f"{quoted(name)} has no {quoted(key)}"
            context.problems.error("unknown-key", text, pair.key.where, did_you_mean(key, known))
    return {key: pair for key, pair in node.value.items() if key in known}


def given(pair: Pair) -> Node:
    """Return a value that, where there is none, is pointed at by its key."""
    return Node(pair.value.value, pair.where, pair.value.size)


def repeats(node: Node, context: Context) -> Repeats:
    """Read ``repeats: 20`` or ``{splits: 5, starts: 4}``."""
    if not isinstance(node.value, dict):
        splits = whole_number(node, "repeats", context, high=MAX_REPEATS)
        return Repeats(splits or 1)
    found = {
        key: whole_number(given(pair), key, context, high=MAX_REPEATS)
        for key, pair in fields(node, "repeats", ("splits", "starts"), context).items()
    }
    if "splits" not in found:
        text = "'repeats' with 'starts' needs 'splits', too"
        context.problems.error("missing-key", text, node.where, "write {splits: 5, starts: 4}")
    return Repeats(found.get("splits") or 1, found.get("starts", 1) or 1)


def baseline(node: Node, context: Context) -> DeclaredBaseline:
    """Read ``baseline: margin`` or ``{arms: 2, second: margin}``."""
    if isinstance(node.value, str):
        return DeclaredBaseline(second=node.value, where=node.where)
    found = fields(node, "baseline", ("arms", "second"), context)
    arms = whole_number(given(found["arms"]), "arms", context, high=1000) if "arms" in found else 2
    if "second" not in found or found["second"].value.value is None:
        return DeclaredBaseline(arms or 2)
    second = text(found["second"].value, "second", context)
    return DeclaredBaseline(arms or 2, second, found["second"].where)


def choice(node: Node, name: str, choices: tuple[str, ...], context: Context) -> str:
    """Return one of the choices; the first, and a problem, if it is none."""
    value = node.value
    if isinstance(value, str) and value in choices:
        return value
    close = closest(value, choices) if isinstance(value, str) else None
    problem = f"{quoted(name)} must be {listed(choices)}, not {node}"
    hint = f"did you mean {quoted(close)}?" if close else ""
    context.problems.error("wrong-value", problem, node.where, hint)
    return choices[0]


def text(node: Node, name: str, context: Context) -> str | None:
    """Return one line of text; None, and a problem, if it is none."""
    if isinstance(node.value, str) and is_line(node.value):
        return node.value
    hint = "write it in quotes" if isinstance(node.value, int | float) else ""
    problem = f"{quoted(name)} must be one line of text, not {node}"
    context.problems.error("wrong-type", problem, node.where, hint)
    return None


def experiment_name(name: str, where: Where, context: Context) -> str:
    """Return the name if a folder can be called that on every system; else note a problem."""
    fits = 0 < len(name) <= _MAX_NAME and name.isprintable() and not _FORBIDDEN.search(name)
    if not fits or name != name.strip(" .") or name.startswith("-"):
        problem = f"no folder can be called {quoted(name)} on every system"
        context.problems.error("wrong-value", problem, where, "give 'name' letters, digits, '_' and '-'")
    return name
