"""The axes of a spec: lists of components, models and numbers, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench import contracts
from albench.contracts.preprocessing import LABELLED_SCHEMA as PREPROCESSING_SCHEMA
from albench.errors import DatasetError
from albench.spec.components import make_component
from albench.spec.context import Axis, PlacedValue
from albench.spec.dataset_files import describe_trouble
from albench.spec.entries import list_items, read_entry
from albench.spec.entry_labels import label_entries, note_twins
from albench.spec.field_types import PERCENT_SCHEMA
from albench.spec.listed import ListedComponent
from albench.spec.models import DeclaredModels, read_models
from albench.spec.preprocessing_steps import read_labelled
from albench.spec.sizes import read_batch_size, read_size
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.batches import BatchSize
    from albench.contracts import Component, Kind
    from albench.contracts.preprocessing import Preprocessing
    from albench.spec.context import Context
    from albench.spec.document import Node
    from albench.spec.entries import RawEntry
    from albench.spec.experiment import Entry, Size

    # A component and its label, if the spec gives one.
    Member = tuple[Component | ListedComponent, str | None]
    Schema = dict[str, Any]

COUNT_SCHEMA: Schema = {"type": "integer", "minimum": 1}
_PER_CLASS_SCHEMA: Schema = {
    "type": "object",
    "properties": {"per_class": {**COUNT_SCHEMA, "description": "Labels a class of the dataset."}},
    "required": ["per_class"],
    "additionalProperties": False,
}


_MONEY_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "money": {
            "type": "number",
            "exclusiveMinimum": 0,
            "description": "What labels and training may cost.",
        }
    },
    "required": ["money"],
    "additionalProperties": False,
}
_GROWING_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "geometric": {
            "type": "number",
            "exclusiveMinimum": 1,
            "description": "How many times as large each batch is as the one before, rounded down.",
        },
        "first": {**COUNT_SCHEMA, "description": "Labels of the first batch (default: 10)."},
    },
    "required": ["geometric"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class AxisKey:
    """An axis as a key of the spec.

    Attributes
    ----------
    description : str
        What editors show.
    default : scalar, tuple or None
        What stands for it where the spec does not give it; None if it must. An axis may be empty if that is
        the default.
    """

    description: str
    default: str | int | tuple[()] | None = None

    def read(self, node: Node, name: str, context: Context) -> Axis[Any]:
        """Read one value or a list of them; two that are equal are a problem."""
        axis = self._read_items(node, name, context)
        # By what a value is called the page tells it from others.
        note_twins(((str(item.value), str(item.value), item.where) for item in axis.items), context)
        return axis

    def _read_items(self, node: Node, name: str, context: Context) -> Axis[Any]:
        """Read each value by itself."""
        if node.value is None or node.value == ():
            if self.default == ():
                return Axis(())
            context.problems.add_error("empty-list", f"{quote(name)} is empty", node.where)
            return Axis((), complete=False)
        nodes = list_items(node)
        values = [
            PlacedValue(value, item.where)
            for item in nodes
            if (value := self._read_item(item, name, context)) is not None
        ]
        return Axis(tuple(values), complete=len(values) == len(nodes))

    def _read_item(self, node: Node, name: str, context: Context) -> Any:
        """Return a value; None, and problems, if it is wrong."""
        raise NotImplementedError

    def _list_schemas(self) -> list[Schema]:
        """Return the JSON schemas of the ways in which a value may be written."""
        raise NotImplementedError

    def describe(self) -> Schema:
        """Return the JSON schema of the axis."""
        schemas = self._list_schemas()
        item = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
        many = {"type": "array", "items": item, "minItems": 0 if self.default == () else 1}
        return {"description": self.description, "anyOf": [*schemas, many]}


class BatchKey(AxisKey):
    """An axis of batch sizes: whole numbers from 1, or batches that grow."""

    def _read_item(self, node: Node, name: str, context: Context) -> BatchSize | None:
        return read_batch_size(node, name, context)

    def _list_schemas(self) -> list[Schema]:
        return [COUNT_SCHEMA, _GROWING_SCHEMA]


@dataclass(frozen=True)
class SizeKey(AxisKey):
    """An axis of numbers of labels: counts from ``low``, shares, per class; budgets may be all, or money."""

    low: int = 1
    is_budget: bool = False

    def _read_item(self, node: Node, name: str, context: Context) -> Size | None:
        return read_size(node, name, context, low=self.low, is_budget=self.is_budget)

    def _list_schemas(self) -> list[Schema]:
        percent = {**PERCENT_SCHEMA, "description": "Of the capped pool."}
        return [
            {"type": "integer", "minimum": self.low},
            percent,
            _PER_CLASS_SCHEMA,
            *([{"const": "all"}, _MONEY_SCHEMA] if self.is_budget else []),
        ]


@dataclass(frozen=True)
class EntryKey(AxisKey):
    """An axis of components of a kind; ``check`` looks closer at each."""

    kind: Kind = "strategy"
    check: Callable[[Component | ListedComponent, RawEntry, Context], None] | None = None

    def read(self, node: Node, name: str, context: Context) -> Axis[Entry[Any]]:
        """Read the components and label them."""
        axis = self._read_items(node, name, context)
        flat = [PlacedValue(member, item.where) for item in axis.items for member in item.value]
        return label_entries(Axis(tuple(flat), axis.complete), context)

    def _read_item(self, node: Node, name: str, context: Context) -> list[Member] | None:
        del name
        entry = read_entry(node, self.kind, context)
        component = make_component(self.kind, entry, context) if entry else None
        if entry is None or component is None:
            return None
        try:
            members = _list_members(component, entry.label, context)
        except (DatasetError, OSError) as error:
            context.problems.add_error("missing-file", describe_trouble(error), entry.where)
            return None
        if self.check is not None:
            for member, _ in members:
                self.check(member, entry, context)
        return members

    def _list_schemas(self) -> list[Schema]:
        return [{"$ref": f"#/$defs/{self.kind}"}]


class PreprocessingKey(AxisKey):
    """An axis of what is done to columns."""

    def read(self, node: Node, name: str, context: Context) -> Axis[Entry[Preprocessing]]:
        """Read the values and label them."""
        axis = self._read_items(node, name, context)
        return label_entries(
            axis,
            context,
            name=lambda preprocessing: preprocessing.describe(),
            identify=lambda preprocessing: preprocessing.model_dump_json(),
        )

    def _read_item(self, node: Node, name: str, context: Context) -> tuple[Preprocessing, str | None] | None:
        del name
        return read_labelled(node, context)

    def _list_schemas(self) -> list[Schema]:
        return [PREPROCESSING_SCHEMA]


class ModelKey(AxisKey):
    """The axis of models, as they are declared: what is known of each, and no labels yet."""

    def read(self, node: Node, name: str, context: Context) -> Axis[DeclaredModels]:
        """Read the models; :func:`label_models` finds those that are equal."""
        return self._read_items(node, name, context)

    def _read_item(self, node: Node, name: str, context: Context) -> DeclaredModels | None:
        del name
        return read_models(node, context)

    def _list_schemas(self) -> list[Schema]:
        return [{"$ref": "#/$defs/model"}]


def _list_members(
    component: Component | ListedComponent, label: str | None, context: Context
) -> list[Member]:
    """Return the components that an entry stands for: itself, or the datasets of a pattern or a suite."""
    if isinstance(component, ListedComponent) or not isinstance(component, contracts.DatasetSource):
        return [(component, label)]
    members = component.members(context.folder)
    if len(members) > 1:
        return [(member, f"{label}: {name}" if label else name) for name, member in members]
    ((name, member),) = members
    return [(member, label or (None if name == member.default_label() else name))]
