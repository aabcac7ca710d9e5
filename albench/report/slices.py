"""What a reader can choose between: the values that tell slices apart, and the page's part about each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import Evidence, Row, Slice, SliceEvidence, Transfer

NAMES = {
    "model": "model",
    "seed_size": "seed size",
    "seed_set": "seed set",
    "batch_size": "batch size",
    "oracle": "oracle",
    "budget": "budget",
    "metric": "metric",
}


@dataclass(frozen=True)
class Choice:
    """A field of which the slices have more than one value; ``home`` is that of the primary slice."""

    field: str
    name: str
    values: tuple[str, ...]
    home: str


def format_value(found: Slice, field: str) -> str:
    """Return a slice's value of a field as text; of the model with the query model if it is another one."""
    if field == "model" and found.query_model != found.model:
        return f"{found.model}, queried by {found.query_model}"
    return str(getattr(found, field))


def list_choices(slices: Sequence[Slice], primary: Slice) -> tuple[Choice, ...]:
    """Return what tells the slices apart, the values in the order of the slices."""
    found = {name: tuple(dict.fromkeys(format_value(one, name) for one in slices)) for name in NAMES}
    return tuple(
        Choice(name, NAMES[name], values, format_value(primary, name))
        for name, values in found.items()
        if len(values) > 1
    )


def encode_slice(found: Slice, chosen: Sequence[Choice]) -> str:
    """Return the values of a slice, as the script of the page looks them up."""
    return json.dumps(
        [format_value(found, choice.field) for choice in chosen], ensure_ascii=False, separators=(",", ":")
    )


def describe_slice(found: Slice, chosen: Sequence[Choice]) -> str:
    """Return a slice in words, as ``metric log_loss, budget 50``."""
    told = [f"{choice.name} {format_value(found, choice.field)}" for choice in chosen]
    return ", ".join(told) or f"metric {found.metric}"


@dataclass(frozen=True)
class SliceColumn:
    """One value of an axis, with the rows of its slice by strategy."""

    value: str
    primary: bool
    key: str
    metric: str
    rows: dict[str, Row]


@dataclass(frozen=True)
class SliceAxis:
    """Slices that differ from the primary one in one field alone, in the order of the experiment."""

    name: str
    columns: tuple[SliceColumn, ...]


def build_axes(evidence: Evidence, chosen: Sequence[Choice]) -> tuple[SliceAxis, ...]:
    """Return a table for each field that the slices differ in; none of a field with one value left."""
    found = [SliceAxis(choice.name, _build_columns(evidence, choice, chosen)) for choice in chosen]
    return tuple(axis for axis in found if len(axis.columns) > 1)


def group_by_models(found: Sequence[Transfer]) -> dict[tuple[str, str], list[Transfer]]:
    """Return the transfers of each pair of models, the one that buys first."""
    pairs = dict.fromkeys((one.query_model, one.model) for one in found)
    return {pair: [one for one in found if (one.query_model, one.model) == pair] for pair in pairs}


def _build_columns(evidence: Evidence, choice: Choice, chosen: Sequence[Choice]) -> tuple[SliceColumn, ...]:
    others = [other.field for other in chosen if other is not choice]
    home = [format_value(evidence.primary.slice, field) for field in others]
    alike = [one for one in evidence.slices if [format_value(one.slice, field) for field in others] == home]
    return tuple(_build_column(one, choice, chosen) for one in alike)


def _build_column(found: SliceEvidence, choice: Choice, chosen: Sequence[Choice]) -> SliceColumn:
    return SliceColumn(
        format_value(found.slice, choice.field),
        found.primary,
        encode_slice(found.slice, chosen),
        found.slice.metric,
        {row.strategy: row for row in found.rows},
    )
