"""What a user's class says of itself, checked when it is imported: a wrong word would break a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from albench.contracts.component import CostClass, Need
from albench.contracts.shared import Shared
from albench.contracts.strategy import Strategy
from albench.errors import ImportPathError, describe_error, extract_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.contracts.component import Component

_PAIR = 2


def _is_name(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_version(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_needs(value: Any) -> bool:
    return isinstance(value, set | frozenset) and all(each in set(Need) for each in value)


def _are_all(values: Any, cls: type) -> bool:
    return isinstance(values, tuple | list) and all(isinstance(value, cls) for value in values)


def _are_bounds(value: Any) -> bool:
    if not isinstance(value, tuple) or len(value) != _PAIR:
        return False
    low, high = value
    numbers = [each for each in value if each is not None]
    return (
        low is not None
        and all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers)
        and (high is None or low < high)
    )


_METHODS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "required": (_are_needs, "a frozenset of albench.Need"),
    "inner": (lambda value: _are_all(value, Strategy), "a tuple of strategies"),
    "shares": (lambda value: _are_all(value, Shared), "a tuple of what is shared"),
    "speaks_of": (lambda value: _are_all(value, str), "a tuple of names of classes"),
}
_TESTS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (_is_name, "a text"),
    "family": (_is_name, "a text"),
    "reference": (_is_name, "a text"),
    "complexity": (_is_name, "a text"),
    "main": (lambda value: value is None or _is_name(value), "the name of a parameter, or None"),
    "version": (_is_version, "a whole number"),
    "cost": (lambda value: value in get_args(CostClass), f"one of {', '.join(get_args(CostClass))}"),
    "needs": (_are_needs, "a frozenset of albench.Need"),
    "bounds": (_are_bounds, "a lower number and an upper one, or None for no upper one"),
    **dict.fromkeys(
        (
            *("arms", "asks_again", "looks_at_budget", "accepts_sparse"),
            *("needs_proba", "greater_is_better", "cheap", "looks_at_labels", "looks_at_features"),
            *("sets_threshold", "promises"),
        ),
        (_is_flag, "True or False"),
    ),
}


def check_declarations(cls: type[Component], path: str) -> None:
    """Refuse a class whose fields cannot be read, or whose class variables are not what its base class says.

    Raises
    ------
    ImportPathError
        The message names the variable and what it may be.
    """
    try:
        cls.model_rebuild()
    except Exception as error:
        line = extract_message(error).partition("\n")[0]
        raise ImportPathError(f"'{path}': its fields cannot be read: {line}") from error
    for name, (is_right, meaning) in _TESTS.items():
        if hasattr(cls, name) and name not in getattr(cls, "model_fields", ()):
            value = getattr(cls, name)
            if not is_right(value):
                raise ImportPathError(f"'{path}': '{name}' is {str(value)[:80]!r}; it is {meaning}")


def check_answers(component: Component, path: str) -> None:
    """Refuse a component whose methods say of itself what a plan cannot use, or raise.

    Raises
    ------
    ImportPathError
        The message names the method and what it returns.
    """
    for name, (is_right, meaning) in _METHODS.items():
        if method := getattr(component, name, None):
            try:
                answer = method()
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                raise ImportPathError(f"'{path}': {name}() raised {describe_error(error)}") from error
            if not is_right(answer):
                raise ImportPathError(
                    f"'{path}': {name}() returned {str(answer)[:80]!r}; it returns {meaning}"
                )
