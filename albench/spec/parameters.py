"""What pydantic finds wrong with parameters, in the words of albench: one message a mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import ValidationError

from albench.spec.messages import Problem, closest, did_you_mean, quoted

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from albench.contracts import Component
    from albench.spec.context import Context
    from albench.spec.document import Node, Pair, Where
    from albench.spec.entries import RawEntry

    C = TypeVar("C", bound=Component)

_TYPES = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "path_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "none_required": "nothing",
}
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
    "multiple_of": ("a multiple of", "multiple_of"),
}
_EXTRA = "extra_forbidden"
_CHOICES = ("literal_error", "enum")


class _Target(NamedTuple):
    """What an error speaks of: a parameter, something in one, or the component itself (no node)."""

    name: str
    node: Node | None
    where: Where
    key: Where


def validated(
    cls: type[C], entry: RawEntry, values: Mapping[str, Pair], context: Context, show: str = ""
) -> C | None:
    """Make a component from an entry; None, and a problem for each mistake, if it cannot be made.

    Parameters
    ----------
    cls : type
        Its class.
    values : mapping of str to Pair
        Parameters by name, the main one included.
    show : str
        Command that describes the component.
    """
    data = {name: pair.value.plain for name, pair in values.items()}
    try:
        # JSON mode takes lists for tuples and texts for enumerations, and yet no text for a number.
        return cls.model_validate_json(json.dumps(data), strict=True, context=_settings(context))
    except ValidationError as error:
        known = list(cls.model_fields)
        groups = _grouped(error, entry, values)
        misspelt = {closest(target.name, known) for target, group in groups if group[0]["type"] == _EXTRA}
        for target, group in groups:
            # A misspelt parameter is one mistake: that the right one is missing goes without saying.
            if group[0]["type"] != "missing" or group[0]["loc"][-1] not in misspelt:
                context.problems.add(_problem(target, group, known, show))
        return None


def _settings(context: Context) -> dict[str, Any]:
    """Return what validators of components may need to know, as pydantic's validation context."""
    return {"import_user_code": context.import_user_code, "folder": context.folder}


def _grouped(
    error: ValidationError, entry: RawEntry, values: Mapping[str, Pair]
) -> list[tuple[_Target, list[ErrorDetails]]]:
    """Put together what is said about one node: a union complains once a member."""
    found: dict[object, tuple[_Target, list[ErrorDetails]]] = {}
    for details in error.errors(include_url=False):
        target = _target(details["loc"], entry, values)
        key = id(target.node) if target.node else details["loc"]
        found.setdefault(key, (target, []))[1].append(details)
    return list(found.values())


def _target(loc: tuple[int | str, ...], entry: RawEntry, values: Mapping[str, Pair]) -> _Target:
    """Follow a location as far as there are nodes; pydantic's names of union members are stepped over."""
    target = _Target(entry.name, None, entry.where, entry.where)
    inside: Any = values
    for part in loc:
        if isinstance(inside, Mapping) and part in inside:
            pair = inside[str(part)]
            target = _Target(str(part), pair.value, pair.where, pair.key.where)
        elif isinstance(inside, tuple) and isinstance(part, int) and part < len(inside):
            target = target._replace(node=inside[part], where=inside[part].where)
        else:
            continue
        inside = target.node.value if target.node else None
    return target


def _problem(target: _Target, group: list[ErrorDetails], known: list[str], show: str) -> Problem:
    # Of a union, the member that the value comes closest to decides: one that found more than a wrong type.
    details = next((each for each in group if each["type"] not in {*_TYPES, *_CHOICES}), group[0])
    kind, name, values = details["type"], quoted(target.name), details.get("ctx", {})
    if kind == _EXTRA:
        return _unknown(target, details["loc"], known, show)
    if kind == "missing":
        missing = quoted(str(details["loc"][-1]))
        return Problem(
            "missing-parameter", f"{name} needs {missing}", target.key, f"({show})" if show else ""
        )
    if kind in _BOUNDS:
        word, bound = _BOUNDS[kind]
        text = f"{name} must be {word} {_plain(values[bound])}, not {target.node}"
        return Problem("out-of-range", text, target.where)
    if kind in _TYPES or kind in _CHOICES:
        return _wrong(target, group)
    return Problem("wrong-value", f"{name}: {values.get('error', details['msg'])}", target.where)


def _plain(bound: Any) -> str:
    return f"{bound:.12g}" if isinstance(bound, float) else str(bound)


def _unknown(target: _Target, loc: tuple[int | str, ...], known: list[str], show: str) -> Problem:
    if len(loc) > 1:
        text = f"{quoted(str(loc[-2]))} has no {quoted(target.name)}"
        return Problem("unknown-parameter", text, target.key)
    text = f"no parameter {quoted(target.name)}"
    return Problem("unknown-parameter", text, target.key, did_you_mean(target.name, known, show))


def _wrong(target: _Target, group: list[ErrorDetails]) -> Problem:
    choices = [str(each["ctx"]["expected"]) for each in group if each["type"] in _CHOICES]
    types = [_TYPES[each["type"]] for each in group if each["type"] in _TYPES]
    wanted = " or ".join(dict.fromkeys([*types, *choices]))
    text = f"{quoted(target.name)} must be {wanted}, not {target.node}"
    given = target.node.value if target.node else None
    close = closest(given, re.findall(r"'([^']*)'", " ".join(choices))) if isinstance(given, str) else None
    hint = f"did you mean {quoted(close)}?" if close else ""
    if wanted == "a list" and isinstance(given, str | int | float):
        hint = f"write [{given}]"
    if wanted == "text" and isinstance(given, int | float):
        hint = "write it in quotes"
    return Problem("wrong-value" if choices else "wrong-type", text, target.where, hint)
