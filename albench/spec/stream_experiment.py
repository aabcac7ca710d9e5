"""An experiment on streams after reading: every axis a tuple of entries, every setting filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench.spec.experiment import Entry, Experiment
from albench.spec.stream_settings import StreamSpecSettings
from albench.tables import STREAM_METRICS, WINDOW_METRICS, pair_with_random

if TYPE_CHECKING:
    from albench.batches import BatchSize
    from albench.contracts import BudgetManager, Drift, Metric, SeedSet, Signal, StreamStrategy
    from albench.spec.experiment import Size


@dataclass(frozen=True, kw_only=True)
class StreamExperiment(Experiment, StreamSpecSettings):
    """A grid of trials on streams; the axes that only pools have are empty.

    Attributes
    ----------
    managers : tuple of Entry[BudgetManager]
        None if each strategy has the one that it was published with.
    """

    is_stream = True

    seed_sizes: tuple[Size, ...] = ()
    seed_sets: tuple[Entry[SeedSet], ...] = ()
    batch_sizes: tuple[BatchSize, ...] = ()
    metrics: tuple[Entry[Metric], ...] = ()
    signals: tuple[Entry[Signal], ...] = ()
    # Another kind of component on the axis of the same name.
    strategies: tuple[Entry[StreamStrategy], ...]  # type: ignore[assignment]
    managers: tuple[Entry[BudgetManager], ...]
    drifts: tuple[Entry[Drift], ...]

    @property
    def pairs(self) -> tuple[tuple[Entry[StreamStrategy], Entry[BudgetManager]], ...]:
        """Each strategy with each budget manager, or with the one that it was published with."""
        return tuple(
            (strategy, manager)
            for strategy in self.strategies
            for manager in self.managers or (_get_published_manager(strategy),)
        )

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of the score columns, each with that of random sampling behind it."""
        return pair_with_random((*STREAM_METRICS, *WINDOW_METRICS))

    @property
    def axis_lengths(self) -> dict[str, int]:
        """Length of every axis, repeats among them."""
        return {
            "datasets": len(self.datasets),
            "models": len(self.models),
            "strategies": len(self.strategies),
            "managers": len(self.managers) or 1,
            "budgets": len(self.budgets),
            "oracles": len(self.oracles),
            "drifts": len(self.drifts),
            "repeats": self.repeats.total,
        }

    def count_arms(self, strategy: Entry[Any]) -> int:
        """Return 1: random sampling is a part of each trial."""
        del strategy
        return 1


def _get_published_manager(strategy: Entry[StreamStrategy]) -> Entry[BudgetManager]:
    manager = strategy.component.get_published_manager()
    return Entry(type(manager).name or type(manager).__name__, manager)
