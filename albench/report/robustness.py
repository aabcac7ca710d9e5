"""The leaderboard along each axis: what changes when one choice of the primary slice is made otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.report.slices import key_of, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import Evidence, Row, SliceEvidence, Transfer
    from albench.report.slices import Choice


@dataclass(frozen=True)
class Column:
    """One value of an axis, with the rows of its slice by strategy."""

    value: str
    primary: bool
    key: str
    metric: str
    rows: dict[str, Row]


@dataclass(frozen=True)
class Axis:
    """Slices that differ from the primary one in one field alone, in the order of the experiment."""

    name: str
    columns: tuple[Column, ...]


def axes(evidence: Evidence, chosen: Sequence[Choice]) -> tuple[Axis, ...]:
    """Return a table for each field that the slices differ in; none of a field with one value left."""
    found = [Axis(choice.name, _columns(evidence, choice, chosen)) for choice in chosen]
    return tuple(axis for axis in found if len(axis.columns) > 1)


def by_models(found: Sequence[Transfer]) -> dict[tuple[str, str], list[Transfer]]:
    """Return the transfers of each pair of models, the one that buys first."""
    pairs = dict.fromkeys((one.query_model, one.model) for one in found)
    return {pair: [one for one in found if (one.query_model, one.model) == pair] for pair in pairs}


def _columns(evidence: Evidence, choice: Choice, chosen: Sequence[Choice]) -> tuple[Column, ...]:
    others = [other.field for other in chosen if other is not choice]
    home = [value_of(evidence.primary.slice, field) for field in others]
    alike = [one for one in evidence.slices if [value_of(one.slice, field) for field in others] == home]
    return tuple(_column(one, choice, chosen) for one in alike)


def _column(found: SliceEvidence, choice: Choice, chosen: Sequence[Choice]) -> Column:
    return Column(
        value_of(found.slice, choice.field),
        found.primary,
        key_of(found.slice, chosen),
        found.slice.metric,
        {row.strategy: row for row in found.rows},
    )
