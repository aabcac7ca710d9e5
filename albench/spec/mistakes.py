"""What pydantic finds wrong with parameters and settings, in the words of albench: one message a mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from albench.spec.field_types import WhenMissing
from albench.spec.messages import Problem, suggest_closest
from albench.text import find_closest, list_quoted, quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from albench.spec.document import Node, Pair, Where
    from albench.spec.entries import RawEntry

    Loc = tuple[int | str, ...]

_TYPES = {
    **dict.fromkeys(("int_type", "int_from_float", "int_parsing"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("string_type", "path_type"), "text"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "a list"),
    **dict.fromkeys(("dict_type", "model_type"), "a mapping"),
    "none_required": "nothing",
}
_BOUNDS = {
    "greater_than": "be above {gt}",
    "greater_than_equal": "be at least {ge}",
    "less_than": "be below {lt}",
    "less_than_equal": "be at most {le}",
    "multiple_of": "be a multiple of {multiple_of}",
}
_SHAPES = {
    "too_short": "list at least {min_length}",
    "too_long": "list at most {max_length}",
    "string_too_short": "be no shorter than {min_length}",
    "string_too_long": "be no longer than {max_length}",
    "string_pattern_mismatch": "match {pattern}",
}
_MOST = 500
"""Mistakes of one component that are put into words; more than a document is told of."""
_EXTRA = "extra_forbidden"
_CHOICES = ("literal_error", "enum")
_OWN = ("wrong-type", "wrong-value", "out-of-range")
"""Codes that validators of :mod:`albench.spec.field_types` raise."""


@dataclass(frozen=True)
class ValidatedInput:
    """What is validated: a class, its entry in the spec, and the values of its fields by name."""

    cls: Any
    entry: RawEntry | None
    values: Mapping[str, Pair]
    show: str = ""
    is_setting: bool = False

    def get_fields(self, loc: Loc) -> dict[str, FieldInfo]:
        """Return the fields, by name, of what stands at a location; none where it has no fields."""
        owner: Any = self.cls
        for part in loc:
            # Of a union, pydantic names the member.
            members = {member.__name__: member for member in map(_strip_tag, get_args(owner))}
            fields: dict[str, FieldInfo] = getattr(owner, "__pydantic_fields__", {})
            owner = members.get(str(part)) or (fields[str(part)].annotation if part in fields else None)
        fields = getattr(owner, "__pydantic_fields__", {})
        return {name: field for name, field in fields.items() if not field.exclude}


def _strip_tag(member: Any) -> Any:
    return getattr(member, "__origin__", member)


class Target(NamedTuple):
    """What an error speaks of: a field, something in one, or the component itself (no node)."""

    name: str
    node: Node | None
    where: Where
    key: Where


def find_target(loc: Loc, values: Mapping[str, Pair], entry: RawEntry | None = None) -> Target:
    """Follow a location as far as there are nodes; pydantic's names of union members are stepped over."""
    target = Target(entry.name, None, entry.where, entry.where) if entry else Target("", None, None, None)
    inside: Any = values
    for part in loc:
        if isinstance(inside, Mapping) and part in inside:
            pair = inside[str(part)]
            target = Target(str(part), pair.value, pair.where, pair.key.where)
        elif isinstance(inside, tuple) and isinstance(part, int) and part < len(inside):
            target = target._replace(node=inside[part], where=inside[part].where)
        else:
            continue
        inside = target.node.value if target.node else None
    return target


def refuse_mapping(name: str, node: Node | None, keys: Iterable[str], where: Where) -> Problem:
    """Return the problem that a setting is no mapping."""
    text = f"{quote(name)} must be a mapping of {list_quoted(keys, 'and')}, not {node}"
    return Problem("wrong-type", text, where)


def refuse_key(owner: str, name: str, keys: Iterable[str], where: Where) -> Problem:
    """Return the problem that a setting has no such key."""
    return Problem("unknown-key", f"{quote(owner)} has no {quote(name)}", where, suggest_word(name, keys))


def find_problems(error: ValidationError, inputs: ValidatedInput) -> Iterator[Problem]:
    """Yield a problem for each mistake."""
    groups = _group_errors(error, inputs)[:_MOST]
    # A misspelt parameter is one mistake: that the right one is missing goes without saying.
    misspelt = {
        find_closest(target.name, inputs.get_fields(group[0]["loc"][:-1] if inputs.is_setting else ()))
        for target, group in groups
        if group[0]["type"] == _EXTRA
    }
    # Of two at one place, what stands there is spoken of before what does not.
    groups.sort(key=lambda item: inputs.is_setting and item[1][0]["type"] == "missing")
    for target, group in groups:
        if group[0]["type"] != "missing" or group[0]["loc"][-1] not in misspelt:
            yield _explain(target, group, inputs)


