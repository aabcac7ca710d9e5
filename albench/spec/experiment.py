"""An experiment after reading: every axis a tuple of entries, every setting filled in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeVar

from albench.contracts.preprocessing import Preprocessing
from albench.errors import SpecError
from albench.spec.settings import Expected, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.batches import BatchSize
    from albench.contracts import (
        Component,
        DatasetSource,
        Metric,
        Model,
        Oracle,
        SeedSet,
        Signal,
        Split,
        StoppingRule,
        Strategy,
    )

C = TypeVar("C", bound="Component | Preprocessing")


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
    """A number of labels, said in one of four ways, or the money that labels may cost.

    Attributes
    ----------
    value : float
        Labels, percent of the pool, labels per class, or money; 0 for ``all``.
    """

    kind: Literal["count", "percent", "per_class", "all", "money"]
    value: float = 0

    def count_labels(self, n_pool: int, n_classes: int) -> int:
        """Return the number of labels in a pool of ``n_pool`` rows, clipped to it; of money, all of them."""
        if self.kind in ("all", "money"):
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
            "money": f"{self.value:.12g} of money",
        }[self.kind]


@dataclass(frozen=True)
class Experiment(Settings):
    """A grid of axes, repeated, under its settings.

    Attributes
    ----------
    path : Path or None
        The file it was read from.
    text : str
        The file, verbatim.
    preprocessing : Preprocessing
        Of every dataset that does not declare its own.
    preprocessings : tuple of Entry[Preprocessing]
        Those that are compared on every dataset; none unless there are several.
    metrics : tuple of Entry[Metric]
        The cheap ones that the models allow, and those that the spec declares.
    stopping : tuple of Entry[StoppingRule]
        Rules that are watched, or enforced.
    expected : tuple of Expected
        Published numbers, for ``albench verify``.
    pilot_pools : tuple of str
        Labels of the datasets that are smaller pools of a pilot; the others are those of the spec.
    misfits : mapping of (str, str) to str
        (label of a strategy, label of a model) -> why the two do not go together; empty if that is an error.
    """

    is_stream: ClassVar[bool] = False

    path: Path | None
    text: str
    datasets: tuple[Entry[DatasetSource], ...]
    models: tuple[ModelEntry, ...]
    strategies: tuple[Entry[Strategy], ...]
    seed_sizes: tuple[Size, ...]
    seed_sets: tuple[Entry[SeedSet], ...]
    batch_sizes: tuple[BatchSize, ...]
    budgets: tuple[Size, ...]
    oracles: tuple[Entry[Oracle], ...]
    split: Split
    metrics: tuple[Entry[Metric], ...]
    signals: tuple[Entry[Signal], ...]
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    preprocessings: tuple[Entry[Preprocessing], ...] = ()
    stopping: tuple[Entry[StoppingRule], ...] = ()
    expected: tuple[Expected, ...] = ()
    pilot_pools: tuple[str, ...] = ()
    misfits: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def get_preprocessing(self, dataset: str, label: str = "") -> Preprocessing:
        """Return what is done to the columns of a dataset: its own, or that of all.

        Parameters
        ----------
        label : str
            Which one where several are compared; empty where not.
        """
        if label:
            chosen = {entry.label: entry.component for entry in self.preprocessings}[label]
            return chosen.located(self.folder)
        declared = {entry.label: entry.component.preprocessing for entry in self.datasets}[dataset]
        return (declared or self.preprocessing).located(self.folder)

    def leave_out_pilot_pools(self) -> Experiment:
        """Return the same with the datasets of the spec alone."""
        own = tuple(entry for entry in self.datasets if entry.label not in self.pilot_pools)
        return replace(self, datasets=own, pilot_pools=())

    @property
    def preprocessing_labels(self) -> tuple[str, ...]:
        """Labels of the preprocessings that are compared; one that is empty where none are."""
        return tuple(entry.label for entry in self.preprocessings) or ("",)

    @property
    def folder(self) -> Path:
        """Folder that relative paths of the spec start from."""
        return self.path.parent if self.path else Path()

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of the score columns: metrics, those of the validation part, signals, agreement."""
        from albench.tables import AGREEMENT

        metrics = [entry.component.column for entry in self.metrics]
        validation = [f"validation_{name}" for name in metrics] if self.validation else []
        signals = [entry.component.name for entry in self.signals]
        return (
            *metrics,
            *validation,
            *signals,
            *((column.name for column in AGREEMENT) if self.has_several_answers else ()),
        )

    @property
    def has_several_answers(self) -> bool:
        """Whether rows may have several answers, whose agreement is measured in every round."""
        return bool(
            self.relabel.share
            or any(getattr(entry.component, "asks_again", False) for entry in self.strategies)
            or any(entry.component.has_several_annotators() for entry in self.oracles)
        )

    @property
    def axis_lengths(self) -> dict[str, int]:
        """Length of every axis, repeats among them."""
        return {
            "datasets": len(self.datasets),
            "models": len(self.models),
            "strategies": len(self.strategies),
            "seed sizes": len(self.seed_sizes),
            "seed sets": len(self.seed_sets),
            "batch sizes": len(self.batch_sizes),
            "oracles": len(self.oracles),
            "preprocessings": len(self.preprocessing_labels),
            "repeats": self.repeats.total,
        }

    def count_arms(self, strategy: Entry[Strategy]) -> int:
        """Return how many trials a strategy has in each cell and repeat."""
        return self.baseline.arms if strategy.component.arms else 1


def refuse_streams(experiment: Experiment, what: str, advice: str) -> None:
    """Refuse what is of pools alone.

    Parameters
    ----------
    what : str
        In words, as the subject of a sentence.
    advice : str
        What to do instead.
    """
    if experiment.is_stream:
        raise SpecError(f"'{experiment.name}' is an experiment on streams: {what} of pools alone; {advice}")
