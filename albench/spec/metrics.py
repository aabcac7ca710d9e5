"""Metrics and signals: columns of the curves, so they go by their names and have no labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.spec.axes import EntryKey
from albench.spec.components import get_name, make_default
from albench.spec.experiment import Entry
from albench.spec.unresolved import UnresolvedComponent
from albench.tables import CURVES
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from albench.contracts import Metric
    from albench.spec.context import Axis, Context, PlacedValue
    from albench.spec.document import Node
    from albench.spec.models import DeclaredModels


class ScoreKey(EntryKey):
    """An axis of metrics or signals."""

    def read(self, node: Node, name: str, context: Context) -> Axis[Entry[Any]]:
        """Read the components, each of which is to have a column of its own."""
        axis = super().read(node, name, context)
        for item in axis.items:
            _check_column(item, context)
        return axis


def _check_column(item: PlacedValue[Entry[Any]], context: Context) -> None:
    component = item.value.component
    if isinstance(component, UnresolvedComponent):
        return
    name = get_name(component)
    if not name:
        text = f"{quote(type(component).__qualname__)} has no name to call its column by"
        context.problems.add_error("wrong-value", text, item.where, "give the class a 'name'")
    elif name in {column.name for column in CURVES}:
        text = f"{quote(name)} is a column of the curves already"
        context.problems.add_error("wrong-value", text, item.where, "give the class another 'name'")
    elif item.value.label != name:
        text = f"the column of {quote(name)} is called so; it takes no label"
        context.problems.add_error("unknown-key", text, item.where)


def list_recorded_metrics(
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
    cheap: list[Entry[Any]] = [Entry(name, make_default("metric", name, context)) for _, name in names]
    return (*cheap, *(entry for entry in declared if entry not in cheap))
