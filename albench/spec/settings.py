"""The settings of an experiment: what is no axis. Each field is a key of the spec, and says what it means.

Reading, messages, JSON schema and resolved spec are made from the fields: a new key is one field here.
"""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.dataclasses import dataclass
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from albench.spec.field_types import (
    Line,
    MemorySize,
    PercentShare,
    Seconds,
    Share,
    WhenMissing,
    check_integer,
    check_line,
    check_n_jobs,
    check_price,
    check_share,
    check_standard_errors,
    limit_to,
    refuse_in_spec,
)

ExpectedKind = Literal["areas", "means", "curves", "picks", "references"]
AreaVariant = Literal["trapezoid", "lu2023", "zhan2021", "mean"]
KINDS: tuple[ExpectedKind, ...] = get_args(ExpectedKind)

Count = Annotated[int, Field(ge=1), limit_to(10**6)]
"""A whole number from 1."""


_JSON_TYPES = {"string": str, "integer": int, "number": float}


def describe_fields(schema: dict[str, Any], cls: Any) -> None:
    """Put into a JSON schema what the string below each field says; leave out what no spec may name."""
    from albench.registry.build import read_field_docs

    texts, fields = read_field_docs(cls), schema["properties"]
    for name, info in cls.__pydantic_fields__.items():
        if info.exclude:
            del fields[name]
            continue
        fields[name] |= {"description": texts[name]} if name in texts else {}
        default = fields[name].pop("default", None)
        # An editor may write a default into a spec: it has to be what a spec can hold.
        if default != "" and isinstance(default, _JSON_TYPES.get(fields[name].get("type"), ())):
            fields[name]["default"] = default


# Validators are built when a spec is read: listing and help need none.
CONFIG = ConfigDict(extra="forbid", defer_build=True, json_schema_extra=describe_fields)


class Setting(BaseModel):
    """Base of settings that are mappings."""

    model_config = ConfigDict(frozen=True, **CONFIG)


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


class Baseline(Setting):
    """What strategies are compared with: random sampling, and another strategy if the spec names one."""

    arms: Annotated[int, Field(ge=1), limit_to(1000)] = 2
    """Independent random orders a repeat."""
    second: Line | SkipJsonSchema[None] = None
    """Label of another strategy to compare with."""


Price = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(check_price)]
"""An amount of money, in whatever currency; 0 is allowed."""


class RowPrice(Setting):
    """A price that depends on the row: a rate times what a column holds."""

    column: Annotated[Line, WhenMissing("'row' needs 'column'", "write {column: n_words, rate: 0.02}")]
    """Column of the dataset."""
    rate: Price = 1.0
    """Price of one unit."""
    unit: Literal["value", "words", "characters"] = "value"
    """What is counted: the number in the column, or the words or characters of its text."""


class Costs(Setting):
    """What labels and training cost."""

    label: Annotated[
        Price, WhenMissing("'costs' needs 'label', what every label costs", "write label: 0 where it is free")
    ]
    """Price of a label, whether the oracle gives or refuses it."""
    classes: dict[str, Price] = Field(default_factory=dict)
    """Prices of labels of some classes instead: by the class that the oracle gives."""
    row: RowPrice = RowPrice.model_construct(column="", rate=0.0)
    """Price of a label's row, on top."""
    batch: Price = 0.0
    """Fixed price of every batch, the seed set among them."""
    round: Price = 0.0
    """Fixed price of every round of training."""

    @property
    def differ(self) -> bool:
        """Whether anything costs something else than 1 a label."""
        return self != Costs.model_construct(label=1.0)


class Relabel(Setting):
    """Second answers to rows that are labelled already."""

    share: Annotated[
        float,
        Field(ge=0, le=0.9),
        BeforeValidator(partial(check_share, high=0.9)),
        WhenMissing("'relabel' needs 'share'", "write {share: 0.1}"),
    ]
    """Share of the labels after the seed set that are bought for rows which are labelled already: another
    answer to those that were asked least. They count against the budget; a batch has one new row at least."""


