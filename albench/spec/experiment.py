"""An experiment after reading: every axis a tuple of entries, every setting filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Literal, TypeVar

from albench.contracts import (
    Component,
    DatasetSource,
    Metric,
    Model,
    Oracle,
    SeedSet,
    Signal,
    Split,
    Strategy,
)
from albench.contracts.preprocessing import Preprocessing

C = TypeVar("C", bound=Component)
Ties = Literal["random", "first"]
ExpectedKind = Literal["areas", "means", "curves", "picks", "references"]
AreaVariant = Literal["trapezoid", "lu2023", "zhan2021", "mean"]


@dataclass(frozen=True)
class Entry(Generic[C]):
    """A component under the label that tables and figures show."""

    label: str
    component: C


@dataclass(frozen=True)
class ModelEntry:
    """A task model and the model that the strategy consults; the same object unless declared otherwise."""

    label: str
    task: Entry[Model]
    query: Entry[Model]

    @property
    def same(self) -> bool:
        """True if one fit serves both."""
        return self.task.component == self.query.component


@dataclass(frozen=True)
class Size:
    """A number of labels, said in one of four ways.

    Attributes
    ----------
    kind : {"count", "percent", "per_class", "all"}
    value : float
        Labels, percent of the pool, or labels per class; 0 for ``all``.
    """

    kind: Literal["count", "percent", "per_class", "all"]
    value: float = 0

    def labels(self, n_pool: int, n_classes: int) -> int:
        """Return the number of labels in a pool of ``n_pool`` rows, clipped to the pool."""
        if self.kind == "all":
            return n_pool
        wanted = {
            "count": self.value,
            "percent": n_pool * self.value / 100,
            "per_class": self.value * n_classes,
        }[self.kind]
        return min(int(wanted + 1e-9), n_pool)

    def __str__(self) -> str:
        """Return what the spec says."""
        return {
            "count": f"{self.value:.12g}",
            "percent": f"{self.value:.12g}%",
            "per_class": f"{self.value:.12g} per class",
            "all": "all",
        }[self.kind]


@dataclass(frozen=True)
class Repeats:
    """Splits, each with a number of starts."""

    splits: int = 10
    starts: int = 1

    @property
    def total(self) -> int:
        """Repeats of each cell of the grid."""
        return self.splits * self.starts


@dataclass(frozen=True)
class Baseline:
    """Random sampling, with independent orders a repeat; ``second`` is the label of another reference."""

    arms: int = 2
    second: str | None = None


@dataclass(frozen=True)
class Execution:
    """How to run; nothing here can change a number.

    Attributes
    ----------
    n_jobs : int
        Worker processes; -1 for one per core. With 1 and no limits the calling process does the work: a trial
        that ends its process ends the run then.
    backend : {"loky", "dask", "inline"}
        ``dask`` runs on a Dask cluster; ``inline`` in the calling process (for debugging).
    audit : {"picks", "probabilities"}
        ``probabilities`` stores the query model's class probabilities of every pick.
    timeout : float or None
        Wall seconds that one trial may take.
    memory : int or None
        Bytes that one worker may hold.
    failure_budget : float or None
        Share of the trials that may fail in one run before it is stopped; None for no bound.
    retry : int
        How often a trial is tried again that failed for a reason that may pass.
    scheduler : str or None
        Address of a Dask scheduler; None for a cluster on this machine. Never in a spec: it is of a place.
    """

    n_jobs: int = -1
    backend: Literal["loky", "dask", "inline"] = "loky"
    audit: Literal["picks", "probabilities"] = "picks"
    timeout: float | None = None
    memory: int | None = None
    failure_budget: float | None = None
    retry: int = 0
    scheduler: str | None = None


@dataclass(frozen=True)
class Expected:
    """Published numbers that the experiment must give.

    Attributes
    ----------
    kind : {"areas", "means", "curves", "picks", "references"}
        The area of each repeat; mean and standard deviation of the area over repeats; the metric in each
        round; the rows that were queried; the metric of the model trained on the whole pool.
    file : str
        CSV file, relative to the folder of the spec.
    digits : int or None
        Decimal digits that must agree.
    within : float or None
        How many standard errors, SD / sqrt(n), a mean may be away.
    matched : float
        Share of what is compared that must agree.
    area : {"trapezoid", "lu2023", "zhan2021", "mean"}
        How the area was computed (``albench.analysis.stats.area``).
    metric : str or None
        The primary metric unless given.
    """

    kind: ExpectedKind
    file: str
    digits: int | None = None
    within: float | None = None
    matched: float = 1.0
    area: AreaVariant = "trapezoid"
    metric: str | None = None


@dataclass(frozen=True)
class Experiment:
    """A grid of axes, repeated.

    Attributes
    ----------
    name : str
        What the results folder is called; the file's stem unless the spec says otherwise.
    path : Path or None
        The file it was read from.
    text : str
        The file, verbatim.
    validation : float
        Share of the rows that is kept apart from pool and test and scored beside the test part, in columns
        ``validation_<metric>``; 0 for none.
    preprocessing : Preprocessing
        Of every dataset that does not declare its own.
    metrics : tuple of Entry[Metric]
        The cheap ones that the models allow, and those that the spec declares.
    ties : {"random", "first"}
        How equal utilities are ordered: at random, or in the order of the pool.
    expected : tuple of Expected
        Published numbers, for ``albench verify``.
    """

    name: str
    title: str
    path: Path | None
    text: str
    datasets: tuple[Entry[DatasetSource], ...]
    models: tuple[ModelEntry, ...]
    strategies: tuple[Entry[Strategy], ...]
    seed_sizes: tuple[Size, ...]
    seed_sets: tuple[Entry[SeedSet], ...]
    batch_sizes: tuple[int, ...]
    budgets: tuple[Size, ...]
    oracles: tuple[Entry[Oracle], ...]
    split: Split
    repeats: Repeats
    metrics: tuple[Entry[Metric], ...]
    signals: tuple[Entry[Signal], ...]
    primary_metric: str
    baseline: Baseline
    validation: float
    random_state: int
    execution: Execution
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    ties: Ties = "random"
    expected: tuple[Expected, ...] = ()

    def preprocessing_of(self, label: str) -> Preprocessing:
        """Return what is done to the columns of a dataset: its own, or that of all."""
        declared = {entry.label: entry.component.preprocessing for entry in self.datasets}[label]
        return (declared or self.preprocessing).located(self.folder)

    @property
    def folder(self) -> Path:
        """Folder that relative paths of the spec start from."""
        return self.path.parent if self.path else Path()

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of the score columns: metrics, those of the validation part, signals."""
        metrics = [entry.component.name for entry in self.metrics]
        validation = [f"validation_{name}" for name in metrics] if self.validation else []
        return (*metrics, *validation, *(entry.component.name for entry in self.signals))
