"""Metrics and signals: columns of the curves, so they go by their names and have no labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from albench.spec.axes import entry_axis
from albench.spec.components import name_of, plain
from albench.spec.context import Axis, Read
from albench.spec.experiment import Entry
from albench.spec.unresolved import Unresolved
from albench.tables import CURVES
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from albench.contracts import Metric
    from albench.spec.context import Context
    from albench.spec.document import Node
    from albench.spec.models import DeclaredModels


def score_axis(
    node: Node, kind: Literal["metric", "signal"], name: str, context: Context
) -> Axis[Entry[Any]]:
    """Read ``metrics`` or ``signals``, which may be empty."""
    if node.value is None or node.value == ():
        return Axis(())
    axis = entry_axis(node, kind, name, context)
    for item in axis.items:
        _check_column(item, context)
    return axis


def _check_column(item: Read[Entry[Any]], context: Context) -> None:
    component = item.value.component
    if isinstance(component, Unresolved):
        return
    name = name_of(component)
    if not name:
        text = f"{quote(type(component).__qualname__)} has no name to call its column by"
        context.problems.error("wrong-value", text, item.where, "give the class a 'name'")
    elif name in {column.name for column in CURVES}:
        text = f"{quote(name)} is a column of the curves already"
        context.problems.error("wrong-value", text, item.where, "give the class another 'name'")
    elif item.value.label != name:
        text = f"the column of {quote(name)} is called so; it takes no label"
        context.problems.error("unknown-key", text, item.where)


def recorded_metrics(
    declared: Iterable[Entry[Metric]], models: Sequence[DeclaredModels], context: Context
) -> tuple[Entry[Metric], ...]:
    """Return the cheap metrics, in a fixed order, and after them what else is declared.

    Cheap metrics that need probabilities are left out where no model gives any.
    """
    declared = list(declared)
    some_proba = not models or any(each.task.answers.proba is not False for each in models)
    names = sorted(
        (facts["needs_proba"], name)
        for name, facts in context.catalogue["metric"].items()
        if facts["cheap"] and (some_proba or not facts["needs_proba"])
    )
    cheap: list[Entry[Any]] = [Entry(name, plain("metric", name, context)) for _, name in names]
    return (*cheap, *(entry for entry in declared if entry not in cheap))
