"""Metrics and signals: columns of the curves, so they go by their names and have no labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.registry.catalogue import load_catalogue
from albench.spec.axes import EntryKey
from albench.spec.components import get_column, make_default
from albench.spec.experiment import Entry
from albench.spec.unresolved import UnresolvedComponent
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from albench.contracts import Metric
    from albench.spec.context import Axis, Context, PlacedValue
    from albench.spec.document import Node
    from albench.spec.models import DeclaredModels


_VALIDATION = "validation_"
_LONGEST = 80


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
    name = get_column(component)
    if not name:
        text = f"{quote(type(component).__qualname__)} has no name to call its column by"
        context.problems.add_error("wrong-value", text, item.where, "give the class a 'name'")
    elif why := _find_name_conflict(name, type(component)):
        context.problems.add_error("wrong-value", why, item.where, "give the class another 'name'")
    elif item.value.label != name:
        text = f"the column of {quote(name)} is called so; it takes no label"
        context.problems.add_error("unknown-key", text, item.where)


def _find_name_conflict(name: str, cls: type) -> str:
    """Say why no column can be called so; empty if one can."""
    # Here: most specs declare no metric.
    from albench.coverage import OBSERVED_PREFIX
    from albench.tables import CURVES, QUERIES, REFERENCES, TRIALS

    if name in {column.name for column in CURVES}:
        return f"{quote(name)} is a column of the curves already"
    taken = {column.name for table in (TRIALS, CURVES, QUERIES, REFERENCES) for column in table}
    if name in {"score_s", *taken} or name.startswith((_VALIDATION, OBSERVED_PREFIX)):
        return f"{quote(name)} is what a column of the results is called already"
    if len(name) > _LONGEST or not name.isprintable() or any(char.isspace() or char == "=" for char in name):
        return (
            f"{quote(name)} cannot be the name of a column: up to {_LONGEST} characters without spaces or '='"
        )
    names = {**load_catalogue()["metric"], **load_catalogue()["signal"]}
    if name in names and not cls.__module__.startswith("albench."):
        return f"{quote(name)} is what albench calls a score of its own"
    return ""


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
        for name, facts in load_catalogue()["metric"].items()
        if facts["cheap"] and (some_proba or not facts["needs_proba"])
    )
    cheap: list[Entry[Any]] = [Entry(name, make_default("metric", name, context)) for _, name in names]
    return (*cheap, *(entry for entry in declared if entry not in cheap))
