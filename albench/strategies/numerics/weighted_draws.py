"""Batches that are drawn pick by pick, each with a probability that depends on the picks before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from albench.ordering import Picks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.contracts import Floats


class CandidateWeights(Protocol):
    """Weights of the candidates, which change with each pick; a picked one weighs 0."""

    def compute_weights(self) -> Floats:
        """Return numbers of at least 0, shape (n_candidates,)."""
        ...

    def add_pick(self, candidate: int) -> None:
        """Change the weights after a pick."""
        ...


def draw_by_weight(
    source: CandidateWeights, n: int, rng: np.random.Generator, taken: Sequence[int] = ()
) -> Picks:
    """Draw ``n`` candidates, each with probability proportional to its weight at that moment.

    When nothing is left that weighs more than 0, what is left is equally probable, but for those that were
    ``taken`` before. Utilities are the probabilities.
    """
    chosen, utilities = np.empty(n, np.intp), np.empty(n)
    for i, uniform in enumerate(rng.random(n)):
        weights = source.compute_weights()
        total = weights.sum()
        if not total > 0:
            weights = np.ones(weights.size)
            weights[[*taken, *chosen[:i]]] = 0
            total = weights.sum()
        pick = int(np.searchsorted(np.cumsum(weights), uniform * total, side="right"))
        # Rounding of the sums may point past the last candidate that weighs something.
        pick = min(pick, int(np.flatnonzero(weights)[-1])) if pick >= weights.size else pick
        chosen[i], utilities[i] = pick, weights[pick] / total
        source.add_pick(pick)
    return Picks(chosen, utilities, np.zeros(n, np.bool_), 0)


class FixedWeights:
    """Weights that do not change but for the picks."""

    def __init__(self, weights: Floats) -> None:
        self._weights = weights.copy()

    def compute_weights(self) -> Floats:
        """Return the weights."""
        return self._weights

    def add_pick(self, candidate: int) -> None:
        """Set the weight of a pick to 0."""
        self._weights[candidate] = 0
