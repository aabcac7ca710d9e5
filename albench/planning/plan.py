"""What an experiment asks for: its trials and references, and what a user should know about them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

from albench.tables import GROWTH
from albench.text import list_quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.contracts import Oracle, SeedSet, Strategy
    from albench.coverage import Coverage
    from albench.datasets.facts import DatasetFacts
    from albench.identity import ReferenceIdentity, TrialIdentity
    from albench.spec.experiment import Entry, Experiment, ModelEntry


@dataclass(frozen=True)
class PlannedTrial:
    """A cell of the grid for one repeat.

    Attributes
    ----------
    coverage : Coverage
        What the experiment asks to be recorded; no number of labels where money ends the trial.
    skipped : str
        Why it is not run, but a row of the tables; empty if it is run.
    preprocessing : str
        Label of the preprocessing; empty unless the experiment compares several.
    n_labels : int
        Labels at the last round; about so many where money ends the trial.
    """

    dataset: str
    model: ModelEntry
    strategy: Entry[Strategy]
    seed_set: Entry[SeedSet]
    oracle: Entry[Oracle]
    identity: TrialIdentity
    coverage: Coverage
    n_pool: int
    classes: tuple[str, ...]
    skipped: str = ""
    preprocessing: str = ""
    n_labels: int = 0

    @property
    def title(self) -> str:
        """Dataset, model, strategy, repeat."""
        identity = self.identity
        arm = f" arm {identity.arm}" if self.strategy.component.arms else ""
        repeat = f"split {identity.split_index} start {identity.start}"
        return f"{self.dataset} {self.model.label} {self.strategy.label}{arm} {repeat}"

    def to_row(self) -> dict[str, Any]:
        """Return the row of the plan's table: the columns by which tables name this trial."""
        return {
            "key": self.identity.key,
            "dataset": self.dataset,
            "model": self.model.task.label,
            "query_model": self.model.query.label,
            "strategy": self.strategy.label,
            "arm": self.identity.arm,
            "seed_size": self.identity.seed_size,
            "seed_set": self.seed_set.label,
            "batch_size": self.identity.batch_size,
            GROWTH.name: self.identity.batches.growth,
            "oracle": self.oracle.label,
            "preprocessing": self.preprocessing,
            "split": self.identity.split_index,
            "start": self.identity.start,
        }


@dataclass(frozen=True)
class PlannedReference:
    """The task model on the whole pool of one split."""

    dataset: str
    model: ModelEntry
    oracle: Entry[Oracle] | None
    identity: ReferenceIdentity
    n_pool: int
    classes: tuple[str, ...]
    preprocessing: str = ""

    def to_row(self) -> dict[str, Any]:
        """Return the row of the plan's table: the columns by which tables name this reference."""
        return {
            "key": self.identity.key,
            "dataset": self.dataset,
            "model": self.model.task.label,
            "split": self.identity.split_index,
            "labels": "true" if self.oracle is None else "oracle",
            "oracle": self.oracle.label if self.oracle else None,
            "preprocessing": self.preprocessing,
        }


@dataclass(frozen=True)
class Plan:
    """Everything that an experiment asks for."""

    is_stream: ClassVar[bool] = False

    experiment: Experiment
    facts: Mapping[str, DatasetFacts]
    trials: tuple[PlannedTrial, ...]
    references: tuple[PlannedReference, ...]
    skipped: tuple[PlannedTrial, ...] = ()

    def count_skipped(self) -> dict[str, int]:
        """Count the trials that are not run for each reason, the most frequent first."""
        return dict(Counter(trial.skipped for trial in self.skipped).most_common())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know about the data, by dataset, budgets above them, classes that are meant."""
        own = self.experiment.leave_out_pilot_pools()
        facts = {label: of for label, of in self.facts.items() if label not in self.experiment.pilot_pools}
        data = (f"{label}: {text}" for label, of in facts.items() for text in of.warnings)
        pools = {trial.dataset: trial.n_pool for trial in self.trials if trial.dataset in facts}
        return (
            *data,
            *_explain_budgets(own, pools),
            *explain_places(own, {label: of.classes for label, of in facts.items()}),
        )


def _explain_budgets(experiment: Experiment, pools: Mapping[str, int]) -> Iterator[str]:
    """Yield which datasets have fewer rows in the pool than the largest budget has labels."""
    budget = max((round(size.value) for size in experiment.budgets if size.kind == "count"), default=0)
    for dataset, n_pool in pools.items():
        if budget > n_pool:
            rows = f"but {n_pool:,} rows in the pool"
            yield f"{dataset}: a budget of {budget:,} labels, {rows}: it ends with them"


def explain_places(experiment: Experiment, classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield which classes strategies mean by their places, and which classes of metrics are not there."""
    for dataset, strategy in product(experiment.datasets, experiment.strategies):
        names = classes.get(dataset.label, ())
        if names and (text := strategy.component.explain_places(names)):
            yield f"{dataset.label}: {strategy.label}: {text}"
    for dataset, metric in product(experiment.datasets, experiment.metrics):
        names = classes.get(dataset.label, ())
        if names and (lacking := [name for name in metric.component.speaks_of() if name not in names]):
            yield f"{dataset.label}: {metric.label} is undefined: no class {list_quoted(lacking)}"
