"""Strategies that pass over rows from thin regions: by a sliding window, and by a window that forgets."""

from __future__ import annotations

from math import exp, inf
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from albench.contracts.stream import BudgetManager, Decider, StreamStrategy
from albench.stream.managers import EstimatedBudget, FixedBudget
from albench.stream.thresholds import (
    FixedThreshold,
    RandomisedThreshold,
    RandomShare,
    Threshold,
    VariableThreshold,
)
from albench.stream.uncertainty import compute_fixed_confidence

if TYPE_CHECKING:
    from albench.contracts import Floats
    from albench.contracts.stream import ArrivingRow, Spending, StreamFacts


class DensityBased(StreamStrategy):
    """Margins below a randomised threshold, in rows that are a new nearest neighbour of a recent one.

    The local density of a row is the number of rows in a sliding window to which it is nearer than any row
    that came after them; rows with none are passed over, and raise the threshold as unwanted ones do.
    """

    name = "density_based"
    reference = (
        "Ienco, Zliobaite, Pfahringer, 2014, High density-focused uncertainty sampling for active learning"
        " over evolving stream data"
    )

    window: int = Field(default=100, ge=1)
    """Rows among which neighbours are counted."""
    step: float = Field(default=0.01, gt=0, le=1)
    """Relative change of the threshold by one row."""
    deviation: float = Field(default=1.0, gt=0)
    """Standard deviation of the draws that the threshold is multiplied by."""

    def get_published_manager(self) -> BudgetManager:
        """Return the one that counts."""
        return FixedBudget()

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return an empty window and the threshold, 1 before the first row."""
        threshold = RandomisedThreshold(self.step, self.deviation, rng)
        return _DensityDecider(threshold, SlidingNeighbours(self.window, facts.n_features))


class _DensityDecider(Decider):
    def __init__(self, threshold: Threshold, neighbours: SlidingNeighbours) -> None:
        self._threshold = threshold
        self._neighbours = neighbours

    def decide(self, row: ArrivingRow, spending: Spending) -> bool:
        confidence = inf
        if self._neighbours.add(row.features):
            second, first = sorted(row.probabilities)[-2:]
            confidence = first - second
        is_bought = spending.has_budget() and self._threshold.wants(confidence)
        spending.record(bought=is_bought)
        return is_bought


class SlidingNeighbours:
    """The last rows, and how far each is from the nearest that it has met."""

    def __init__(self, size: int, n_features: int) -> None:
        self._rows = np.empty((size, n_features))
        self._nearest = np.empty(size)
        self._n_added = 0

    def add(self, features: Floats) -> int:
        """Add a row and return its local density: how many of the rows it is the new nearest one of."""
        size = self._nearest.size
        n_rows = min(self._n_added, size)
        place = self._n_added % size
        self._n_added += 1
        if not n_rows:
            self._rows[0], self._nearest[0] = features, inf
            return 0
        distances = _compute_distances(self._rows[:n_rows], features)
        nearest = self._nearest[:n_rows]
        is_nearer = distances < nearest
        np.minimum(nearest, distances, out=nearest)
        self._rows[place], self._nearest[place] = features, distances.min()
        return int(is_nearer.sum())


def _compute_distances(rows: Floats, features: Floats) -> Floats:
    difference = rows - features
    squares: Floats = np.einsum("ij,ij->i", difference, difference)
    return squares


class CognitiveDual(StreamStrategy):
    """Confidence below a threshold, in rows that are dense to a memory that forgets as people do.

    The memory holds rows with a strength of ``exp(-(t - t_i) / (k_i + 1))``: k_i is how often a later row was
    its new nearest neighbour, t_i when last. Of too many the weakest is forgotten. A row is looked at if it
    is the new nearest neighbour of at least ``min_density`` rows of the memory.
    """

    name = "cognitive_dual"
    main = "threshold"
    reference = "Liu, Xue, Wu, Zhou, Yao, Li, 2021, Online active learning for drifting data streams"

    threshold: Literal["fixed", "variable", "randomised", "random"] = "randomised"
    """What decides on the rows that are looked at; ``random`` takes them with the budget's probability."""
    memory: int = Field(default=10, ge=1)
    """Rows that are remembered, before one more is added."""
    min_density: int = Field(default=1, ge=0)
    """Smallest local density of rows that are looked at."""
    counts_all: bool = False
    """Whether rows that are passed over count in the spending and move the threshold."""
    step: float = Field(default=0.01, gt=0, le=1)
    """Relative change of a variable or randomised threshold by one row."""
    deviation: float = Field(default=1.0, gt=0)
    """Standard deviation of the draws that a randomised threshold is multiplied by."""

    def get_published_manager(self) -> BudgetManager:
        """Return the estimate over a forgetting window."""
        return EstimatedBudget()

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return an empty memory and the threshold."""
        thresholds: dict[str, Threshold] = {
            "fixed": FixedThreshold(compute_fixed_confidence(facts)),
            "variable": VariableThreshold(self.step),
            "randomised": RandomisedThreshold(self.step, self.deviation, rng),
            "random": RandomShare(facts.budget, rng),
        }
        neighbours = ForgettingNeighbours(self.memory, facts.n_features)
        return _CognitiveDecider(thresholds[self.threshold], neighbours, self)


class _CognitiveDecider(Decider):
    def __init__(
        self, threshold: Threshold, neighbours: ForgettingNeighbours, strategy: CognitiveDual
    ) -> None:
        self._threshold = threshold
        self._neighbours = neighbours
        self._min_density = strategy.min_density
        self._counts_all = strategy.counts_all

    def decide(self, row: ArrivingRow, spending: Spending) -> bool:
        is_dense = self._neighbours.add(row.features) >= self._min_density
        if not (is_dense or self._counts_all):
            return False
        confidence = row.confidence if is_dense else inf
        is_bought = spending.has_budget() and self._threshold.wants(confidence)
        spending.record(bought=is_bought)
        return is_bought


class ForgettingNeighbours:
    """Rows that are remembered by how often, and how lately, they were a neighbour."""

    def __init__(self, size: int, n_features: int) -> None:
        self._size = size
        self._rows = np.empty((size + 1, n_features))
        self._nearest = np.empty(size + 1)
        self._n_rows = 0
        self._n_arrived = 0
        # Lists: they hold some ten numbers each, on which numpy would be slower.
        self._n_met: list[int] = []
        self._last_met: list[int] = []

    def add(self, features: Floats) -> int:
        """Add a row, forgetting one if need be, and return its local density."""
        n_rows, density, distance = self._n_rows, 0, inf
        if n_rows:
            distances = _compute_distances(self._rows[:n_rows], features)
            nearest = self._nearest[:n_rows]
            for place in np.flatnonzero(distances < nearest):
                self._n_met[place] += 1
                self._last_met[place] = self._n_arrived
                density += 1
            np.minimum(nearest, distances, out=nearest)
            distance = distances.min()
        if n_rows > self._size:
            self._forget()
        self._rows[self._n_rows], self._nearest[self._n_rows] = features, distance
        self._n_met.append(0)
        self._last_met.append(self._n_arrived)
        self._n_rows += 1
        self._n_arrived += 1
        return density

    def _forget(self) -> None:
        ages = zip(self._n_met, self._last_met, strict=True)
        strengths = [exp(-(self._n_arrived - last) / (met + 1)) for met, last in ages]
        weakest = strengths.index(min(strengths))
        last = self._n_rows - 1
        self._rows[weakest:last] = self._rows[weakest + 1 : self._n_rows]
        self._nearest[weakest:last] = self._nearest[weakest + 1 : self._n_rows]
        del self._n_met[weakest], self._last_met[weakest]
        self._n_rows = last