def _group_errors(error: ValidationError, inputs: ValidatedInput) -> list[tuple[Target, list[ErrorDetails]]]:
    """Put together what is said about one node: a union complains once a member."""
    groups: dict[object, tuple[Target, list[ErrorDetails]]] = {}
    for details in error.errors(include_url=False):
        target = find_target(details["loc"], inputs.values, inputs.entry)
        key = id(target.node) if target.node else details["loc"]
        groups.setdefault(key, (target, []))[1].append(details)
    return list(groups.values())


def _explain(target: Target, group: list[ErrorDetails], inputs: ValidatedInput) -> Problem:
    # Of a union, the member that the value comes closest to decides: one that found more than a wrong type.
    details = next((error for error in group if error["type"] not in {*_TYPES, *_CHOICES}), group[0])
    kind, name, values = details["type"], quote(target.name), details.get("ctx", {})
    if kind in _OWN:
        text = f"{name} must be {details['msg']}, not {target.node}"
        return Problem(kind, text, target.where, values.get("hint", ""))
    if kind in {_EXTRA, "missing"}:
        explain = _explain_unknown if kind == _EXTRA else _explain_missing
        return explain(target, details["loc"], inputs)
    if kind in {*_BOUNDS, *_SHAPES}:
        bounds = {key: _format_bound(value) for key, value in values.items()}
        text = f"{name} must {(_BOUNDS | _SHAPES)[kind].format(**bounds)}"
        text += f", not {values.get('actual_length', target.node)}"
        return Problem("out-of-range" if kind in _BOUNDS else "wrong-value", text, target.where)
    if kind == "model_type" and inputs.is_setting:
        return refuse_mapping(target.name, target.node, inputs.get_fields(details["loc"]), target.where)
    if kind in _TYPES or kind in _CHOICES:
        return _explain_type(target, group)
    return Problem("wrong-value", f"{name}: {values.get('error', details['msg'])}", target.where)


def _format_bound(bound: Any) -> str:
    return f"{bound:.12g}" if isinstance(bound, float) else str(bound)


def _explain_unknown(target: Target, loc: Loc, inputs: ValidatedInput) -> Problem:
    if inputs.is_setting:
        owner = find_target(loc[:-1], inputs.values, inputs.entry).name
        return refuse_key(owner, target.name, inputs.get_fields(loc[:-1]), target.key)
    if len(loc) > 1:
        text = f"{quote(str(loc[-2]))} has no {quote(target.name)}"
        return Problem("unknown-parameter", text, target.key)
    hint = suggest_word(target.name, inputs.get_fields(()), inputs.show)
    return Problem("unknown-parameter", f"no parameter {quote(target.name)}", target.key, hint)


def _explain_missing(target: Target, loc: Loc, inputs: ValidatedInput) -> Problem:
    name, missing = quote(target.name), quote(str(loc[-1]))
    if not inputs.is_setting:
        hint = f"({inputs.show})" if inputs.show else ""
        return Problem("missing-parameter", f"{name} needs {missing}", target.key, hint)
    field = inputs.get_fields(loc[:-1]).get(str(loc[-1]))
    own = [item for item in field.metadata if isinstance(item, WhenMissing)] if field else []
    words = own[0] if own else WhenMissing(f"{name} needs {missing}")
    return Problem("missing-key", words.text, target.where, words.hint)


def _explain_type(target: Target, group: list[ErrorDetails]) -> Problem:
    choices = [str(error["ctx"]["expected"]) for error in group if error["type"] in _CHOICES]
    types = [_TYPES[error["type"]] for error in group if error["type"] in _TYPES]
    wanted = " or ".join(dict.fromkeys([*types, *choices]))
    text = f"{quote(target.name)} must be {wanted}, not {target.node}"
    value = target.node.value if target.node else None
    words = re.findall(r"'([^']*)'", " ".join(choices))
    hint = suggest_closest(value, words) if isinstance(value, str) else ""
    if wanted == "a list" and isinstance(value, str | int | float):
        hint = f"write [{value}]"
    if wanted == "a whole number" and isinstance(value, float) and value.is_integer():
        hint = f"write {value:.0f}"
    if wanted == "text" and isinstance(value, int | float):
        hint = "write it in quotes"
    return Problem("wrong-value" if choices else "wrong-type", text, target.where, hint)