def _read_items(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check_distinct(shares: tuple[float, ...]) -> tuple[float, ...]:
    if len(set(shares)) < len(shares):
        raise PydanticCustomError("wrong-value", "different shares of the pool", {})
    return shares


class Pilot(Setting):
    """What the labelled rows of a dataset tell about labels that are still to be bought."""

    budget: Annotated[
        Count,
        WhenMissing("'pilot' needs 'budget', the labels that there will be in all", "write {budget: 500}"),
    ]
    """Labels that there will be in all, those of now included."""
    pools: Annotated[
        tuple[Annotated[PercentShare, Field(lt=1)], ...],
        BeforeValidator(_read_items),
        AfterValidator(_check_distinct),
    ] = (0.25, 0.5)
    """Smaller pools beside the whole one, as shares of it: how a gain depends on the size of the pool."""


class Execution(Setting):
    """How to run; nothing here can change a number."""

    n_jobs: Annotated[
        int,
        Field(ge=-1),
        AfterValidator(check_n_jobs),
        limit_to(10**12),
        WithJsonSchema({"anyOf": [{"const": -1}, {"type": "integer", "minimum": 1}]}),
    ] = -1
    """Worker processes; -1: one per core. With 1 and no limits the calling process does the work: a trial
    that ends its process ends the run then."""
    backend: Literal["loky", "dask", "inline"] = "loky"
    """dask: on a Dask cluster; inline: in this process, for debugging."""
    audit: Literal["picks", "probabilities"] = "picks"
    """What is stored of every query; probabilities: those that the query model gives each pick, too."""
    timeout: Seconds | None = None
    """Wall time that one trial may take: 10m."""
    memory: MemorySize | None = None
    """Memory that one worker may hold: 4GiB, or 4GB, which is 7 % less."""
    failure_budget: Share | None = None
    """Share of the trials that may fail before a run is stopped."""
    retry: Annotated[int, Field(ge=0, le=100)] = 0
    """How often an error that may pass is tried again."""
    # Of one place and one day, while a spec is for all.
    scheduler: Annotated[str | None, BeforeValidator(refuse_in_spec), Field(exclude=True)] = None
    """Address of a Dask scheduler; None: a cluster on this machine. No spec names it."""


class Expected(Setting):
    """Published numbers that the experiment must give."""

    kind: ExpectedKind
    """The area of each repeat; mean and standard deviation of the area over repeats; the metric in each
    round; the rows that were queried; the metric of the model trained on the whole pool."""
    file: Line = ""
    """CSV file beside the spec."""
    digits: Annotated[
        Annotated[int, Field(ge=0, le=12)] | SkipJsonSchema[None], BeforeValidator(check_integer)
    ] = None
    """Decimals that must agree."""
    within: Annotated[
        Annotated[float, Field(gt=0)] | SkipJsonSchema[None], BeforeValidator(check_standard_errors)
    ] = None
    """How many standard errors, SD / sqrt(n), a mean may be away."""
    matched: PercentShare = 1.0
    """Share of what is compared that must agree (default: 100%)."""
    area: AreaVariant = "trapezoid"
    """How the area is computed (``albench.analysis.stats.area``)."""
    metric: Annotated[str | SkipJsonSchema[None], BeforeValidator(check_line)] = None
    """The primary metric unless given."""


OPTIONS: dict[ExpectedKind, tuple[str, ...]] = {
    "areas": ("file", "digits", "matched", "area", "metric"),
    "means": ("file", "digits", "within", "matched", "area", "metric"),
    "curves": ("file", "digits", "matched", "metric"),
    "picks": ("file", "matched"),
    "references": ("file", "digits", "matched", "metric"),
}
"""Fields of ``Expected`` that an entry of each kind may have."""


def _read_splits(value: Any) -> Any:
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


def _read_names(value: Any) -> Any:
    return _read_items([value] if isinstance(value, str) else value)


def _read_second(value: Any) -> Any:
    return {"second": value} if isinstance(value, str) else value


def _read_share(value: Any) -> Any:
    return value if isinstance(value, dict | Relabel) else {"share": value}


def _read_pilot(value: Any) -> Any:
    return value if isinstance(value, dict | Pilot) else {"budget": value}


@dataclass(frozen=True, kw_only=True, config=CONFIG)
class Settings:
    """The settings of an experiment.

    A dataclass, so that ``Experiment``, which adds the axes, has the same fields.
    """

    name: Line = ""
    """Name of the results folder (default: the file's)."""
    title: Line = ""
    """Stands above the report."""
    repeats: Annotated[
        AnyRepeats, BeforeValidator(_read_splits, json_schema_input_type=Count | Repeats | UntilDecided)
    ] = Repeats.model_construct(splits=10)
    """Splits, each with a number of seed sets (default: 10 splits with one each), or as many as it takes to
    decide."""
    primary_metric: Line = "accuracy"
    """The metric of the verdicts."""
    baseline: Annotated[Baseline, BeforeValidator(_read_second, json_schema_input_type=str | Baseline)] = (
        Baseline.model_construct()
    )
    """Random sampling, and the label of another strategy to compare with, if any."""
    validation: Annotated[float, Field(ge=0, le=0.5), BeforeValidator(partial(check_share, high=0.5))] = 0.0
    """Share of the rows that is kept apart and scored beside the test part."""
    random_state: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    """Seed of all random numbers."""
    execution: Execution = Execution.model_construct()
    """How to run; nothing here can change a number."""
    ties: Literal["random", "first"] = "random"
    """How equal utilities are ordered; first: in the order of the pool, for replays."""
    inapplicable: Literal["error", "skip"] = "error"
    """Strategies that do not suit a model or a dataset; skip: their trials there are rows with the status
    skipped, and metrics and signals are undefined where a model gives no probabilities."""
    costs: Costs = Costs.model_construct(label=1.0)
    """What labels and training cost (default: 1 a label)."""
    relabel: Annotated[Relabel, BeforeValidator(_read_share, json_schema_input_type=Share | Relabel)] = (
        Relabel.model_construct(share=0.0)
    )
    """Second answers to rows that are labelled already; models learn from most votes, of as many the class
    that was answered first, or from what the oracle makes of several answers (default: none)."""
    highlight: Annotated[
        tuple[Line, ...], BeforeValidator(_read_names, json_schema_input_type=Line | tuple[Line, ...])
    ] = ()
    """Strategies that the page always draws, first in legends and in every table, by their labels, names or
    import paths; besides them all that are not built in."""

    pilot: Annotated[Pilot, BeforeValidator(_read_pilot, json_schema_input_type=Count | Pilot)] = (
        Pilot.model_construct(budget=0, pools=())
    )
    """The labels that a project will have in all, where the dataset is the labelled part of it: the page
    begins with what is expected of them (default: it is no pilot)."""


SETTINGS = tuple(field.name for field in fields(Settings))
