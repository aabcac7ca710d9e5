"""The axes of a spec: lists of components, models and numbers, each with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from albench.contracts import DatasetSource
from albench.spec.components import base_label, component
from albench.spec.context import Axis, Read
from albench.spec.entries import items, raw_entry
from albench.spec.experiment import Entry, ModelEntry, Size
from albench.spec.labels import labels
from albench.spec.models import DeclaredModel, DeclaredModels, declared_models
from albench.spec.numbers import size, whole_number
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from albench.contracts import Component, Kind
    from albench.spec.context import Context
    from albench.spec.document import Node, Where
    from albench.spec.entries import RawEntry
    from albench.spec.listed import Listed

    Found = Component | Listed
    T = TypeVar("T")


def entry_axis(
    node: Node,
    kind: Kind,
    name: str,
    context: Context,
    check: Callable[[Found, RawEntry, Context], None] | None = None,
) -> Axis[Entry[Any]]:
    """Read an axis of components, look closer at each with ``check``, and label them."""

    def one(item: Node) -> list[tuple[Found, str | None]] | None:
        entry = raw_entry(item, kind, context)
        found = component(kind, entry, context) if entry else None
        if entry is None or found is None:
            return None
        members = _members(found, entry.label, context)
        if check is not None:
            for member, _ in members:
                check(member, entry, context)
        return members

    axis = _axis(node, name, context, one)
    flat = [Read(member, item.where) for item in axis.items for member in item.value]
    return labelled(Axis(tuple(flat), axis.complete), context)


def _members(found: Found, label: str | None, context: Context) -> list[tuple[Found, str | None]]:
    """Return the components that an entry stands for: itself, or the datasets of a pattern or a suite."""
    if not isinstance(found, DatasetSource):
        return [(found, label)]
    members = found.members(context.folder)
    if len(members) > 1:
        return [(member, f"{label}: {name}" if label else name) for name, member in members]
    ((name, member),) = members
    return [(member, label or (None if name == member.default_label() else name))]


def labelled(axis: Axis[tuple[Any, str | None]], context: Context) -> Axis[Entry[Any]]:
    """Give every component its label; two entries that are equal, or of one label, are problems."""
    _note_twins(
        ((item.value[0], quote(base_label(item.value[0])), item.where) for item in axis.items), context
    )
    open_ones = [found for found, label in axis.values if label is None]
    texts = iter(labels([base_label(each) for each in open_ones], [each.parameters() for each in open_ones]))
    entries = [
        Read(Entry(label or next(texts), found), item.where)
        for item, (found, label) in zip(axis.items, axis.values, strict=True)
    ]
    _note_same_labels([(each.value.label, each.value.component, each.where) for each in entries], context)
    return Axis(tuple(entries), axis.complete)


def declared_axis(node: Node, context: Context) -> Axis[DeclaredModels]:
    """Read ``models`` with what is known of each."""
    return _axis(node, "models", context, lambda item: declared_models(item, context))


def model_axis(declared: Axis[DeclaredModels], context: Context) -> Axis[ModelEntry]:
    """Label the entries of ``models``; one model has one label, as task model and as query model."""
    parts = [part for each in declared.values for part in (each.task, each.query)]
    distinct = {_identity(part): part for part in parts if part.label is None}
    texts = labels(
        [part.base for part in distinct.values()],
        [{**part.model.params, **part.model.settings()} for part in distinct.values()],
    )
    unlabelled = dict(zip(distinct, texts, strict=True))
    given = {_identity(part): part.label for part in parts if part.label is not None}
    known = {**unlabelled, **given}
    entries = tuple(Read(_model_entry(item.value, known), item.where) for item in declared.items)
    _note_twins(
        (((e.value.task.component, e.value.query.component), quote(e.value.label), e.where) for e in entries),
        context,
    )
    _note_same_labels(
        [(role.label, role.component, e.where) for e in entries for role in (e.value.task, e.value.query)],
        context,
    )
    _note_same_labels([(e.value.label, (e.value.task, e.value.query), e.where) for e in entries], context)
    return Axis(entries, declared.complete)


def number_axis(node: Node, name: str, context: Context) -> Axis[int]:
    """Read an axis of whole numbers from 1."""
    axis = _axis(node, name, context, lambda item: whole_number(item, name, context))
    _note_twins(((item.value, str(item.value), item.where) for item in axis.items), context)
    return axis


def size_axis(node: Node, name: str, context: Context, *, low: int, may_be_all: bool) -> Axis[Size]:
    """Read an axis of numbers of labels."""
    axis = _axis(node, name, context, lambda item: size(item, name, context, low=low, may_be_all=may_be_all))
    _note_twins(((item.value, str(item.value), item.where) for item in axis.items), context)
    return axis


def _axis(node: Node, name: str, context: Context, one: Callable[[Node], T | None]) -> Axis[T]:
    if node.value is None or node.value == ():
        context.problems.error("empty-list", f"{quote(name)} is empty", node.where)
        return Axis((), complete=False)
    nodes = items(node)
    found = [Read(value, item.where) for item in nodes if (value := one(item)) is not None]
    return Axis(tuple(found), complete=len(found) == len(nodes))


def _model_entry(declared: DeclaredModels, known: dict[str, str]) -> ModelEntry:
    def part(model: DeclaredModel) -> Entry[Any]:
        return Entry(model.label or known[_identity(model)], model.model)

    task, query = part(declared.task), part(declared.query)
    same = task.component == query.component
    label = declared.label or (task.label if same else f"{task.label} (query={query.label})")
    return ModelEntry(label, task, query)


def _identity(declared: DeclaredModel) -> str:
    model = declared.model
    return json.dumps([model.estimator, model.params, model.settings()])


def _note_twins(found: Iterable[tuple[object, str, Where]], context: Context) -> None:
    """Note values that stand twice: their trials would have one key."""
    seen: list[tuple[object, Where]] = []
    for value, text, where in found:
        first = next((place for other, place in seen if other == value), None)
        if first is not None:
            context.problems.error("duplicate-entry", f"{text} stands twice", where, first_at(first))
        seen.append((value, where))


def _note_same_labels(found: Sequence[tuple[str, object, Where]], context: Context) -> None:
    """Note different things under one label."""
    seen: dict[str, tuple[object, Where]] = {}
    for label, value, where in found:
        other, first = seen.setdefault(label, (value, where))
        if other != value:
            text = f"two entries are called {quote(label)}"
            context.problems.error("duplicate-label", text, where, f"{first_at(first)}; give one a 'label'")


def first_at(where: Where) -> str:
    """Return a hint to the first of two places."""
    return f"first at {where if isinstance(where, str) else f'{where.line}:{where.column}' if where else ''}"
