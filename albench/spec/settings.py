"""The settings of an experiment: what is no axis. Each field is a key of the spec, and says what it means.

Reading, messages, JSON schema and resolved spec are made from the fields: a new key is one field here.
"""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    WithJsonSchema,
)
from pydantic.dataclasses import dataclass
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from albench.spec.costs import Costs
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
    check_share,
    check_standard_errors,
    limit_to,
    refuse_in_spec,
)
from albench.spec.repeats import AnyRepeats, Repeats, UntilDecided, read_splits
from albench.spec.setting import CONFIG, Count, Setting

ExpectedKind = Literal["areas", "means", "curves", "picks", "references"]
AreaVariant = Literal["trapezoid", "lu2023", "zhan2021", "mean"]
KINDS: tuple[ExpectedKind, ...] = get_args(ExpectedKind)


class Baseline(Setting):
    """What strategies are compared with: random sampling, and another strategy if the spec names one."""

    arms: Annotated[int, Field(ge=1), limit_to(1000)] = 2
    """Independent random orders a repeat."""
    second: Line | SkipJsonSchema[None] = None
    """Label of another strategy to compare with."""


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
        AnyRepeats, BeforeValidator(read_splits, json_schema_input_type=Count | Repeats | UntilDecided)
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
