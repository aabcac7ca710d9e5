"""What a reader can choose between: the values that tell slices apart, and the page's part about each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import Slice

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


def value_of(found: Slice, field: str) -> str:
    """Return a slice's value of a field as text; of the model with the query model if it is another one."""
    if field == "model" and found.query_model != found.model:
        return f"{found.model}, queried by {found.query_model}"
    return str(getattr(found, field))


def choices(slices: Sequence[Slice], primary: Slice) -> tuple[Choice, ...]:
    """Return what tells the slices apart, the values in the order of the slices."""
    found = {name: tuple(dict.fromkeys(value_of(one, name) for one in slices)) for name in NAMES}
    return tuple(
        Choice(name, NAMES[name], values, value_of(primary, name))
        for name, values in found.items()
        if len(values) > 1
    )


def key_of(found: Slice, chosen: Sequence[Choice]) -> str:
    """Return the values of a slice, as the script of the page looks them up."""
    return json.dumps(
        [value_of(found, choice.field) for choice in chosen], ensure_ascii=False, separators=(",", ":")
    )


def words_of(found: Slice, chosen: Sequence[Choice]) -> str:
    """Return a slice in words, as ``metric log_loss, budget 50``."""
    told = [f"{choice.name} {value_of(found, choice.field)}" for choice in chosen]
    return ", ".join(told) or f"metric {found.metric}"
