"""How often a cell of the grid is repeated: a fixed number of times, or until it is decided."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from albench.spec.field_types import WhenMissing, limit_to
from albench.spec.setting import Count, Setting


def _check_at_least(value: int, info: ValidationInfo) -> int:
    up_to = info.data.get("up_to", value)
    if value > up_to:
        raise PydanticCustomError("out-of-range", f"at most 'up_to', {up_to}", {})
    return value


class Repeats(Setting):
    """Splits, each with a number of starts."""

    # No default: with 'starts' alone nobody could tell how many splits are meant.
    splits: Annotated[
        Count, WhenMissing("'repeats' with 'starts' needs 'splits', too", "write {splits: 5, starts: 4}")
    ]
    """Divisions of a dataset into pool and test part."""
    starts: Count = 1
    """Seed sets a split."""

    @property
    def total(self) -> int:
        """Repeats of each cell of the grid."""
        return self.splits * self.starts


_FEWEST_REPEATS, _FIRST_LOOK, _MOST_REPEATS = 3, 5, 100
"""Splits below which a difference has no interval, at which it is first looked at, and at which all ends."""


class UntilDecided(Setting):
    """As many repeats as it takes: each strategy goes on until its difference to random is decided."""

    until: Annotated[
        Literal["decided"],
        WhenMissing(
            "'repeats' must say until when they go on",
            "write {until: decided, up_to: 100}, or {splits: 10} for a fixed number",
        ),
    ]
    """decided: a strategy ends on a dataset when its difference to random is shown, or shown to be
    negligible, or known to the precision."""
    up_to: Annotated[int, Field(ge=_FIRST_LOOK), limit_to(10**6)] = _MOST_REPEATS
    """Splits at which it ends in any case."""
    at_least: Annotated[int, Field(ge=_FEWEST_REPEATS), limit_to(10**6), AfterValidator(_check_at_least)] = (
        _FIRST_LOOK
    )
    """Splits before anything is decided."""
    precision: Annotated[float, Field(gt=0)] | SkipJsonSchema[None] = None
    """Half of the interval of a difference in area that is precise enough, at the error that strategies
    share; without it 0.004 for a metric from 0 to 1, else 0.8 % of the area under random's curve."""
    starts: Count = 1
    """Seed sets a split."""

    @property
    def splits(self) -> int:
        """Splits that a cell of the grid may take."""
        return self.up_to

    @property
    def total(self) -> int:
        """Repeats that a cell of the grid may take."""
        return self.up_to * self.starts


def read_splits(value: Any) -> Any:
    """Return what a number of repeats stands for: so many splits."""
    return value if isinstance(value, dict | Repeats | UntilDecided) else {"splits": value}


def _choose_repeats(value: Any) -> str:
    """Return the class of repeats by the keys that only it has."""
    if isinstance(value, dict):
        own = UntilDecided.model_fields.keys() - Repeats.model_fields.keys()
        return UntilDecided.__name__ if own & value.keys() else Repeats.__name__
    return type(value).__name__


AnyRepeats = Annotated[
    Annotated[Repeats, Tag(Repeats.__name__)] | Annotated[UntilDecided, Tag(UntilDecided.__name__)],
    Discriminator(_choose_repeats),
]
