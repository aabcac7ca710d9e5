"""What an experiment on streams asks: its axes, and one value of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench.tables import STREAM_METRICS

if TYPE_CHECKING:
    from albench.spec.stream_experiment import StreamExperiment


@dataclass(frozen=True)
class StreamDesign:
    """What the trials of an experiment on streams are, and how they are scored.

    Attributes
    ----------
    datasets, models, oracles, drifts : tuple of str
        Labels, in the order of the experiment.
    pairs : tuple of (str, str)
        Labels of each strategy and of a budget manager that it goes with.
    budgets : tuple of float
        Shares of the rows whose labels may be bought.
    metrics : tuple of str
        Columns of ``stream_trials``; the first is that of the verdicts.
    is_shuffled : bool
        Whether rows arrive in another order in each repeat.
    """

    datasets: tuple[str, ...]
    models: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    budgets: tuple[float, ...]
    oracles: tuple[str, ...]
    drifts: tuple[str, ...]
    metrics: tuple[str, ...]
    n_repeats: int
    window: int
    is_shuffled: bool = True

    @property
    def strategies(self) -> tuple[str, ...]:
        """What tables and figures call each pair: the strategy, and its manager where it has several."""
        return tuple(self.name_pair(*pair) for pair in self.pairs)

    def name_pair(self, strategy: str, manager: str) -> str:
        """Return what a strategy with its budget manager is called."""
        managers = {other for name, other in self.pairs if name == strategy}
        return strategy if len(managers) == 1 else f"{strategy} ({manager})"


@dataclass(frozen=True)
class StreamSlice:
    """One value of every axis but datasets, strategies and their managers, with one metric."""

    model: str
    budget: float
    oracle: str
    drift: str
    metric: str

    @property
    def labels(self) -> dict[str, Any]:
        """What tables call each value, in the order of the table of repeats; without the metric."""
        return {name: getattr(self, name) for name in ("model", "budget", "oracle", "drift")}

    def matches(self, other: object) -> bool:
        """Say whether something is this slice."""
        return other == self


def describe_design(experiment: StreamExperiment) -> StreamDesign:
    """Return the design of an experiment."""
    first = experiment.primary_metric
    return StreamDesign(
        datasets=tuple(entry.label for entry in experiment.datasets),
        models=tuple(entry.task.label for entry in experiment.models),
        pairs=tuple((strategy.label, manager.label) for strategy, manager in experiment.pairs),
        budgets=tuple(size.value / 100 for size in experiment.budgets),
        oracles=tuple(entry.label for entry in experiment.oracles),
        drifts=tuple(entry.label for entry in experiment.drifts),
        metrics=(first, *(name for name in STREAM_METRICS if name != first)),
        n_repeats=experiment.repeats.splits,
        window=experiment.window,
        is_shuffled=experiment.order == "shuffled",
    )
