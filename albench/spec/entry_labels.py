"""Labels of the entries of an axis; two that are equal, or called alike, are problems."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from albench.contracts import Component
from albench.spec.components import get_base_label, get_name
from albench.spec.context import Axis, PlacedValue
from albench.spec.experiment import Entry, ModelEntry
from albench.spec.labels import make_labels
from albench.spec.listed import ListedComponent
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from albench.spec.context import Context
    from albench.spec.document import Where
    from albench.spec.models import DeclaredModel, DeclaredModels


def label_entries(
    axis: Axis[tuple[Any, str | None]],
    context: Context,
    *,
    name: Callable[[Any], str] = get_base_label,
    identify: Callable[[Any], object] = lambda component: component,
) -> Axis[Entry[Any]]:
    """Give every component its label; two entries that are equal, or of one label, are problems.

    Parameters
    ----------
    axis : Axis
        Components, each with its label if the spec gives one.
    name, identify : callable
        What a component without a label is called, and what is equal for equal ones.
    """
    placed = [(item.value[0], item.where) for item in axis.items]
    note_twins(((identify(own), quote(name(own)), where) for own, where in placed), context)
    unlabelled = [component for component, label in axis.values if label is None]
    names = [name(component) for component in unlabelled]
    texts = iter(make_labels(names, [component.parameters() for component in unlabelled]))
    entries = [
        PlacedValue(Entry(label or next(texts), component), item.where)
        for item, (component, label) in zip(axis.items, axis.values, strict=True)
    ]
    note_same_labels([(item.value.label, item.value.component, item.where) for item in entries], context)
    return Axis(tuple(entries), axis.complete)


def label_models(declared: Axis[DeclaredModels], context: Context) -> Axis[ModelEntry]:
    """Label the entries of ``models``; one model has one label, as task model and as query model."""
    models = [model for pair in declared.values for model in (pair.task, pair.query)]
    unlabelled = {_encode_identity(model): model for model in models if model.label is None}
    texts = make_labels(
        [model.base for model in unlabelled.values()],
        [{**model.model.params, **model.model.settings()} for model in unlabelled.values()],
    )
    labels = {
        **dict(zip(unlabelled, texts, strict=True)),
        **{_encode_identity(model): model.label for model in models if model.label is not None},
    }
    entries = tuple(
        PlacedValue(_build_model_entry(item.value, labels), item.where) for item in declared.items
    )
    note_twins(
        (((e.value.task.component, e.value.query.component), quote(e.value.label), e.where) for e in entries),
        context,
    )
    note_same_labels(
        [(role.label, role.component, e.where) for e in entries for role in (e.value.task, e.value.query)],
        context,
    )
    note_same_labels([(e.value.label, (e.value.task, e.value.query), e.where) for e in entries], context)
    return Axis(entries, declared.complete)


def _build_model_entry(declared: DeclaredModels, labels: dict[str, str]) -> ModelEntry:
    def build_entry(model: DeclaredModel) -> Entry[Any]:
        return Entry(model.label or labels[_encode_identity(model)], model.model)

    task, query = build_entry(declared.task), build_entry(declared.query)
    same = task.component == query.component
    label = declared.label or (task.label if same else f"{task.label} (query={query.label})")
    return ModelEntry(label, task, query)


def _encode_identity(declared: DeclaredModel) -> str:
    model = declared.model
    return json.dumps([model.estimator, model.params, model.settings()])


def note_twins(values: Iterable[tuple[object, str, Where]], context: Context) -> None:
    """Note values that stand twice: their trials would have one key."""
    # What is compared has no hash, and a component equals what the catalogue says of it.
    seen: dict[object, list[tuple[object, Where]]] = defaultdict(list)
    for value, text, where in values:
        alike = seen[_make_hashable(value)]
        first = next((place for other, place in alike if other == value), None)
        if first is None:
            alike.append((value, where))
        else:
            hint = describe_first_place(first)
            context.problems.add_error("duplicate-entry", f"{text} stands twice", where, hint)


def _make_hashable(value: Any) -> object:
    """Return what is equal for equal values, and has a hash."""
    if isinstance(value, dict):
        return frozenset((key, _make_hashable(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(_make_hashable(each) for each in value)
    if isinstance(value, Component | ListedComponent):
        return get_name(value), _make_hashable(value.parameters())
    return value


def note_same_labels(entries: Sequence[tuple[str, object, Where]], context: Context) -> None:
    """Note different things under one label."""
    seen: dict[str, tuple[object, Where]] = {}
    for label, value, where in entries:
        other, first = seen.setdefault(label, (value, where))
        if other != value:
            text = f"two entries are called {quote(label)}"
            hint = f"{describe_first_place(first)}; give one a 'label'"
            context.problems.add_error("duplicate-label", text, where, hint)


def describe_first_place(where: Where) -> str:
    """Return a hint to the first of two places."""
    return f"first at {where if isinstance(where, str) else f'{where.line}:{where.column}' if where else ''}"
