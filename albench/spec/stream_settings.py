"""The settings of an experiment on streams: each field is a key of the spec, and says what it means."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic.dataclasses import dataclass
from pydantic.json_schema import SkipJsonSchema

from albench.spec.field_types import limit_to
from albench.spec.setting import CONFIG, Count, Setting
from albench.spec.settings import SETTINGS, Settings


class Refit(Setting):
    """How a model learns that cannot learn label by label: it is fitted anew."""

    every: Count = 100
    """Rows from one fit to the next, if labels have arrived."""
    window: Annotated[int, Field(ge=2), limit_to(10**6)] | SkipJsonSchema[None] = None
    """Last labels that it is fitted on; all of them if not given."""


def _read_every(value: Any) -> Any:
    return value if isinstance(value, dict | Refit) else {"every": value}


@dataclass(frozen=True, kw_only=True, config=CONFIG)
class StreamSpecSettings(Settings):
    """The settings of an experiment on streams, besides those that all experiments have."""

    order: Literal["given", "shuffled", "time"] = "shuffled"
    """In which order rows arrive: that of the file, another one in each repeat, or by a column of time."""
    delay: Annotated[int, Field(ge=0), limit_to(10**9)] = 0
    """How many rows after its row a label that was bought is learnt; 0: before the next row."""
    start: Annotated[int, Field(ge=0), limit_to(10**6)] = 10
    """Rows at the beginning whose labels are learnt before the stream, and count in no budget."""
    scale: bool = True
    """Whether each row is standardised by mean and deviation of the rows up to it."""
    refit: Annotated[Refit, BeforeValidator(_read_every, json_schema_input_type=Count | Refit)] = (
        Refit.model_construct()
    )
    """How models learn that cannot learn label by label: fitted anew in every 100 rows, on all labels so far
    or on a window of them."""
    window: Annotated[int, Field(ge=1), limit_to(10**6)] = 500
    """Rows over which windowed metrics and the recovery after a drift are taken."""
    score_every: Count = 100
    """Rows from one point of the curves to the next."""
    holdout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the rows that is kept apart: at each point of the curves the model as it is then is scored by
    those of the last window, after the last change. They are neither predicted in passing nor bought."""


_SHARED = (
    *("name", "title", "repeats", "primary_metric", "random_state", "execution", "inapplicable"),
    "highlight",
)
STREAM_ONLY = tuple(field.name for field in fields(StreamSpecSettings) if field.name not in SETTINGS)
"""Settings that only streams have."""
STREAM_SETTINGS = (*_SHARED, *STREAM_ONLY)
"""Settings that a spec of streams may give."""
STREAM_AXES_ONLY = ("managers", "drifts")
STREAM_WORDS = (*STREAM_AXES_ONLY, *STREAM_ONLY)
"""Keys that only a spec of streams may have."""
