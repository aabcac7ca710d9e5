"""Components and settings made of what a spec says, or a problem noted for each mistake."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from albench.spec.document import Node, Pair, build_tree
from albench.spec.entries import RawEntry
from albench.spec.messages import UnreadableError
from albench.spec.mistakes import ValidatedInput, find_problems
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Component
    from albench.spec.context import Context
    from albench.spec.mistakes import Loc

    C = TypeVar("C", bound=Component)
    S = TypeVar("S")


def validate_component(
    cls: type[C], entry: RawEntry, values: Mapping[str, Pair], context: Context, show: str = ""
) -> C | None:
    """Make a component from an entry; None, and a problem for each mistake, if it cannot be made.

    Parameters
    ----------
    values : mapping of str to Pair
        Parameters by name, the main one included.
    show : str
        Command that describes the component.
    """
    data = {name: pair.value.plain for name, pair in values.items()}
    # What validators of components may need to know.
    about = {
        "import_user_code": context.import_user_code,
        "folder": context.folder,
        "is_past": context.is_past,
    }
    try:
        # JSON mode takes lists for tuples and texts for enumerations, and yet no text for a number.
        return cls.model_validate_json(json.dumps(data), strict=True, context=about)
    except ValidationError as error:
        for problem in find_problems(error, ValidatedInput(cls, entry, values, show)):
            context.problems.add(problem)
        return None


def describe_mistakes(error: ValidationError, cls: type[Component], name: str, params: dict[str, Any]) -> str:
    """Return in one line what is wrong with the parameters of a component that stands in no file."""
    values = {key: Pair(Node(key, None), _node_from(value)) for key, value in params.items()}
    problems = find_problems(error, ValidatedInput(cls, RawEntry(name, None), values))
    text = "; ".join("; ".join(filter(None, (problem.text, problem.hint))) for problem in problems)
    return text if text.startswith(quote(name)) else f"{quote(name)}: {text}"


def _node_from(value: Any) -> Node:
    try:
        return build_tree(value)
    except UnreadableError:
        return Node(repr(value), None)


def validate_settings(
    cls: type[S], values: Mapping[str, Pair], context: Context, entry: RawEntry | None = None
) -> S:
    """Make settings, and note a problem for each mistake; defaults stand for what is wrong.

    Parameters
    ----------
    cls : type
        Its class; the values of fields that have no default are known to be valid.
    values : mapping of str to Pair
        Values of fields by name.
    entry : RawEntry, optional
        What the fields are of, if it is an entry.
    """
    data: dict[str, Any] = {name: pair.value.plain for name, pair in values.items()}
    model: Any = cls  # a type variable is not hashable to mypy
    first_error = None
    while True:
        # What is left out of the data here has its default then; only the first look sees all mistakes.
        try:
            settings: S = _get_adapter(model).validate_json(json.dumps(data), strict=True)
        except ValidationError as error:
            first_error = first_error or error
            for loc in {details["loc"] for details in error.errors(include_url=False)}:
                _remove_innermost(data, loc)
        else:
            break
    if first_error:
        for problem in find_problems(first_error, ValidatedInput(model, entry, values, is_setting=True)):
            context.problems.add(problem)
    return settings


@cache
def _get_adapter(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


def _remove_innermost(data: dict[Any, Any], loc: Loc) -> None:
    """Remove no more than what is wrong, so that one mistake hides no other."""
    inner = data.get(loc[0])
    if isinstance(inner, dict) and len(loc) > 1 and loc[1] in inner:
        _remove_innermost(inner, loc[1:])
    else:
        data.pop(loc[0], None)
