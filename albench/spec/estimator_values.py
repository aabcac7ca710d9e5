"""Values that scikit-learn refuses at every fit, found where estimators are made."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from albench.spec.entries import list_items, read_entry
from albench.spec.nested_models import PACKAGE, iterate_nested
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from albench.spec.context import Context
    from albench.spec.document import Node
    from albench.spec.entries import RawEntry

_GRIDS = ("param_grid", "param_distributions")


def check_values(estimator: Any, entry: RawEntry, context: Context) -> None:
    """Note values that an estimator of scikit-learn, or one of scikit-learn's inside it, does not take."""
    if not type(estimator).__module__.startswith(PACKAGE):
        return
    _check_own(estimator, entry, context)
    for name in _GRIDS:
        if name in entry.params:
            _check_grid(name, list_items(entry.params[name].value), estimator.estimator, context)
    inside = estimator.get_params()
    for name, node in iterate_nested(entry):
        inner = read_entry(node, "model", context)
        if inner is not None:
            check_values(inside.get(name), inner, context)


def check_searched_values(
    estimator: Any, grid: Mapping[str, Iterable[Any]], entry: RawEntry, context: Context
) -> None:
    """Note values of a search inside the trial that an estimator of scikit-learn does not take."""
    if not type(estimator).__module__.startswith(PACKAGE):
        return
    for name, value in [(name, value) for name, values in grid.items() for value in values]:
        # Estimators are written as mappings, and made where they are fitted.
        if not isinstance(value, dict) and (problem := _find_refusal(estimator, name, {name: value})):
            text = (
                f"{quote(entry.name)} does not take {value} for {quote(name)}, which 'tune' tries: {problem}"
            )
            context.problems.add_error("wrong-value", text, entry.where)


def _check_own(estimator: Any, entry: RawEntry, context: Context) -> None:
    for name, pair in entry.params.items():
        if problem := _find_refusal(estimator, name, {}):
            text = f"{quote(entry.name)} does not take {pair.value} for {quote(name)}: {problem}"
            context.problems.add_error("wrong-value", text, pair.where)


def _find_refusal(estimator: Any, name: str, changes: Mapping[str, Any]) -> str:
    """Return why a fit would refuse the value of a parameter; empty if it would not."""
    # A fit asks this first; scikit-learn has no public way to ask without one.
    constraints = getattr(estimator, "_parameter_constraints", {})
    if not hasattr(estimator, "_validate_params") or name not in constraints:
        return ""
    # With one constraint alone, the place of a mistake is known whatever the error says.
    probe = copy(estimator)
    vars(probe).update(_parameter_constraints={name: constraints[name]}, **changes)
    try:
        probe._validate_params()  # noqa: SLF001
    except (TypeError, ValueError) as error:
        return str(error)
    return ""


def _check_grid(name: str, grids: Iterable[Node], searched: Any, context: Context) -> None:
    """Note what a search would try in vain: parameters that the estimator inside does not have."""
    parameters = searched.get_params()
    for grid in [node.value for node in grids if isinstance(node.value, dict)]:
        for key, pair in grid.items():
            step, below, _ = key.partition("__")
            # What the search puts in the place of a step brings parameters of its own.
            if key not in parameters and not (below and step in grid):
                text = f"{quote(name)}: {type(searched).__name__} has no parameter {quote(key)}"
                hint = suggest_word(key, parameters)
                context.problems.add_error("unknown-parameter", text, pair.key.where, hint)
            if name == "param_grid" and not isinstance(pair.value.value, tuple):
                text = f"{quote(key)} must be a list of what is tried, not {pair.value}"
                hint = f"write [{pair.value.value}]" if isinstance(pair.value.value, int | float) else ""
                context.problems.add_error("wrong-type", text, pair.where, hint)
