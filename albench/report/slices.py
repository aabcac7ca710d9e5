"""What a reader can choose between: the fields in which slices differ, and their tables side by side."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from albench.analysis.evidence.cells import Slice
from albench.analysis.evidence.conclusions import SliceEvidence
from albench.narrative.streams.wording import format_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.rows import Row
    from albench.analysis.streams.evidence.conclusions import StreamEvidence, StreamSliceEvidence
    from albench.analysis.streams.evidence.design import StreamSlice

    AnySlice = Slice | StreamSlice

T = TypeVar("T")

FIELDS = (
    *("model", "seed_size", "seed_set", "batch_size", "oracle", "drift", "preprocessing"),
    *("budget", "metric"),
)
"""What slices differ in, as a reader chooses it; the query model is named with the model."""


@dataclass(frozen=True)
class Choice:
    """A field of which the slices have more than one value; ``home`` is that of the primary slice."""

    field: str
    name: str
    values: tuple[str, ...]
    home: str


def format_value(slice_: AnySlice, field: str) -> str:
    """Return a slice's value of a field as text; of the model with the query model if it is another one."""
    if field == "model" and isinstance(slice_, Slice) and slice_.query_model != slice_.model:
        return f"{slice_.model}, queried by {slice_.query_model}"
    value = getattr(slice_, field)
    return format_share(value) if isinstance(value, float) else str(value)


def list_choices(slices: Sequence[AnySlice], primary: AnySlice) -> tuple[Choice, ...]:
    """Return the fields in which slices differ, with their values in the order of the slices."""
    values_of = {
        name: tuple(dict.fromkeys(format_value(slice_, name) for slice_ in slices))
        for name in FIELDS
        if hasattr(primary, name)
    }
    return tuple(
        Choice(name, name.replace("_", " "), values, format_value(primary, name))
        for name, values in values_of.items()
        if len(values) > 1
    )


def encode_slice(slice_: AnySlice, choices: Sequence[Choice]) -> str:
    """Return the values of a slice, as the script of the page looks them up."""
    return json.dumps(
        [format_value(slice_, choice.field) for choice in choices], ensure_ascii=False, separators=(",", ":")
    )


def describe_slice(slice_: AnySlice, choices: Sequence[Choice]) -> str:
    """Return a slice in words, as ``metric log_loss, budget 50``."""
    parts = [f"{choice.name} {format_value(slice_, choice.field)}" for choice in choices]
    return ", ".join(parts) or f"metric {slice_.metric}"


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


def build_axes(evidence: Evidence | StreamEvidence, choices: Sequence[Choice]) -> tuple[SliceAxis, ...]:
    """Return a table for each field that the slices differ in; none of a field with one value left."""
    axes = [SliceAxis(choice.name, _build_columns(evidence, choice, choices)) for choice in choices]
    return tuple(axis for axis in axes if len(axis.columns) > 1)


def group_by_pair(items: Iterable[T], pair: Callable[[T], tuple[str, str]]) -> dict[tuple[str, str], list[T]]:
    """Return the items of each pair of values, pairs and items in their order."""
    by_pair: dict[tuple[str, str], list[T]] = {}
    for item in items:
        by_pair.setdefault(pair(item), []).append(item)
    return by_pair


def _build_columns(
    evidence: Evidence | StreamEvidence, choice: Choice, choices: Sequence[Choice]
) -> tuple[SliceColumn, ...]:
    others = [other.field for other in choices if other is not choice]
    home = [format_value(evidence.primary.slice, field) for field in others]
    return tuple(
        _build_column(candidate, choice, choices)
        for candidate in evidence.slices
        if [format_value(candidate.slice, field) for field in others] == home
    )


def _build_column(
    evidence: SliceEvidence | StreamSliceEvidence, choice: Choice, choices: Sequence[Choice]
) -> SliceColumn:
    rows = evidence.rows if isinstance(evidence, SliceEvidence) else evidence.comparisons.rows
    return SliceColumn(
        format_value(evidence.slice, choice.field),
        evidence.primary,
        encode_slice(evidence.slice, choices),
        evidence.slice.metric,
        {row.strategy: row for row in rows},
    )
